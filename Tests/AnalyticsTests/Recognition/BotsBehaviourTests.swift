import Testing

@testable import Analytics

/// What a beacon shows beside a user agent that a person's browser could have.
@Suite struct BotsBehaviourTests {
    static let chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/130.0.0.0 Safari/537.36"

    static func brands(_ list: String) -> ClientHints {
        ClientHints(
            brands: list, fullVersionList: nil, mobile: nil, platform: nil, platformVersion: nil,
            model: nil)
    }

    struct Case: CustomTestStringConvertible {
        let rule: String?
        let signals: BotSignals

        var testDescription: String { "\(rule ?? "a person") from \(signals)" }
    }

    @Test(arguments: [
        Case(rule: nil, signals: BotSignals(userAgent: chrome)),
        Case(rule: "webdriver", signals: BotSignals(userAgent: chrome, webdriver: true)),
        Case(
            rule: "headless_hints",
            signals: BotSignals(
                userAgent: chrome,
                hints: brands("\"Chromium\";v=\"130\", \"HeadlessChrome\";v=\"130\""))),
        // A script sets the user agent and forgets the hints.
        Case(
            rule: "contradicting_hints",
            signals: BotSignals(
                userAgent: chrome,
                hints: brands("\"Chromium\";v=\"141\", \"Google Chrome\";v=\"141\""))),
        Case(
            rule: nil,
            signals: BotSignals(
                userAgent: chrome,
                hints: brands("\"Chromium\";v=\"130\", \"Google Chrome\";v=\"130\""))),
        // A browser of its own may number its base differently.
        Case(
            rule: nil,
            signals: BotSignals(
                userAgent: chrome, hints: brands("\"Chromium\";v=\"129\", \"Brave\";v=\"130\""))),
        Case(
            rule: nil,
            signals: BotSignals(
                userAgent: chrome + " OPR/115.0.0.0", hints: brands("\"Chromium\";v=\"131\""))),
        Case(
            rule: "no_accept_language",
            signals: BotSignals(
                userAgent: chrome, hasAcceptLanguage: false, hasFetchMetadata: true)),
        Case(
            rule: "no_accept_language",
            signals: BotSignals(userAgent: chrome, hasAcceptLanguage: false)),
        // A server passes the visit on, in the visitor's name but without a browser's headers.
        Case(
            rule: nil,
            signals: BotSignals(
                userAgent: chrome, hasAcceptLanguage: false, hasFetchMetadata: false)),
        Case(rule: nil, signals: BotSignals(userAgent: chrome, hasAcceptLanguage: true)),
        // A name says more than the behaviour.
        Case(rule: "curl", signals: BotSignals(userAgent: "curl/8.5.0", webdriver: true)),
    ])
    func behaviour(_ example: Case) {
        #expect(BotRules.standard.verdict(example.signals)?.rule == example.rule)
    }
}
