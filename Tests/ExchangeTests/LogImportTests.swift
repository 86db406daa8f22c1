import Analytics
import Compression
import Foundation
import Testing

@testable import Exchange
@testable import Storage

@Suite("Log import")
struct LogImportTests {
    @Test("each line is counted by what became of it, and the books balance")
    func fates() throws {
        var settings = SiteSettings()
        settings.excludedAddresses = [Network("198.51.100.0/24")!]
        let place = try TestInstallation(settings: settings)
        let time = "2026-11-20T10:00:00Z"
        var unreadable: [UnreadableLine] = []
        let lines = [
            TestLine(time).combined, TestLine(time, status: 304).combined,
            TestLine(time, status: 206).combined, TestLine(time).common,
            TestLine(time, "/a.css").combined, TestLine(time, method: "POST").combined,
            TestLine(time, method: "HEAD").combined, TestLine(time, status: 404).combined,
            TestLine(time, status: 301).combined, TestLine(time, agent: TestLine.bot).combined,
            TestLine(time, agent: "-").combined,
            TestLine(time, address: "198.51.100.9").combined,
            TestLine(time, address: "198.51.100.9", agent: TestLine.bot).combined,
            "other.test:443 " + TestLine(time).combined,
            "www.shop.test:443 " + TestLine(time).combined,
            "blog.shop.test " + TestLine(time).combined,
            TestLine(time, "http://shop.test/proxy").combined,
            TestLine(time, "http://evil.test/").combined,
            "198.51.100.77 nonsense", "", "   ", TestLine(time, "no path").combined,
            TestLine("2026-11-22T11:59:00Z").combined, TestLine("2026-11-23T10:00:00Z").combined,
            TestLine("2023-01-01T10:00:00Z").combined,
        ]
        let summary = try place.importLog(lines, report: { unreadable.append($0) })
        #expect(
            summary.fates == [
                .pageview: 7, .asset: 1, .method: 2, .status: 2, .bot: 2, .excluded: 2,
                .otherHost: 2, .unreadable: 2, .unfinishedDay: 1, .future: 1, .pastTerm: 1,
            ])
        #expect(summary.lines == 23)
        #expect(summary.days == [.init(day: LocalDay("2026-11-20")!, lines: 11)])
        #expect(unreadable.map(\.number) == [19, 22])
        #expect(unreadable.allSatisfy { !$0.description.contains("198.51") })
        let books = try place.books("2026-11-20")
        #expect(books == Books(received: 11, kept: 7, dropped: [.bot: 2, .excluded: 2]))
        let report = try place.aggregate()
        #expect(report.problems.isEmpty)
        #expect(try place.totals("2026-11-20").pageviews == 7)
        #expect(try place.database.imports().map(\.summary) == [summary.counts])
    }

    @Test("hosts that the site doesn't count are dropped as a beacon would be")
    func foreignHost() throws {
        var settings = SiteSettings()
        settings.hosts = ["shop.lv"]
        let place = try TestInstallation(settings: settings)
        let line = TestLine("2026-11-20T10:00:00Z").combined
        let summary = try place.importLog([
            line, "shop.lv:443 " + line, "blog.shop.test:443 " + line, "other.test:443 " + line,
        ])
        #expect(summary.fates == [.pageview: 2, .foreignHost: 1, .otherHost: 1])
        #expect(
            try place.books("2026-11-20")
                == Books(received: 3, kept: 2, dropped: [.foreignHost: 1]))
    }

    @Test("a log shows no Origin: a site that asks for it can import all the same")
    func requiredOrigin() throws {
        var settings = SiteSettings()
        settings.requiresOrigin = true
        let place = try TestInstallation(settings: settings)
        let summary = try place.importLog([TestLine("2026-11-20T10:00:00Z").combined])
        #expect(summary.fates == [.pageview: 1])
    }

    @Test(
        "who is one visitor",
        arguments: [
            ("81.198.10.20", "81.198.10.20", 1), ("81.198.10.20", "81.198.10.21", 2),
            ("81.198.10.20", "::ffff:81.198.10.20", 1),
            ("2a03:ec00:1:2::3", "2a03:ec00:1:2:aaaa:bbbb:cccc:dddd", 1),
            ("2a03:ec00:1:2::3", "2a03:ec00:1:3::3", 2),
            ("dsl-1.isp.test", "dsl-1.isp.test", 1), ("dsl-1.isp.test", "dsl-2.isp.test", 2),
            ("unix:", "unix:", 0),
        ])
    func visitors(first: String, second: String, count: Int) throws {
        let place = try TestInstallation()
        try place.importLog([
            TestLine("2026-11-20T10:00:00Z", address: first).combined,
            TestLine("2026-11-20T10:05:00Z", address: second).combined,
        ])
        try place.aggregate()
        let totals = try place.totals("2026-11-20")
        #expect(totals.visitors == count)
        #expect(totals.pageviews == 2)
    }

    @Test("what is kept of a line is what is kept of a beacon")
    func kept() throws {
        let place = try TestInstallation()
        try place.importLog([
            TestLine(
                "2026-11-20T10:00:00Z", "/kr%C5%ABze?utm_source=newsletter&utm_medium=email&q=x",
                referrer: #"https://www.google.com/search?q=\x22kr\x22"#
            ).combined,
            TestLine("2026-11-20T10:01:00Z", "/a", referrer: "https://shop.test/").combined,
        ])
        let session = try #require(try place.sessions("2026-11-20").first)
        #expect(session.entryPage == "/krūze")
        #expect(session.exitPage == "/a")
        #expect(session.values[.source] == "newsletter")
        #expect(session.values[.channel] == "Email")
        #expect(session.values[.browser] == "Chrome")
        #expect(session.start.description == "2026-11-20T10:00:00.000Z")
        #expect(session.end.description == "2026-11-20T10:01:00.000Z")
    }

    /// One person's times of pageviews in UTC; then how many pageviews each session has. Midnight
    /// in Riga is 22:00 UTC.
    private static let visits: [(String, [String], sessions: [Int], visitors: [Int])] = [
        (
            "a gap of the timeout doesn't cut, a second more does",
            ["20T10:00:00", "20T10:30:00", "20T11:00:01"], [2, 1], [1, 0]
        ),
        ("a session over midnight stays one", ["20T21:50:00", "20T22:10:00"], [2], [1, 1]),
        (
            "who comes back after it has a new value",
            ["20T21:50:00", "20T22:10:00", "21T08:00:00"], [2, 1], [1, 2]
        ),
        ("exactly the timeout over midnight", ["20T21:45:00", "20T22:15:00"], [2], [1, 1]),
        ("a second more", ["20T21:45:00", "20T22:15:01"], [1, 1], [1, 1]),
        (
            "the old value after the old salt's end",
            ["20T21:55:00", "20T22:20:00", "20T22:45:00", "20T23:10:00", "21T09:00:00"], [4, 1],
            [1, 2]
        ),
        ("the first instant of a day", ["20T21:59:59", "20T22:00:00"], [2], [1, 1]),
        ("written late, over midnight", ["20T22:00:01", "20T21:59:59"], [2], [1, 1]),
    ]

    @Test("visits become sessions, over midnight too", arguments: visits.indices)
    func sessions(index: Int) throws {
        let (title, times, sessions, visitors) = Self.visits[index]
        let place = try TestInstallation()
        try place.importLog(times.map { TestLine("2026-11-\($0)Z").combined })
        let found = try place.sessions("2026-11-20") + place.sessions("2026-11-21")
        #expect(found.map(\.pageviews) == sessions, "\(title)")
        try place.aggregate()
        #expect(
            try [place.totals("2026-11-20").visitors, place.totals("2026-11-21").visitors]
                == visitors, "\(title)")
    }

    @Test("a week under one salt knows who comes back")
    func weekly() throws {
        let place = try TestInstallation(rotation: .weekly)
        try place.importLog([
            TestLine("2026-11-16T10:00:00Z").combined, TestLine("2026-11-18T10:00:00Z").combined,
        ])
        #expect(try place.sessions("2026-11-18").map(\.visitNumber) == [2])
        #expect(try place.sessions("2026-11-18").map(\.daysSinceLastVisit) == [2])
    }

    @Test("two imports of the same line have unrelated visitors")
    func unlinkable() throws {
        var seen: Set<UInt64> = []
        for _ in 0..<2 {
            let place = try TestInstallation()
            try place.importLog([
                TestLine("2026-11-20T10:00:00Z").combined,
                TestLine("2026-11-21T10:00:00Z").combined,
            ])
            let window = try EventReader(folder: place.folder).read(
                sites: [place.site], from: Instant("2026-11-19T00:00Z")!, to: place.now)
            seen.formUnion(window.events[place.site.id]!.all.map(\.visitor))
        }
        #expect(seen.count == 4)
    }

    @Test("the order of files and spooling make no difference")
    func order() throws {
        let lines = (0..<300).map { number in
            TestLine(
                at: Instant("2026-11-18T20:00:00Z")! + .minutes(Int64(number * 11)),
                "/p\(number % 7)", address: "81.198.10.\(number % 5)"
            ).combined + "\n"
        }
        var found: [[Session]] = []
        for (isReversed, rowsInMemory) in [(false, 1_000), (true, 1_000), (true, 13), (false, 1)] {
            let place = try TestInstallation()
            var files = [
                try place.write(lines[..<100].joined(), name: "access.log.2"),
                try place.write(
                    Gzip.compress(Array(lines[100..<200].joined().utf8)), name: "access.log.1"),
                try place.write(lines[200...].joined(), name: "access.log"),
            ]
            if isReversed { files.reverse() }
            var options = LogImport.Options()
            options.rowsInMemory = rowsInMemory
            let summary = try place.importFiles(files, options: options)
            #expect(summary[.pageview] == 300)
            #expect(place.drafts.isEmpty)
            found.append(
                try ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"].flatMap(place.sessions)
            )
        }
        #expect(found[0].count > 20)
        #expect(found.allSatisfy { $0 == found[0] })
    }

    @Test("today only when asked; what was nothing but skipped leaves no import")
    func today() throws {
        let place = try TestInstallation()
        let line = TestLine("2026-11-22T11:00:00Z").combined
        let summary = try place.importLog([line])
        #expect(summary.importID == nil)
        #expect(
            summary.leftAlone == [
                .init(day: LocalDay("2026-11-22")!, obstacle: .unfinished, lines: 1)
            ])
        #expect(try place.database.imports().isEmpty)
        #expect(place.drafts.isEmpty)
        var options = LogImport.Options()
        options.includesToday = true
        #expect(try place.importLog([line], options: options).importID != nil)
        try place.aggregate()
        #expect(try place.totals("2026-11-22").pageviews == 1)
    }

    @Test("a day past the raw term is folded, then its files go")
    func oldDay() throws {
        let place = try TestInstallation()
        try place.importLog([
            TestLine("2026-08-20T10:00:00Z", offset: 3).combined,
            TestLine("2026-11-20T10:00:00Z").combined,
        ])
        let report = try place.aggregate()
        #expect(report.problems.isEmpty)
        #expect(report.deletedPartitions == ["2026-08-20.import-1.2026-08-20.sqlite"])
        #expect(try place.totals("2026-08-20").pageviews == 1)
        #expect(try place.books("2026-11-20").kept == 1)
        #expect(
            try place.database.books(
                of: place.site, on: LocalDay("2026-08-20")!...LocalDay("2026-08-20")!
            ).values.map(\.received) == [1])
    }

    @Test("standard input can be given once; what fails leaves nothing")
    func failures() throws {
        let place = try TestInstallation()
        #expect(throws: LogImportError.standardInputTwice) {
            try place.importFiles(["-", "-"])
        }
        let good = try place.write(TestLine("2026-11-20T10:00:00Z").combined)
        #expect(throws: LogImportError.self) {
            try place.importFiles([good, place.path + "/none.log"])
        }
        #expect(try place.database.imports().isEmpty)
        #expect(try place.importFileNames().isEmpty)
        #expect(place.drafts.isEmpty)
        #expect(try place.importFiles([good]).importID == 2)
    }
}

