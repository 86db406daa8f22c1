import Testing

@testable import Analytics

@Suite("Sources: tables")
struct SourcesTableTests {
    /// Four small tables in place of the built-in ones, of which a test changes one.
    private static func files(_ changed: [String: String] = [:]) -> [String: String] {
        [
            SourceRules.sourcesFile: "Acme\tsearch\nBeta\tsocial\n",
            SourceRules.hostsFile: "acme.*\tAcme\nbeta.example\tBeta\nmail.**\tBeta\n",
            SourceRules.wordsFile: "b\tBeta\nacme\t-\n",
            SourceRules.clickIDsFile: "aclid\tAcme\tcpc\n",
        ].merging(changed) { $1 }
    }

    @Test("other tables take the built-in ones' place")
    func overriding() throws {
        let rules = try SourceRules(files: Self.files())
        let page = try #require(WebAddress("https://shop.example/?aclid=x"))
        let found = rules.acquisition(
            page: page, referrer: nil, siteHosts: [], ignoredReferrers: [])
        #expect(found.source == "Acme")
        #expect(found.channel == "Paid Search")
        let google = try #require(WebAddress("https://www.google.com/"))
        #expect(rules.source(referring: google) == nil)
        #expect(rules.source(tagged: "B")?.source.name == "Beta")
        #expect(rules.source(tagged: "beta")?.source.name == "Beta")
        #expect(rules.source(tagged: "acme") == nil)
        #expect(rules.source(tagged: "acme.lv")?.source.name == "Acme")
    }

    @Test("one file can be given alone")
    func oneFile() throws {
        let clicks = "xclid\tGoogle\tdisplay\n"
        let rules = try SourceRules(files: [SourceRules.clickIDsFile: clicks])
        #expect(rules.clickIDs.map(\.parameter) == ["xclid"])
        #expect(rules.source(tagged: "google")?.source.name == "Google")
    }

    @Test(
        "a wrong row is named with its line and its mend",
        arguments: [
            (SourceRules.sourcesFile, "Acme\tsearch\nAcme\tsocial\n", 2),
            (SourceRules.sourcesFile, "Acme\tserch\n", 1),
            (SourceRules.sourcesFile, "# a\n\nAcme\n", 3),
            (SourceRules.hostsFile, "acme.example\tAcmee\n", 1),
            (SourceRules.hostsFile, "acme.example\tAcme\nacme.example\tBeta\n", 2),
            (SourceRules.hostsFile, "Acme.example\tAcme\n", 1),
            (SourceRules.hostsFile, "*.acme.example\tAcme\n", 1),
            (SourceRules.hostsFile, "a.b.**\tAcme\n", 1),
            (SourceRules.hostsFile, "android-app://Acme\tAcme\n", 1),
            (SourceRules.wordsFile, "b\tBeta\nB\tAcme\n", 2),
            (SourceRules.wordsFile, "b\tGamma\n", 1),
            (SourceRules.wordsFile, "---\tBeta\n", 1),
            (SourceRules.clickIDsFile, "aclid\tAcme\tcpc\nAclid\tAcme\tcpc\n", 2),
            (SourceRules.clickIDsFile, "utm_source\tAcme\tcpc\n", 1),
            (SourceRules.clickIDsFile, "aclid\tGamma\tcpc\n", 1),
        ])
    func wrongRows(file: String, text: String, line: Int) {
        do {
            _ = try SourceRules(files: Self.files([file: text]))
            Issue.record("\(file) was taken")
        } catch {
            #expect(error.table == file)
            #expect(error.line == line, "\(error)")
            #expect(!error.mend.isEmpty)
        }
    }

    @Test("built-in tables are sorted, so that a new row has one place")
    func sorted() throws {
        for name in [
            SourceRules.sourcesFile, SourceRules.hostsFile, SourceRules.wordsFile,
            SourceRules.clickIDsFile, PlaceRules.timeZonesFile, PlaceRules.countriesFile,
        ] {
            let text = try #require(Embedded.files[name])
            let keys = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
                $0.prefix { $0 != "\t" }.lowercased()
            }
            #expect(!keys.isEmpty)
            for (key, next) in zip(keys, keys.dropFirst()) {
                // As bytes, which is how `sort` and editors see it.
                #expect(
                    key.utf8.lexicographicallyPrecedes(next.utf8) || key == next,
                    "\(name): '\(next)' belongs before '\(key)'")
            }
        }
    }
}

@Suite("Host tables")
struct HostTableTests {
    private static let table: HostTable = {
        var table = HostTable()
        for (value, host) in ["a.lv", "b.a.lv", "a.*", "c.a.*", "w.**", "a.co.uk"].enumerated() {
            precondition(table.add(host, value: value) == .added)
        }
        return table
    }()

    @Test(
        "the row that names most of a host wins",
        arguments: [
            ("a.lv", 0), ("x.a.lv", 0), ("b.a.lv", 1), ("x.b.a.lv", 1), ("a.ee", 2), ("x.a.com", 2),
            ("a.com.br", 2), ("c.a.ee", 3), ("c.a.lv", 3), ("a.co.uk", 5), ("x.a.co.uk", 5),
            ("w.example", 4), ("w.a.lv", 0), ("a.info", nil), ("a", nil), ("ba.lv", nil),
            ("w", nil), ("x.w.example", nil), ("lv", nil), ("", nil), (".", nil),
            ("a.lv.example", nil),
        ] as [(String, Int?)])
    func longest(host: String, value: Int?) {
        #expect(Self.table.find(Array(host.utf8)) == value)
    }

    @Test("a row that isn't accepted leaves the host to the next wider one")
    func accepting() {
        let host = Array("b.a.lv".utf8)
        #expect(Self.table.find(host) { $0 != 1 } == 0)
        #expect(Self.table.find(host) { $0 > 1 } == 2)
        #expect(Self.table.find(host) { _ in false } == nil)
    }

    @Test("lists of hosts, as people publish them")
    func lists() throws {
        let text = "# spam\nbad.example\n\nhttps://www.Worse.example/x  # since 2020\nbad.example\n"
        let list = try HostList(name: "spam.txt", text: text)
        #expect(list.contains("bad.example"))
        #expect(list.contains("sub.bad.example"))
        #expect(list.contains("worse.example"))
        #expect(!list.contains("notbad.example"))
        #expect(throws: RecognitionTableError.self) {
            try HostList(name: "spam.txt", text: "good.example\nno host here\n")
        }
        #expect(HostList(["pay.example"]).contains("eu.pay.example"))
    }
}
