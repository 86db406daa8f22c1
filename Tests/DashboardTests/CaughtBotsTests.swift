import Analytics
import Testing

@testable import Dashboard

@Suite("What was taken for bots")
struct CaughtBotsTextTests {
    private static let site = Domain("shop.test")!
    private static let days = LocalDay("2026-11-16")!...LocalDay("2026-11-22")!
    private static let bots = [
        CaughtBots(rule: "googlebot", category: .crawler, beacons: 1_204),
        CaughtBots(rule: "gptbot", category: .aiCrawler, beacons: 301),
        CaughtBots(rule: "a\u{1B}[31m-rule-of-another-version", category: nil, beacons: 2),
    ]

    @Test("as text, wide and narrow", arguments: [(80, false), (40, true)])
    func text(width: Int, usesASCII: Bool) throws {
        let renderer = TextRenderer(width: width, usesColour: false, usesASCII: usesASCII)
        try Golden.check(
            renderer.render(Self.bots, of: Self.site, on: Self.days),
            usesASCII ? "bots-40-ascii.txt" : "bots-80.txt")
        #expect(
            renderer.render([], of: Self.site, on: Self.days)
                .contains("Nothing was taken for a bot."))
    }

    @Test("rules that the site allows are marked")
    func allowed() {
        let renderer = TextRenderer(width: 80, usesColour: false, usesASCII: false)
        let text = renderer.render(
            [
                CaughtBots(rule: "gptbot", category: .aiCrawler, beacons: 3),
                CaughtBots(rule: "curl", category: .library, beacons: 0, isAllowed: true),
            ], of: Self.site, on: Self.days)
        #expect(text.contains("curl *"))
        #expect(text.contains("* allowed: they count"))
        #expect(!text.contains("gptbot *"))
    }

    @Test("as JSON")
    func json() {
        #expect(
            CaughtBots.json(Array(Self.bots.prefix(1)), of: Self.site, on: Self.days).text
                == #"{"site":"shop.test","from":"2026-11-16","to":"2026-11-22","#
                + #""rules":[{"rule":"googlebot","category":"crawler","beacons":1204,"allowed":false}]}"#
        )
    }
}
