/// A system's row read against the text: name and version as one speaks of them.
struct SystemReading {
    private(set) var client = Client.unknown

    init(_ fact: SystemFact, in text: UserAgentText, markEnd: Int) {
        client.os = fact.name
        client.device = fact.device
        let version = fact.version.version(in: text, markEnd: markEnd, parts: 2)
        if fact.name == "Darwin" {
            readKernel(in: text)
        } else if fact.name == "Android", text.contains("android 10; k)") {
            // Chrome's frozen user agent: "Android 10; K" whatever the device runs.
            client.osVersion = ""
        } else {
            client.osVersion = Self.spoken(fact.name, version)
        }
    }

    /// `14.0` of Android is 14, `14.5` of macOS is 14; older ones went by two numbers: Android 4.4,
    /// macOS 10.15.
    static func spoken(_ os: String, _ version: String) -> String {
        let text = version.prefix { $0 != "." }
        let major = Int(text) ?? 0
        switch os {
        // "ArcGISRuntime-iOS/100.4": a number that no system has is the application's own.
        case "Android", "iOS", "macOS": if major > 60 { return "" }
        default: return version
        }
        switch os {
        case "Android" where major >= 5, "macOS" where major >= 11: return String(text)
        default: return version
        }
    }

    /// Apple's network library names only the kernel: `App/1 CFNetwork/1240 Darwin/20.5.0`, on a
    /// Mac with its architecture behind. Darwin's numbers, by Apple's releases: 15 to 24 are iOS 9
    /// to 18, and macOS 10.11 to 10.15, then 11 to 15; 25 is 26 on both.
    private mutating func readKernel(in text: UserAgentText) {
        let isMac = ["x86_64", "i386", "amd64", "arm64"].contains {
            text.end(of: Array($0.utf8)) != nil
        }
        let kernel =
            text.end(of: Array("darwin/".utf8)).flatMap {
                Int(text.version(at: $0, parts: 1))
            } ?? 0
        client.os = isMac ? "macOS" : "iOS"
        client.device = isMac ? .desktop : .mobile
        client.osVersion =
            switch (isMac, kernel) {
            case (_, 25...): "\(kernel + 1)"
            case (true, 20...24): "\(kernel - 9)"
            case (true, 10...19): "10.\(kernel - 4)"
            case (false, 15...24): "\(kernel - 6)"
            default: ""
            }
    }
}
