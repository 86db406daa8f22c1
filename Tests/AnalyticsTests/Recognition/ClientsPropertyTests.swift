import Testing

@testable import Analytics

/// Whatever is sent, the answer is of the tables, and comes.
@Suite struct ClientsPropertyTests {
    /// SplitMix64, so that a printed seed brings a failure back.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let pieces = [
        "Mozilla/5.0", "(Windows NT 10.0; Win64; x64)", "AppleWebKit/537.36", "Chrome/130.0.0.0",
        "(KHTML, like Gecko)", "Safari/537.36", "Version/", "/", ";", "(", ")", "[FBAN/", "Android",
        "Android (", "bot", "http://", "@", ".com", "é", "\u{0}", "🐸", "9999999999999999999", "_",
        "iPhone OS 17_", "Trident/", "Darwin/", "+", " ", "\t", "\"", "v",
    ]

    private static func userAgent(_ random: inout Random) -> String {
        (0..<Int.random(in: 0...60, using: &random)).map { _ in
            Bool.random(using: &random)
                ? pieces.randomElement(using: &random) ?? ""
                : String(decoding: [UInt8.random(in: 0...255, using: &random)], as: UTF8.self)
        }.joined()
    }

    @Test func namesComeFromTheTables() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Random(state: seed)
        let rules = ClientRules.standard
        let webViews = ["iOS WebView", "macOS WebView", "Android WebView", "Android Browser", ""]
        let browsers = Set(rules.browsers.map(\.name) + webViews)
        let systems = Set(rules.systems.map(\.name) + [""])
        for _ in 0..<500 {
            let userAgent = Self.userAgent(&random)
            let text = Self.userAgent(&random)
            let hints = ClientHints(
                brands: text, fullVersionList: nil, mobile: nil, platform: "\"\(text)\"",
                platformVersion: "\"\(text)\"", model: "\"\(text)\"")
            for client in [
                rules.client(userAgent: userAgent),
                rules.client(userAgent: userAgent, hints: hints),
            ] {
                #expect(browsers.contains(client.browser), "seed \(seed): \(userAgent)")
                #expect(systems.contains(client.os), "seed \(seed): \(userAgent)")
                #expect(client.browserVersion.utf8.count <= 9, "seed \(seed): \(userAgent)")
                #expect(client.osVersion.utf8.count <= 9, "seed \(seed): \(userAgent)")
            }
            _ = BotRules.standard.verdict(BotSignals(userAgent: userAgent, hints: hints))
        }
    }

    /// Longer texts than the limit are cut, not refused: the beginning still tells.
    @Test func lengthIsBounded() {
        let start = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0 "
        let text = UserAgentText(start + String(repeating: "a", count: 1 << 20))
        #expect(text.bytes.count == UserAgentText.limit)
        let client = ClientRules.standard.client(
            userAgent: start + String(repeating: "(", count: 1 << 20))
        #expect(ClientsUserAgentTests.summary(client) == "Firefox | 132 | Linux | - | desktop")
    }
}
