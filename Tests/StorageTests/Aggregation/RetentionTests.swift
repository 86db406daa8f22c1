import Analytics
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Retention")
struct RetentionTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let site: Site

    init() throws {
        folder = try TestFolder()
        database = try folder.database()
        site = try Traffic.addSite(database, createdAt: "2026-11-20T00:00:00Z")
    }

    private func store(_ times: [String]) throws {
        try folder.store(
            times.map { Traffic.kept(Traffic.view(site, 1, at: Instant("2026-\($0)Z")!), of: site) }
        )
    }

    private func run(_ time: String, rawDays: Int = 7) throws -> AggregationReport {
        try folder.aggregate(database, at: "2026-\(time)Z", terms: RetentionTerms(rawDays: rawDays))
    }

    private var partitions: [String] {
        folder.files().filter { $0.hasPrefix("events/") }.map { String($0.dropFirst(7)) }
    }

    @Test("a partition goes when its term has passed since its last instant, not before")
    func term() throws {
        try store(["11-20T10:00:00", "11-21T10:00:00"])
        #expect(try run("11-27T23:59:59").deletedPartitions.isEmpty)
        let report = try run("11-28T00:00:00")
        #expect(report.deletedPartitions == ["2026-11-20.sqlite"])
        #expect(report.problems.isEmpty)
        #expect(partitions == ["2026-11-21.sqlite"])
        #expect(report.oldestRawEvent == LocalDay(year: 2026, month: 11, day: 21))
        #expect(report.oldestRollup == LocalDay(year: 2026, month: 11, day: 20))
    }

    @Test("every local day that touches a partition is folded before it goes, in the same run")
    func foldedFirst() throws {
        let riga = try Traffic.addSite(database, "b.test", zone: "Europe/Riga")
        try folder.store([
            Traffic.kept(Traffic.view(riga, 1, at: Instant("2026-11-20T10:00:00Z")!), of: riga),
            Traffic.kept(Traffic.view(riga, 1, at: Instant("2026-11-20T23:00:00Z")!), of: riga),
            Traffic.kept(Traffic.view(riga, 1, at: Instant("2026-11-22T10:00:00Z")!), of: riga),
        ])
        let report = try run("11-28T02:00:00")
        #expect(report.deletedPartitions == ["2026-11-20.sqlite"])
        #expect(
            report.written.map(\.day.description) == ["2026-11-20", "2026-11-21", "2026-11-22"])
        #expect(report.problems.isEmpty)
    }

    @Test("raw bytes are in no file afterwards")
    func canary() throws {
        let canary = "canary-of-the-raw-events"
        var event = Traffic.view(site, 0x1122_3344_5566_7788, at: Instant("2026-11-20T10:00:00Z")!)
        // Hosts are in no rollup.
        event.page = Shared(Page(host: canary, path: "/"))
        try folder.store([Traffic.kept(event, of: site)])
        #expect(folder.files(holding: canary.utf8) == ["events/2026-11-20.sqlite"])
        for time in ["11-21T02:00:00", "11-27T02:00:00", "11-28T02:00:00"] { _ = try run(time) }
        #expect(folder.files(holding: canary.utf8).isEmpty)
        #expect(folder.files(holding: [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]).isEmpty)
    }

    @Test("a partition that a stopped collector left open is closed first; a running one's is left")
    func leftOpen() throws {
        let open = try TestFolder(at: "2026-11-21T02:00:00Z")
        try store(["11-20T10:00:00"])
        let writer = try PartitionWriter(
            PartitionFile(folder: folder.data.eventsPath, day: Traffic.day))
        try writer.write([
            Traffic.kept(Traffic.view(site, 2, at: Instant("2026-11-20T11:00:00Z")!), of: site)
        ])
        // What a kill leaves: the log beside the file.
        for name in folder.files() where name.hasPrefix("events/") || name == "footfall.sqlite" {
            try? FileManager.default.removeItem(atPath: open.path + "/" + name)
            try FileManager.default.copyItem(
                atPath: folder.path + "/" + name, toPath: open.path + "/" + name)
        }
        try FileManager.default.removeItem(atPath: open.data.eventsPath + "/2026-11-20.sqlite-shm")
        let openDatabase = try open.database()
        let terms = RetentionTerms(rawDays: 7)
        try open.aggregate(openDatabase, at: "2026-11-27T02:00:00Z", terms: terms)
        var collector = try FileLock(path: open.data.collectorLockPath)
        let refused = try open.aggregate(openDatabase, at: "2026-11-28T02:00:00Z", terms: terms)
        #expect(refused.deletedPartitions.isEmpty)
        #expect(refused.problems.count == 1 && refused.problems[0].contains("still being written"))
        #expect(collector != nil)
        collector = nil
        let report = try open.aggregate(openDatabase, at: "2026-11-28T03:00:00Z", terms: terms)
        #expect(report.deletedPartitions == ["2026-11-20.sqlite"])
        #expect(!open.files().contains { $0.hasPrefix("events/") })
        try writer.close()
    }

    @Test("two witnesses: a clock far ahead deletes nothing until a second run a day later")
    func witnesses() throws {
        try store(["11-20T10:00:00"])
        #expect(try run("11-21T02:00:00").problems.isEmpty)
        // Exactly 7 days past the last run is still believed, a moment more is not.
        let ahead = "11-28T02:00:00.001"
        let first = try run(ahead)
        #expect(first.deletedPartitions.isEmpty && first.removedRollupDays == 0)
        #expect(first.problems.count == 1)
        #expect(first.problems.first?.contains("more than 7 days past") == true)
        #expect(try run("11-29T02:00:00").deletedPartitions.isEmpty)
        #expect(partitions == ["2026-11-20.sqlite"])
        let second = try run("11-29T02:00:00.001")
        #expect(second.deletedPartitions == ["2026-11-20.sqlite"])
        #expect(second.problems.isEmpty)
    }

    @Test(
        "what vouches for the clock: a run, an event, an added site",
        arguments: ["run", "event", "site", "nothing"])
    func vouchers(witness: String) throws {
        try store(["11-20T10:00:00"])
        _ = try run("11-21T02:00:00")
        switch witness {
        case "run": _ = try run("11-27T02:00:00", rawDays: 30)
        case "event": try store(["11-27T10:00:00"])
        case "site": try Traffic.addSite(database, "b.test", createdAt: "2026-11-27T00:00:00Z")
        default: break
        }
        let report = try run("12-01T02:00:00")
        #expect(report.deletedPartitions.isEmpty == (witness == "nothing"))
        #expect(report.problems.isEmpty == (witness != "nothing"))
    }

    @Test("events that a clock far ahead has stamped don't vouch for it")
    func ownEvents() throws {
        try store(["11-20T10:00:00"])
        _ = try run("11-21T02:00:00")
        try store(["12-25T01:00:00"])
        let report = try run("12-25T02:00:00")
        #expect(report.deletedPartitions.isEmpty)
        #expect(report.problems.count == 1)
    }

    @Test("a clock put right again takes the note back")
    func clockPutRight() throws {
        try store(["11-20T10:00:00"])
        _ = try run("11-21T02:00:00")
        #expect(try run("12-21T02:00:00").problems.count == 1)
        #expect(try run("11-21T03:00:00").problems.isEmpty)
        #expect(try database.note(.clockAheadSince) == nil)
        // So the next time the clock runs ahead it again takes two.
        #expect(try run("12-22T04:00:00").deletedPartitions.isEmpty)
    }

    @Test("rollups and books go after 25 months, on the site's own calendar")
    func rollups() throws {
        try store(["11-20T10:00:00", "11-21T10:00:00"])
        _ = try run("11-22T02:00:00")
        for (now, removed) in [
            ("2028-12-20T12:00:00Z", 0), ("2028-12-21T12:00:00Z", 1), ("2028-12-22T12:00:00Z", 1),
        ] {
            // A site added the same day vouches for the clock.
            try Traffic.addSite(database, "c\(removed)\(now.prefix(10)).test", createdAt: now)
            #expect(try folder.aggregate(database, at: now).removedRollupDays == removed)
        }
        #expect(try database.rollupDays(of: site).isEmpty)
        let days =
            LocalDay(year: 2026, month: 11, day: 1)...LocalDay(year: 2026, month: 11, day: 30)
        #expect(try database.books(of: site, on: days).isEmpty)
        #expect(
            try database.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM term") } == 0)
    }

    @Test("overdue: 25 hours after the last run, or two days after the first event without any")
    func overdue() throws {
        func isOverdue(_ now: String) throws -> Bool {
            folder.clock.set("2026-11-\(now)Z")
            return try folder.aggregator(database).isOverdue()
        }
        #expect(try !isOverdue("25T00:00:00"))
        try store(["11-20T10:00:00"])
        #expect(try !isOverdue("22T01:00:00"))
        #expect(try isOverdue("22T01:00:00.001"))
        _ = try run("11-22T02:00:00")
        #expect(try !isOverdue("23T03:00:00"))
        #expect(try isOverdue("23T03:00:00.001"))
    }
}
