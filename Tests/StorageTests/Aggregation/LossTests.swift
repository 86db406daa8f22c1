import Analytics
import Foundation
import Testing

@testable import Storage

@Suite("Retention: what can't be folded any more")
struct LossTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let site: Site

    init() throws {
        folder = try TestFolder()
        database = try folder.database()
        site = try Traffic.addSite(
            database, zone: "Europe/Riga", createdAt: "2026-11-19T00:00:00Z")
    }

    private func day(_ day: Int) -> LocalDay { LocalDay(year: 2026, month: 11, day: day) }

    private func store(_ times: [String]) throws {
        try folder.store(
            times.map {
                Traffic.kept(Traffic.view(site, 1, at: Instant("2026-\($0)Z")!), of: site)
            })
    }

    private func run(_ time: String) throws -> AggregationReport {
        try folder.aggregate(database, at: "2026-\(time)Z", terms: RetentionTerms(rawDays: 7))
    }

    private func books(_ day: Int) throws -> String? {
        let day = self.day(day)
        let stored = try database.books(of: site, on: day...day)[day]
        #expect(try folder.reader(database).books(of: site, on: day...day)[day] == stored)
        #expect(stored?.balances != false)
        return stored?.text
    }

    private func path(_ day: Int) -> String {
        folder.data.eventsPath + "/2026-11-\(day).sqlite"
    }

    private func damage(_ day: Int) throws {
        let size = try Data(contentsOf: URL(fileURLWithPath: path(day))).count
        try Data(repeating: 0x5a, count: size).write(to: URL(fileURLWithPath: path(day)))
    }

    @Test("a day that nothing was ever folded of goes at the term, its beacons lost in the books")
    func neverFolded() throws {
        // 23:00 is the 21st in Riga: its events are in two partitions.
        try store(["11-20T10:00:00", "11-20T23:00:00", "11-21T10:00:00", "11-21T11:00:00"])
        try folder.store([
            Traffic.dropped(.bot, of: site, at: Instant("2026-11-21T12:00:00Z")!)
        ])
        // The raw events that both days reach back to are gone.
        try database.setNote(.deletedThrough, Int64(day(19).daysSince1970))
        #expect(try run("11-27T23:59:59").problems.isEmpty)
        let report = try run("11-28T00:00:00")
        #expect(report.deletedPartitions == ["2026-11-20.sqlite"])
        #expect(report.problems.count == 1)
        #expect(
            report.problems.first?.contains("a.test 2026-11-20 (1 event), a.test 2026-11-21")
                == true
        )
        #expect(try books(20) == "received=1 kept=0 lost=1")
        // The next partition goes a day later; the day is counted once.
        #expect(try books(21) == "received=4 kept=0 bot=1 lost=3")
        #expect(try run("11-29T00:00:00").deletedPartitions == ["2026-11-21.sqlite"])
        #expect(try books(21) == "received=4 kept=0 bot=1 lost=3")
    }

    @Test("a loss is told by every run for 30 days, and by the books for as long as they are kept")
    func alarm() throws {
        try store(["11-20T10:00:00"])
        try database.setNote(.deletedThrough, Int64(day(19).daysSince1970))
        #expect(try run("11-27T00:00:00").problems.isEmpty)
        #expect(try run("11-28T00:00:00").problems.count == 1)
        for time in ["12-04T00:00:00", "12-10T00:00:00", "12-16T00:00:00", "12-22T00:00:00"] {
            #expect(try run(time).problems.count == 1)
        }
        #expect(try run("12-27T23:59:59").problems.count == 1)
        #expect(try run("12-28T00:00:00").problems.isEmpty)
        let losses = try Losses(in: database)
        #expect(losses.days == [LostDay(domain: site.domain, day: day(20), events: 1)])
        #expect(!losses.areRecent(at: folder.clock.now))
    }

    @Test("a partition that can't be read stops neither the other days nor its own end")
    func damaged() throws {
        try store(["11-20T10:00:00", "11-21T10:00:00", "11-22T10:00:00"])
        try damage(21)
        let report = try run("11-23T02:00:00")
        #expect(report.problems.count == 1)
        #expect(report.problems.first?.contains(path(21)) == true)
        // It has a part of the 21st and of the 22nd in Riga.
        #expect(report.written.map(\.day) == [day(20)])
        // Its sessions may reach into what can't be read: it is not sealed yet.
        #expect(report.sealed == 0)
        #expect(try run("11-23T03:00:00").written.isEmpty)
        for time in ["11-28T00:00:00", "11-29T00:00:00", "11-30T23:59:59"] {
            let report = try run(time)
            #expect(report.deletedPartitions.isEmpty)
            #expect(report.problems.count == 2)
            #expect(report.problems.last?.contains("2026-11-20.sqlite") == true)
            #expect(report.problems.last?.contains("a.test 2026-11-21") == true)
        }
        // Three days after its term the first that they need goes.
        let last = try run("12-01T00:00:00")
        #expect(
            last.deletedPartitions == [20, 21, 22].map { "2026-11-\($0).sqlite" })
        #expect(last.problems.contains { $0.contains("a.test 2026-11-21") })
        #expect(try books(20) == "received=1 kept=1")
        #expect(try books(21) == "received=0 kept=0 lost=0")
        #expect(try books(22) == "received=1 kept=0 lost=1")
        #expect(try Losses(in: database).days.map(\.day) == [day(21), day(22)])
        #expect(try database.rollupDays(of: site).values.allSatisfy(\.isSealed))
    }

    @Test("a day that was folded in part keeps that part; how much was lost besides nobody knows")
    func damagedLater() throws {
        try store(["11-20T10:00:00", "11-20T11:00:00"])
        #expect(try run("11-20T12:00:00").written.map(\.day) == [day(20)])
        try damage(20)
        for time in ["11-26T00:00:00", "12-01T00:00:00"] { _ = try run(time) }
        #expect(try books(20) == "received=2 kept=2 lost=0")
        #expect(try database.storedDay(day(20), of: site)?.figures.totals.pageviews == 2)
        #expect(try Losses(in: database).names.contains("a.test 2026-11-20"))
    }

    @Test("a partition put back in time heals its day and its neighbours, unasked")
    func restored() throws {
        try store(["11-20T21:50:00", "11-21T10:00:00", "11-21T21:50:00", "11-22T10:00:00"])
        // Midnight in Riga is at 22:00: one session crosses each.
        try store(["11-20T22:10:00", "11-21T22:10:00"])
        let copy = try TestFolder()
        try FileManager.default.copyItem(atPath: path(21), toPath: copy.path + "/21.sqlite")
        let whole = try run("11-23T02:00:00")
        #expect(whole.problems.isEmpty)
        let text = try database.canonicalText()
        for day in 20...23 { try database.removeRollup(of: self.day(day), site) }
        try damage(21)
        #expect(try !run("11-23T03:00:00").problems.isEmpty)
        #expect(try database.canonicalText() != text)
        try FileManager.default.removeItem(atPath: path(21))
        try FileManager.default.copyItem(atPath: copy.path + "/21.sqlite", toPath: path(21))
        let healed = try run("11-23T04:00:00")
        #expect(healed.problems.isEmpty && healed.sealed == 3)
        #expect(try database.canonicalText() == text)
    }

    @Test("a partition taken away by hand leaves its days the figures that they have")
    func takenAway() throws {
        try store(["11-20T10:00:00", "11-21T10:00:00"])
        _ = try run("11-21T12:00:00")
        let text = try database.canonicalText()
        try FileManager.default.removeItem(atPath: path(21))
        for time in ["11-21T13:00:00", "11-23T02:00:00"] {
            let report = try run(time)
            #expect(report.problems.isEmpty && report.written.isEmpty)
            #expect(report.frozen == 1)
            #expect(try database.canonicalText() == text)
        }
        #expect(throws: StorageError.frozenDay(day(21), answerableFrom: day(20))) {
            try folder.aggregate(database, at: "2026-11-23T03:00:00Z", .rebuild([day(21)]))
        }
        #expect(throws: StorageError.self) {
            try folder.reader(database).sessions(of: site, on: day(21))
        }
        #expect(try books(21) == "received=1 kept=1")
        #expect(try run("11-23T04:00:00").problems.isEmpty)
    }
}