@Suite("Line enricher")
struct LineEnricherTests {
    private static let targets = [
        "/", "/a", "/a?b=c", "/a?utm_source=newsletter&utm_medium=email", "/?fbclid=1",
        "/kr%C5%ABze", "/veca/%E2%82", "http://shop.test/x", "/order/jane@example.com",
    ]
    private static let referrers = [
        nil, "https://www.google.com/", "https://shop.test/a", "https://l.facebook.com/",
        "https://www.darzi.example/raksti?mail=jane@example.com", "nonsense",
    ]
    private static let agents = [TestLine.chrome, TestLine.bot, "", "curl/8.0", "Opera"]

    @Test("the parts of a line give what a whole hit gives", arguments: Seeds.some)
    func parts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let place = try TestInstallation()
        let (target, referrer, agent) = (
            Self.targets.randomElement(using: &random)!,
            Self.referrers.randomElement(using: &random)!,
            Self.agents.randomElement(using: &random)!
        )
        let steps = IngestSteps()
        var enricher = LineEnricher(site: place.site, steps: steps)
        let page = try #require(WebAddress(requestTarget: target, host: "shop.test"))
        var beacon = Beacon(name: Beacon.nameOfPageview, url: "")
        beacon.referrer = referrer
        let whole = Hit(
            beacon: beacon, page: page,
            sender: Sender(address: ClientAddress("192.0.2.7"), userAgent: agent),
            time: place.now)
        let key = Fingerprint(high: 1, low: 1)
        let landing = enricher.landing(key) { page }
        let referral = enricher.acquisition(key) { (page, referrer) }
        let found = enricher.agent(key) { agent }
        let texts = enricher.vocabulary
        guard case .page(let number) = landing else {
            Issue.record("no page, seed \(seed)")
            return
        }
        let event: Event
        switch steps.run(whole, for: place.site) {
        case .kept(let kept):
            event = kept
            #expect(found.rule == 0, "seed \(seed)")
        case .setAside(let aside, let verdict):
            event = aside
            #expect(
                texts.rules.values[Int(found.rule)] == verdict.rule, "seed \(seed)")
        case .dropped(let reason):
            Issue.record("dropped as \(reason), seed \(seed)")
            return
        }
        #expect(texts.pages.values[Int(number)] == event.page.value, "seed \(seed)")
        #expect(
            texts.acquisitions.values[Int(referral.acquisition)] == event.acquisition.value,
            "seed \(seed)")
        #expect(texts.profiles.values[Int(found.profile)] == event.profile.value, "seed \(seed)")
    }
}
