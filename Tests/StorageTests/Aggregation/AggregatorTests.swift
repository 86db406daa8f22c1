import Analytics
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Aggregation")
struct AggregatorTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let site: Site
    private let day = Traffic.day

    init() throws {
        folder = try TestFolder()
        database = try folder.database()
        site = try Traffic.addSite(database)
    }

    private func time(_ text: String) -> Instant { Instant("2026-11-" + text + "Z")! }

    private func storeViews(_ times: [String], visitor: UInt64 = 1, path: String = "/") throws {
        try folder.store(
            times.map { Traffic.kept(Traffic.view(site, visitor, at: time($0), path), of: site) })
    }

    @Test("two runs can't overlap; the second says so and does nothing")
    func lock() throws {
        try storeViews(["20T10:00:00"])
        var first = try FileLock(path: folder.data.aggregateLockPath)
        #expect(first != nil)
        #expect(throws: StorageError.aggregationRuns(path: folder.path)) {
            try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        }
        #expect(try database.rollupDays(of: site).isEmpty)
        first = nil
        #expect(try folder.aggregate(database, at: "2026-11-21T02:00:00Z").written.count == 1)
    }

    @Test("a run that finds nothing to change writes nothing but when it was")
    func unchanged() throws {
        let other = try Traffic.addSite(database, "b.test", zone: "Europe/Riga", rotation: .weekly)
        try storeViews(["19T10:00:00", "20T10:00:00", "20T10:10:00", "21T01:50:00"])
        try folder.store([
            Traffic.kept(Traffic.view(other, 7, at: time("20T23:50:00"), "/b"), of: other),
            Traffic.dropped(.bot, of: other, at: time("20T23:51:00")),
        ])
        let first = try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        #expect(first.written.count == 4)
        let dump = try folder.dump(database)
        for now in ["2026-11-21T02:00:00Z", "2026-11-21T02:10:00Z"] {
            let again = try folder.aggregate(database, at: now)
            #expect(again.written.isEmpty && again.problems.isEmpty)
            #expect(try folder.dump(database) == dump)
        }
        #expect(try database.note(.lastAggregation) == time("21T02:10:00").milliseconds)
    }

    @Test(
        "a day is sealed by the first run that finds none of its sessions open and lateness past",
        arguments: [
            (["20T23:50:00"], "20T23:59:59.999", false), (["20T23:50:00"], "21T00:01:00", false),
            (["20T23:50:00"], "21T00:21:00", false), (["20T23:50:00"], "21T00:21:00.001", true),
            (["20T10:00:00"], "21T00:01:00", false), (["20T10:00:00"], "21T00:01:00.001", true),
            // The day's session goes on after midnight.
            (["20T23:50:00", "21T00:10:00"], "21T00:30:00", false),
            (["20T23:50:00", "21T00:10:00"], "21T00:41:00", false),
            (["20T23:50:00", "21T00:10:00"], "21T00:41:00.001", true),
            // A session of the next day doesn't matter.
            (["20T23:50:00", "21T00:20:00.001"], "21T00:21:00.001", true),
        ] as [([String], String, Bool)])
    func seals(views: [String], now: String, isSealed: Bool) throws {
        try storeViews(views)
        let report = try folder.aggregate(database, at: "2026-11-\(now)Z")
        #expect(report.sealed == (isSealed ? 1 : 0))
        #expect(try database.rollupDays(of: site)[day]?.isSealed == isSealed)
    }

    @Test(
        "a session that began the day before and is still open keeps a day unsealed: its exit page",
        arguments: [("21T00:20:00", false), ("21T00:36:00", false), ("21T00:36:00.001", true)])
    func sealsTouchedDays(now: String, isSealed: Bool) throws {
        // From the 19th at 23:45 to the 21st at 00:05, without a gap over the timeout.
        var entries: [JournalEntry] = []
        for step in 0..<50 as Range<Int64> {
            let time = min(time("19T23:45:00") + .minutes(30 * step), time("21T00:05:00"))
            entries.append(Traffic.kept(Traffic.view(site, 1, at: time, "/\(step)"), of: site))
        }
        try folder.store(entries)
        try folder.aggregate(database, at: "2026-11-\(now)Z")
        #expect(try database.rollupDays(of: site)[day]?.isSealed == isSealed)
        #expect(try database.storedDay(day, of: site)?.figures.rows[.exitPage]?.keys.first == "/49")
    }

    @Test(
        "an event that comes while the day is open is folded by the next run, and seen by none after"
    )
    func openDays() throws {
        try storeViews(["20T10:00:00"])
        try folder.aggregate(database, at: "2026-11-20T11:00:00Z")
        try storeViews(["20T12:00:00"])
        #expect(try folder.aggregate(database, at: "2026-11-20T13:00:00Z").written.count == 1)
        #expect(try database.storedDay(day, of: site)?.figures.totals.pageviews == 2)
        try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        let text = try database.canonicalText()
        // What the collector makes of an event whose day is sealed.
        try folder.store([
            Traffic.setAside(
                Traffic.view(site, 3, at: time("20T23:59:59"), "/late"), .late, of: site)
        ])
        #expect(try folder.aggregate(database, at: "2026-11-21T03:00:00Z").problems.isEmpty)
        #expect(try database.storedDay(day, of: site)?.figures.totals.pageviews == 2)
        #expect(firstDifference(text, try database.canonicalText())?.contains("books") != false)
    }

    @Test("events on pages whose address was scrubbed are counted beside the books, and verified")
    func scrubbed() throws {
        try folder.store([
            Traffic.kept(Traffic.view(site, 1, at: time("20T10:00:00"), "/order/•"), of: site),
            Traffic.kept(Traffic.view(site, 1, at: time("20T10:01:00"), "/order/•/•"), of: site),
            Traffic.kept(Traffic.view(site, 2, at: time("20T10:02:00"), "/"), of: site),
        ])
        _ = try folder.aggregate(database, at: "2026-11-21T03:00:00Z")
        let books = try database.books(of: site, on: Traffic.day...Traffic.day)[Traffic.day]
        #expect(books == Books(received: 3, kept: 3, scrubbed: 2))
        #expect(books?.balances == true)
        let verified = try folder.aggregate(database, at: "2026-11-21T04:00:00Z", .verify)
        #expect(verified.problems.isEmpty && verified.verified == 1)
    }

    @Test("late events are in the books of their day, while raw events are there and after")
    func lateBooks() throws {
        try storeViews(["20T10:00:00"])
        try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        try folder.store([
            Traffic.setAside(Traffic.view(site, 3, at: time("20T23:59:59")), .late, of: site)
        ])
        let expected = "received=2 kept=1 late=1"
        #expect(try folder.reader(database).books(of: site, on: day...day)[day]?.text == expected)
        try folder.aggregate(database, at: "2026-11-21T03:00:00Z")
        #expect(try database.books(of: site, on: day...day)[day]?.text == expected)
    }

    @Test("books that don't balance are told with site and day; the rest goes on")
    func books() throws {
        try storeViews(["19T10:00:00", "20T10:00:00"])
        let path = folder.data.eventsPath + "/2026-11-20.sqlite"
        try SQLiteFile.openShared(path).write {
            try $0.execute(sql: "UPDATE books SET count = count + 1 WHERE reason = 'received'")
        }
        let report = try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        #expect(report.problems.count == 1)
        let problem = try #require(report.problems.first)
        for part in ["a.test", "2026-11-20", "received 2", "kept 1"] {
            #expect(problem.contains(part))
        }
        #expect(report.written.count == 2)
        let verified = try folder.aggregate(database, at: "2026-11-21T02:00:00Z", .verify)
        #expect(verified.problems.count == 1)
    }

    @Test("a missing row is found as well as one too many")
    func missingRow() throws {
        try storeViews(["20T10:00:00", "20T11:00:00"])
        try SQLiteFile.openShared(folder.data.eventsPath + "/2026-11-20.sqlite").write {
            try $0.execute(sql: "DELETE FROM event WHERE seq = 1")
        }
        let report = try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        #expect(report.problems.count == 1)
    }

    @Test("one site alone, and what a run says of what it did")
    func onlyOneSite() throws {
        let other = try Traffic.addSite(database, "b.test")
        try storeViews(["20T10:00:00"])
        try folder.store([Traffic.kept(Traffic.view(other, 7, at: time("20T11:00:00")), of: other)])
        let report = try folder.aggregate(database, at: "2026-11-21T02:00:00Z", only: other.domain)
        #expect(report.written == [.init(domain: other.domain, day: day)])
        #expect(try database.rollupDays(of: site).isEmpty)
        #expect(report.oldestRawEvent == day)
        #expect(report.oldestRollup == day)
        #expect(report.oldestSalt == nil)
        #expect(report.sealed == 1)
    }

    @Test("days with nothing but drops have books and an empty rollup")
    func onlyDrops() throws {
        try folder.store([
            Traffic.dropped(.optedOut, of: site, at: time("20T10:00:00")),
            Traffic.setAside(Traffic.view(site, 1, at: time("20T10:00:00")), .bot, of: site),
        ])
        try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        #expect(try database.storedDay(day, of: site)?.figures == DayFigures(day: day))
        let books = try database.books(of: site, on: day...day)[day]
        #expect(books?.text == "received=2 kept=0 bot=1 opted_out=1")
    }

    @Test("many values of a dimension: (other) is stored, and answers say at least")
    func other() throws {
        let entries = (0..<260).map { number in
            let source = "Source " + (number < 100 ? "1" : "2") + "\(number)"
            return Traffic.kept(
                Traffic.view(
                    site, UInt64(number + 1), at: time("20T10:00:00"), "/", source: source),
                of: site)
        }
        try folder.store(entries)
        try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        let rows = try #require(try database.storedDay(day, of: site)?.figures.rows[.source])
        #expect(rows.count == 251)
        #expect(rows["(other)"]?.sessions == 10)
        let reader = folder.reader(database)
        func answer(_ dimension: Dimension, limit: Int? = nil) throws -> QueryAnswer {
            try reader.answer(
                Query(days: day...day, metrics: [.sessions], dimension: dimension, limit: limit),
                of: site)
        }
        #expect(try answer(.source).atLeast)
        #expect(try answer(.source, limit: 3).atLeast)
        #expect(try !answer(.page).atLeast)
        #expect(try answer(.source).rows.compactMap { $0.figures[0] }.reduce(0, +) == 260)
    }
}
