import Testing

@testable import Analytics

/// The tables themselves: in order, readable, and with errors that help.
@Suite struct ClientsTablesTests {
    @Test(arguments: ["browsers.tsv", "systems.tsv", "devices.tsv", "bots.tsv", "bot-words.tsv"])
    func rowsAreSorted(_ name: String) throws {
        let text = try #require(Embedded.files[name])
        let marks = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            Array($0.prefix { $0 != "\t" }.utf8)
        }
        #expect(marks.count > 50)
        for (mark, next) in zip(marks, marks.dropFirst()) {
            #expect(
                mark.lexicographicallyPrecedes(next),
                "\(String(decoding: next, as: UTF8.self)) stands too late in \(name)")
        }
    }

    @Test func aFileStandsInForATable() throws {
        let rules = try ClientRules(files: [
            "browsers.tsv": "# mine\nshopview\tShop View\tafter\t40\tthe shop's own application\n"
        ])
        let client = rules.client(userAgent: "Mozilla/5.0 (Windows NT 6.1) ShopView/3.2")
        #expect(ClientsUserAgentTests.summary(client) == "Shop View | 3 | Windows | 7 | desktop")
    }

    struct Fault: CustomTestStringConvertible {
        let file: String
        let text: String
        let line: Int
        let names: String

        var testDescription: String { names }
    }

    @Test(arguments: [
        Fault(file: "browsers.tsv", text: "# x\n\nchrome\tChrome\n", line: 3, names: "2 fields"),
        Fault(file: "browsers.tsv", text: "Chrome\tChrome\tafter\t9\n", line: 1, names: "'Chrome'"),
        Fault(file: "browsers.tsv", text: "a*b\tA\tafter\t9\n", line: 1, names: "'a*b'"),
        Fault(file: "browsers.tsv", text: "ab\tA\tafter\tten\n", line: 1, names: "'ten'"),
        Fault(file: "browsers.tsv", text: "ab\tA\t\t9\n", line: 1, names: "version"),
        Fault(file: "browsers.tsv", text: "ab\t\tafter\t9\n", line: 1, names: "name"),
        Fault(
            file: "browsers.tsv", text: "ab\tA\tafter\t9\nab\tB\tafter\t9\n", line: 2,
            names: "line 1"),
        Fault(
            file: "systems.tsv", text: "ab\tA\tafter\t9\ttoaster\n", line: 1, names: "'toaster'"),
        Fault(file: "devices.tsv", text: "ab\tmobile\t0\n", line: 1, names: "'0'"),
    ])
    func aFaultIsNamedWithItsLine(_ fault: Fault) throws {
        let error = #expect(throws: RecognitionTableError.self) {
            try ClientRules(files: [fault.file: fault.text])
        }
        #expect(error?.table == fault.file)
        #expect(error?.line == fault.line)
        let description = try #require(error?.description)
        #expect(description.hasPrefix("\(fault.file) line \(fault.line): "))
        #expect(description.contains(fault.names))
        #expect(description.hasSuffix("."))
    }

    /// What the tables' headers say of marks.
    @Test(arguments: [
        ("bot", "a bot", true), ("bot", "Bot/2", true), ("bot", "bot2", true),
        ("bot", "robot", false), ("bot", "bottle", false), ("bot", "bot", true),
        ("bot*", "bottle", true), ("bot*", "robot", false), ("*bot", "robot", true),
        ("*bot", "robots", false), ("*bot*", "robots", true), ("^bot", "bot 1", true),
        ("^bot", "a bot", false), ("; kf*", "(Linux; KFTT)", true), ("bot/", "bot/1", true),
        ("seznam prohlížeč", "x Seznam prohlížeč/4", true),
    ])
    func marksMatch(mark: String, text: String, expected: Bool) throws {
        let index = MarkIndex([try #require(Mark(mark))])
        var found = false
        index.forEachMatch(in: UserAgentText(text)) { _, _, _ in found = true }
        #expect(found == expected)
    }

    @Test func everyMarkIsFoundOnce() {
        let marks = ["ab", "abc", "abcd", "b", "*bc*", "abx"].compactMap { Mark($0 + "*") }
        let index = MarkIndex(marks)
        var found: [String] = []
        index.forEachMatch(in: UserAgentText("abcd ABX")) { row, start, end in
            found.append("\(row) \(start)..<\(end)")
        }
        // "b" and "**" are no marks: too short, and starred twice.
        #expect(marks.count == 4)
        #expect(found.sorted() == ["0 0..<2", "0 5..<7", "1 0..<3", "2 0..<4", "3 5..<8"])
    }
}
