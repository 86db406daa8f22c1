import Testing

@testable import Analytics

/// The tables of bots: a row in the data folder counts, a wrong one is named.
@Suite struct BotsTablesTests {
    @Test func aFileStandsInForATable() throws {
        let rules = try BotRules(files: [
            "bots.tsv": "quux\tquux_bot\tmonitor\tours\n",
            "bot-words.tsv": "applewebkit\tengine\t-\tengine\n",
        ])
        #expect(
            rules.verdict(BotSignals(userAgent: "Mozilla/5.0 AppleWebKit/1 Quux/1"))
                == BotVerdict(rule: "quux_bot", category: .monitor))
        #expect(rules.verdict(BotSignals(userAgent: "Mozilla/5.0 AppleWebKit/1 Googlebot")) == nil)
    }

    @Test(arguments: [
        ("bots.tsv", "quux\tquux\ttoaster\n", 1, "'toaster'"),
        ("bots.tsv", "quux\tQuux Bot\tmonitor\n", 1, "'Quux Bot'"),
        ("bots.tsv", "q\tquux\tmonitor\n", 1, "'q'"),
        ("bots.tsv", "# a\nquux\tquux\tmonitor\nquux2\tquux\tlibrary\n", 3, "monitor"),
        ("bots.tsv", "quux\tquux\n", 1, "2 fields"),
        ("bot-words.tsv", "quux\tquux\tmonitor\tmaybe\n", 1, "'maybe'"),
        ("bot-words.tsv", "quux\tquux\tmonitor\tnamed\n", 1, "bots.tsv"),
        ("bot-words.tsv", "quux\tquux\tmonitor\tsure\nquux\tquux\tmonitor\tsure\n", 2, "line 1"),
    ])
    func aFaultIsNamedWithItsLine(_ file: String, _ text: String, _ line: Int, _ names: String)
        throws
    {
        let error = try #require(throws: RecognitionTableError.self) {
            try BotRules(files: [file: text])
        }
        #expect(error.table == file)
        #expect(error.line == line)
        #expect(error.description.contains(names))
    }

    /// Books name rules for years: each is one word of small letters, with one category.
    @Test func rulesAreStableNames() {
        let verdicts = BotRules.standard.verdicts
        for verdict in verdicts {
            let isName = verdict.rule.utf8.allSatisfy {
                UserAgentText.isLetter($0) || UserAgentText.isDigit($0) || $0 == UInt8(ascii: "_")
            }
            #expect(isName, "\(verdict.rule)")
        }
        #expect(Set(verdicts.map(\.rule)).count == verdicts.count)
        #expect(Set(verdicts.map(\.category)).count == BotCategory.allCases.count)
        #expect(verdicts.contains(BotVerdict(rule: "webdriver", category: .headless)))
    }
}
