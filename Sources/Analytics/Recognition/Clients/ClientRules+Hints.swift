extension ClientRules {
    /// Systems that hints may correct; what a television or console says of itself is left alone.
    private static let hintedSystems: Set<String> = [
        "", "Android", "ChromeOS", "Linux", "Windows", "iOS", "macOS",
    ]

    /// Hints over a user agent that was frozen, or that goes by another browser's name.
    ///
    /// - Parameter isNamed: whether the user agent named a browser of its own, which then stands.
    func read(_ hints: ClientHints, into client: inout Client, isNamed: Bool) {
        if !isNamed { readBrands(hints, into: &client) }
        guard Self.hintedSystems.contains(client.os) else { return }
        if let hit = findings(in: UserAgentText(hints.platform)).system {
            let system = systems[hit.row]
            if system.name != client.os {
                client.osVersion = ""
                client.device = system.device
            }
            client.os = system.name
            readVersion(hints.platformVersion, into: &client)
        }
        if let hit = findings(in: UserAgentText(hints.model)).device {
            client.device = devices[hit.row].device
        } else if let mobile = hints.mobile {
            switch (mobile, client.device) {
            case (true, .desktop), (true, .other): client.device = .mobile
            case (false, .mobile) where client.os == "Android": client.device = .tablet
            default: break
            }
        }
    }

    /// The brand that the tables know best: `Brave` over `Google Chrome` over `Chromium`.
    private func readBrands(_ hints: ClientHints, into client: inout Client) {
        var best: (fact: BrowserFact, version: String)?
        for brand in hints.brands {
            guard let hit = findings(in: UserAgentText(brand.name)).browser, hit.start == 0,
                hit.weight > best?.fact.weight ?? 0
            else { continue }
            best = (browsers[hit.row], brand.version)
        }
        // Chromium alone is no more than Chrome's user agent says, unless nothing else is there.
        guard let best, best.fact.name != "Chromium" || hints.brands.count == 1 else { return }
        // A web view that an application gave the same brands is still a web view.
        if client.browser == "Android WebView", best.fact.name == "Chrome" { return }
        client.browser = best.fact.name
        client.browserVersion = UserAgentText(best.version).version(at: 0, parts: 1)
    }

    private func readVersion(_ version: String, into client: inout Client) {
        let version = UserAgentText(version).version(at: 0, parts: 2)
        guard !version.isEmpty, let major = Int(version.prefix { $0 != "." }) else { return }
        switch client.os {
        case "Windows":
            // Numbers of a Windows programming contract: 1 to 10 are Windows 10, 13 and up are 11;
            // 0.1, 0.2 and 0.3 are 7, 8 and 8.1.
            let older = ["0.1": "7", "0.2": "8", "0.3": "8.1"]
            client.osVersion = major >= 13 ? "11" : major >= 1 ? "10" : older[version] ?? ""
        case "Android", "macOS", "iOS":
            client.osVersion = SystemReading.spoken(client.os, version)
        default:
            break
        }
    }
}
