import Analytics
import Testing

@testable import Storage

/// Under the shortest terms that are allowed no day may lose a pageview, and no partition outlive
/// its term.
@Suite("Retention: weeks of runs")
struct RetentionRunTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let first = LocalDay(year: 2026, month: 10, day: 12)

    init() throws {
        folder = try TestFolder(at: "2026-10-12T00:00:00Z")
        database = try folder.database()
    }

    /// Three pageviews a day, and in the first two days 98 of a session that lasts 47 hours.
    private func store(_ day: Int, of site: Site) throws {
        let start = first.advanced(by: day).startInUTC
        var entries = [1, 9, 23].map { hour in
            Traffic.kept(
                Traffic.view(site, UInt64(day * 10 + 1), at: start + .hours(hour)), of: site)
        }
        for step in 0..<98 as Range<Int64> {
            let time = first.startInUTC + .minutes(29 * step)
            guard time.utcDay == first.advanced(by: day) else { continue }
            entries.append(Traffic.kept(Traffic.view(site, 7, at: time, "/long"), of: site))
        }
        try folder.store(entries)
    }

    @Test(
        "every day is folded whole, and every partition goes at its term, without a word",
        arguments: [
            (Rotation.daily, "Europe/Riga"), (.daily, "Pacific/Kiritimati"),
            (.daily, "Pacific/Honolulu"), (.weekly, "Europe/Riga"), (.monthly, "Europe/Riga"),
        ])
    func steady(rotation: Rotation, zone: String) throws {
        let site = try Traffic.addSite(
            database, zone: zone, rotation: rotation, createdAt: "2026-10-12T00:00:00Z")
        let terms = RetentionTerms(rawDays: RetentionTerms.minimumRawDays(for: rotation))
        let days = terms.rawDays + 9
        var deleted: [String] = []
        for day in 0..<days {
            try store(day, of: site)
            let now = first.advanced(by: day + 1).startInUTC + .minutes(7)
            folder.clock.now = now
            let report = try folder.aggregator(database, terms: terms).run()
            #expect(report.problems.isEmpty, "\(now)")
            deleted += report.deletedPartitions
            let oldest = first.advanced(by: max(0, day + 1 - terms.rawDays))
            #expect(report.oldestRawEvent == oldest, "\(now)")
        }
        #expect(deleted == (0..<9).map { "\(first.advanced(by: $0)).sqlite" })
        let range = first.advanced(by: -1)...first.advanced(by: days)
        let total = try database.sum(of: site, on: Set(range), dimension: nil).totals
        #expect(total.pageviews == days * 3 + 98)
        let books = try folder.reader(database).books(of: site, on: range)
            .values.reduce(into: Books(), +=)
        #expect(books.text == "received=\(days * 3 + 98) kept=\(days * 3 + 98)")
    }

    @Test("runs for one site leave what others still need, and a whole run folds it")
    func oneSite() throws {
        let chosen = try Traffic.addSite(database, createdAt: "2026-10-12T00:00:00Z")
        let other = try Traffic.addSite(database, "b.test", createdAt: "2026-10-12T00:00:00Z")
        let terms = RetentionTerms(rawDays: 7)
        for day in 0..<14 {
            try store(day, of: chosen)
            try store(day, of: other)
            folder.clock.now = first.advanced(by: day + 1).startInUTC + .minutes(7)
            let report = try folder.aggregator(database, terms: terms).run(only: chosen.domain)
            #expect(report.deletedPartitions.isEmpty)
            #expect(report.problems.isEmpty == (day < 7), "\(day): \(report.problems)")
            if day >= 7 {
                #expect(report.problems.first?.contains("b.test 2026-10-12") == true)
                #expect(report.problems.first?.contains("2026-10-12.sqlite") == true)
            }
        }
        // Nobody has folded all sites for two weeks: a running collector catches up.
        #expect(try folder.aggregator(database).isOverdue())
        let whole = try folder.aggregator(database, terms: terms).run()
        #expect(whole.problems.isEmpty)
        #expect(whole.deletedPartitions.count == 7)
        #expect(try !folder.aggregator(database).isOverdue())
        let days = Set(first...first.advanced(by: 14))
        for site in [chosen, other] {
            let total = try database.sum(of: site, on: days, dimension: nil).totals
            #expect(total.pageviews == 14 * 3 + 98)
        }
        #expect(try Losses(in: database).days.isEmpty)
    }

    @Test("a run for one site that seals a day tells a running collector")
    func registry() throws {
        let site = try Traffic.addSite(database, createdAt: "2026-10-12T00:00:00Z")
        try Traffic.addSite(database, "b.test", createdAt: "2026-10-12T00:00:00Z")
        try store(3, of: site)
        let before = try database.note(.registryVersion) ?? 0
        let report = try folder.aggregate(
            database, at: "2026-10-16T12:00:00Z", only: site.domain)
        #expect(report.sealed == 1)
        #expect(try database.note(.registryVersion) ?? 0 > before)
        #expect(try database.note(.lastAggregation) == nil)
    }

    @Test("days past the rollups' term are not folded again, however long raw events are kept")
    func rollupsGoFirst() throws {
        let site = try Traffic.addSite(database, createdAt: "2026-10-12T00:00:00Z")
        try store(4, of: site)
        try store(40, of: site)
        let terms = RetentionTerms(rawDays: 90, rollupMonths: 1)
        let now = "2026-11-22T12:00:00Z"
        let report = try folder.aggregate(database, at: now, terms: terms)
        #expect(report.written.map(\.day) == [first.advanced(by: 40)])
        #expect(report.removedRollupDays == 0 && report.deletedPartitions.isEmpty)
        #expect(try folder.aggregate(database, at: now, terms: terms).written.isEmpty)
    }
}
