import Testing

@testable import Analytics

/// Client hints over user agents that are frozen or go by another browser's name.
@Suite struct ClientsHintsTests {
    static let windows =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/130.0.0.0 Safari/537.36"
    static let android =
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/130.0.0.0 Mobile Safari/537.36"
    static let chromeBrands =
        "\"Chromium\";v=\"130\", \"Google Chrome\";v=\"130\", \"Not?A_Brand\";v=\"99\""

    static func hints(
        _ brands: String? = nil, full: String? = nil, mobile: String? = nil,
        platform: String? = nil, version: String? = nil, model: String? = nil
    ) -> ClientHints {
        ClientHints(
            brands: brands, fullVersionList: full, mobile: mobile, platform: platform,
            platformVersion: version, model: model)
    }

    struct Case: CustomTestStringConvertible {
        let expected: String
        let userAgent: String
        let hints: ClientHints

        var testDescription: String { "\(expected) from \(hints)" }
    }

    @Test(arguments: [
        Case(
            expected: "Chrome | 130 | Windows | 11 | desktop", userAgent: windows,
            hints: hints(chromeBrands, mobile: "?0", platform: "\"Windows\"", version: "\"15.0.0\"")
        ),
        Case(
            expected: "Chrome | 130 | Windows | 10 | desktop", userAgent: windows,
            hints: hints(chromeBrands, platform: "\"Windows\"", version: "\"10.0.0\"")),
        Case(
            expected: "Chrome | 130 | Windows | 8.1 | desktop", userAgent: windows,
            hints: hints(chromeBrands, platform: "\"Windows\"", version: "\"0.3.0\"")),
        Case(
            expected: "Brave | 130 | Windows | 10 | desktop", userAgent: windows,
            hints: hints("\"Chromium\";v=\"130\", \"Brave\";v=\"130\", \"Not?A_Brand\";v=\"99\"")),
        Case(
            expected: "Chromium | 129 | Windows | 10 | desktop", userAgent: windows,
            hints: hints("\"Not;A=Brand\";v=\"8\", \"Chromium\";v=\"129\"")),
        Case(
            expected: "DuckDuckGo | 130 | Windows | 10 | desktop", userAgent: windows,
            hints: hints(
                "\"Chromium\";v=\"130\", \"DuckDuckGo\";v=\"130\"",
                full: "\"Chromium\";v=\"130.0.6723.92\", \"DuckDuckGo\";v=\"130.0.1.0\"")),
        // A browser that the tables do not know keeps the base's name: no text of its own gets in.
        Case(
            expected: "Chrome | 130 | Windows | 10 | desktop", userAgent: windows,
            hints: hints("\"Chromium\";v=\"130\", \"Nobody's Browser\";v=\"7\"")),
        Case(
            expected: "Chrome | 130 | Android | 14 | mobile", userAgent: android,
            hints: hints(
                chromeBrands, mobile: "?1", platform: "\"Android\"", version: "\"14.0.0\"",
                model: "\"Pixel 8\"")),
        Case(
            expected: "Chrome | 130 | Android | 13 | tablet", userAgent: android,
            hints: hints(
                mobile: "?1", platform: "\"Android\"", version: "\"13.0.0\"", model: "\"SM-T500\"")),
        Case(
            expected: "Chrome | 130 | Android | - | tablet", userAgent: android,
            hints: hints(mobile: "?0")),
        Case(
            expected: "Chrome | 130 | macOS | 14 | desktop",
            userAgent:
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
                + "Gecko) Chrome/130.0.0.0 Safari/537.36",
            hints: hints(chromeBrands, platform: "\"macOS\"", version: "\"14.5.0\"")),
        // An application's name stands over the brand of the web view that it uses.
        Case(
            expected: "Instagram | 340 | Android | 14 | mobile",
            userAgent:
                "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like "
                + "Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 Instagram 340.0.0.1",
            hints: hints("\"Android WebView\";v=\"130\", \"Chromium\";v=\"130\"")),
        // A console's own word stands over the system that its engine was built for.
        Case(
            expected: "PlayStation Browser | - | PlayStation | 5 | console",
            userAgent:
                "Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 (KHTML, like "
                + "Gecko) Version/15.4 Safari/605.1.15",
            hints: hints(platform: "\"Linux\"")),
    ])
    func hintsCorrect(_ example: Case) {
        let client = ClientRules.standard.client(
            userAgent: example.userAgent, hints: example.hints)
        #expect(ClientsUserAgentTests.summary(client) == example.expected)
    }

    /// Text that is not of a structured header's form counts as not sent.
    @Test(arguments: [
        "", "Windows", "\"", "\"\\", "?1", "\"\"\"\"\"", ";v=\"1\"", "\"a\";v", "v=\"1\"",
        String(repeating: "\"a\";v=\"1\", ", count: 4_000),
    ])
    func malformedHintsChangeNothing(_ text: String) {
        let hints = Self.hints(
            text, full: text, mobile: text == "?1" ? nil : text, platform: text, version: text,
            model: text)
        let client = ClientRules.standard.client(userAgent: Self.windows, hints: hints)
        #expect(
            ClientsUserAgentTests.summary(client) == "Chrome | 130 | Windows | 10 | desktop")
    }

    @Test func greaseIsNoBrand() {
        for name in ["Not?A_Brand", "Not A;Brand", " Not A;Brand", "Not/A)Brand", "(Not(A:Brand"] {
            #expect(Self.hints("\"\(name)\";v=\"99\"").brands.isEmpty)
        }
        #expect(Self.hints("\"Notepad\";v=\"1\"").brands.map(\.name) == ["Notepad"])
    }
}
