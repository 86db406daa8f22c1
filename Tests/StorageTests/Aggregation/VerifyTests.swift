import Analytics
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Aggregation: verify, rebuild, frozen days")
struct VerifyTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let site: Site
    private let now = "2026-11-23T02:00:00Z"

    init() throws {
        folder = try TestFolder()
        database = try folder.database()
        site = try Traffic.addSite(database)
        var entries: [JournalEntry] = []
        for day in 18...22 {
            for visitor in 1...3 as ClosedRange<UInt64> {
                let time = Instant("2026-11-\(day)T10:0\(visitor):00Z")!
                entries.append(
                    Traffic.kept(
                        Traffic.view(
                            site, UInt64(day) * 10 + visitor, at: time, "/\(visitor)",
                            source: "S\(visitor)"), of: site))
            }
        }
        try folder.store(entries)
        try folder.aggregate(database, at: now)
    }

    private func tamper(_ sql: String) throws {
        try database.queue.write { try $0.execute(sql: sql) }
    }

    @Test("verify finds all right what is right, and writes nothing")
    func right() throws {
        let dump = try folder.dump(database)
        let report = try folder.aggregate(database, at: now, .verify)
        #expect(report.verified == 5)
        #expect(report.problems.isEmpty && report.written.isEmpty && report.frozen == 0)
        #expect(try folder.dump(database) == dump)
    }

    private static let onDay = "site = 1 AND day = 20777"

    @Test(
        "verify finds every kind of difference, names the day and its mend, and the mend helps",
        arguments: [
            "UPDATE rollup SET pageviews = pageviews + 1 WHERE \(onDay) AND dimension = 0",
            "UPDATE rollup SET visitors = visitors + 1 WHERE \(onDay) AND dimension = 3",
            "UPDATE rollup SET new_visitors = 0 WHERE \(onDay) AND dimension = 22",
            "UPDATE rollup SET session_ms = session_ms + 1 WHERE \(onDay) AND dimension = 11",
            "UPDATE rollup SET durations = x'0501' WHERE \(onDay) AND dimension = 0",
            "UPDATE rollup SET engagements = NULL WHERE \(onDay) AND dimension = 0",
            "DELETE FROM rollup WHERE \(onDay) AND dimension = 25",
            "DELETE FROM rollup WHERE \(onDay) AND dimension = 0",
            "UPDATE OR IGNORE rollup SET dimension = 4 WHERE \(onDay) AND dimension = 5",
            "UPDATE rollup_day SET last_activity = 1 WHERE \(onDay)",
            "UPDATE books SET count = count + 1 WHERE \(onDay) AND reason = 'received'",
            "DELETE FROM books WHERE \(onDay) AND reason = 'kept'",
        ])
    func wrong(sql: String) throws {
        let right = try database.canonicalText()
        let day = LocalDay(year: 2026, month: 11, day: 20)
        #expect(day.daysSince1970 == 20_777)
        try tamper(sql)
        let report = try folder.aggregate(database, at: now, .verify)
        #expect(report.problems.count == 1)
        let problem = report.problems.first ?? ""
        #expect(problem.contains("a.test") && problem.contains("2026-11-20"))
        #expect(problem.contains("--rebuild 2026-11-20"))
        let rebuilt = try folder.aggregate(database, at: now, .rebuild([day]))
        #expect(rebuilt.written.map(\.day) == [day])
        #expect(try database.canonicalText() == right)
        #expect(try folder.aggregate(database, at: now, .verify).problems.isEmpty)
    }

    @Test("a day that received events since its fold is not called wrong")
    func notYetFolded() throws {
        let time = Instant("2026-11-23T01:00:00Z")!
        try folder.store([Traffic.kept(Traffic.view(site, 9, at: time), of: site)])
        try folder.aggregate(database, at: now)
        try folder.store([Traffic.kept(Traffic.view(site, 9, at: time + .minutes(1)), of: site)])
        #expect(try folder.aggregate(database, at: now, .verify).problems.isEmpty)
    }

    @Test("rebuilding what is right changes nothing; days that nobody knows are named")
    func rebuildRight() throws {
        let dump = try folder.dump(database)
        let days = Set((15...25).map { LocalDay(year: 2026, month: 11, day: $0) })
        let report = try folder.aggregate(database, at: "2026-11-23T05:00:00Z", .rebuild(days))
        #expect(report.written.isEmpty && report.unchanged == 5)
        #expect(report.problems.count == 1)
        let problem = report.problems.first ?? ""
        for day in 15...25 {
            #expect(problem.contains("2026-11-\(day)") == !(18...22).contains(day))
        }
        #expect(try folder.dump(database) == dump)
    }

    @Test("once raw events are gone their days are frozen: kept, skipped, counted, not rebuilt")
    func frozen() throws {
        let text = try database.canonicalText()
        let terms = RetentionTerms(rawDays: 7)
        // The partition of the 18th goes; sessions of the 19th and 20th may reach back to it.
        let run = try folder.aggregate(database, at: "2026-11-26T02:00:00Z", terms: terms)
        #expect(run.deletedPartitions == ["2026-11-18.sqlite"])
        let report = try folder.aggregate(database, at: "2026-11-26T02:00:00Z", .verify)
        #expect(report.frozen == 3 && report.verified == 2 && report.problems.isEmpty)
        for day in 18...20 {
            let frozen = LocalDay(year: 2026, month: 11, day: day)
            let first = LocalDay(year: 2026, month: 11, day: 21)
            #expect(throws: StorageError.frozenDay(frozen, answerableFrom: first)) {
                try folder.aggregate(database, at: "2026-11-26T02:00:00Z", .rebuild([frozen]))
            }
        }
        let next = try folder.aggregate(database, at: "2026-11-26T03:00:00Z", terms: terms)
        #expect(next.written.isEmpty && next.problems.isEmpty)
        #expect(try database.canonicalText() == text)
    }

    @Test("figures of frozen days are answered from rollups, their sessions refused")
    func frozenFigures() throws {
        try folder.aggregate(
            database, at: "2026-11-26T02:00:00Z", terms: RetentionTerms(rawDays: 7))
        let reader = folder.reader(database)
        let day = LocalDay(year: 2026, month: 11, day: 19)
        let answer = try reader.answer(
            Query(days: day...day, metrics: [.visitors, .pageviews]), of: site)
        #expect(answer.totals == [3, 3])
        let refusal = StorageError.frozenDay(
            day, answerableFrom: LocalDay(year: 2026, month: 11, day: 21))
        #expect(throws: refusal) { try reader.sessions(of: site, on: day) }
        #expect(throws: refusal) {
            try reader.answer(
                Query(
                    days: day...day, metrics: [.visitors],
                    filter: SessionFilter(dimension: .source, value: "S1")), of: site)
        }
        #expect(try reader.books(of: site, on: day...day)[day]?.text == "received=3 kept=3")
    }
}
