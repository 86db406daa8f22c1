import Analytics
import Foundation
import GRDB
import Testing

@testable import Storage

/// A question whose raw events can't be read is refused by name; a dashboard shows what rollups
/// know.
@Suite("Figures: partitions that can't be read")
struct UnreadablePartitionTests {
    /// Where a partition is damaged.
    enum Damage: CaseIterable {
        /// All of it: nothing opens it.
        case file
        /// A table that only a fold reads: the books can still be read.
        case pages
        /// A row names a page that there is none of.
        case number
    }

    private let folder: TestFolder
    private let database: MainDatabase
    private let site: Site

    init() throws {
        folder = try TestFolder(at: "2026-11-20T12:00:00Z")
        database = try folder.database()
        site = try Traffic.addSite(database)
        for day in 17...20 {
            try folder.store(
                (1...3).map { visitor in
                    Traffic.kept(
                        Traffic.view(
                            site, visitor,
                            at: self.day(day).startInUTC + .hours(Int64(visitor)), "/\(visitor)",
                            source: "S"), of: site)
                })
        }
    }

    private func day(_ day: Int) -> LocalDay { LocalDay(year: 2026, month: 11, day: day) }
    private func path(_ day: Int) -> String {
        folder.data.eventsPath + "/2026-11-\(day).sqlite"
    }

    private func damage(_ day: Int, _ damage: Damage) throws {
        let url = URL(fileURLWithPath: path(day))
        var bytes = try Data(contentsOf: url)
        switch damage {
        case .number:
            return try DatabaseQueue(path: path(day)).write {
                try $0.execute(sql: "UPDATE event SET page = 1000000 WHERE seq = 2")
            }
        case .file: bytes = Data(repeating: 0x5a, count: bytes.count)
        case .pages:
            let page = try SQLiteFile.openReader(path(day)).read {
                try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'page'")!
            }
            let start = (page - 1) * 4_096
            bytes.replaceSubrange(
                start..<start + 4_096, with: Data(repeating: 0x5a, count: 4_096))
        }
        try bytes.write(to: url)
    }

    private func query(_ days: ClosedRange<Int>, filter: String? = nil) throws -> [Double?] {
        try folder.reader(database).answer(
            Query(
                days: day(days.lowerBound)...day(days.upperBound), metrics: [.pageviews],
                filter: filter.map { SessionFilter(dimension: .source, value: $0) }), of: site
        ).totals
    }

    private func expectRefusal(
        of day: Int, _ body: () throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: StorageError.self, sourceLocation: sourceLocation) {
            try body()
        }
        guard case .unreadablePartition(path(day), _) = error else {
            Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
            return
        }
        #expect(error?.description.contains(path(day)) == true)
        #expect(error?.description.contains("Restore") == true)
    }

    @Test(
        "sessions, filters, live figures and books that need it are refused by its name",
        arguments: Damage.allCases)
    func refused(damage: Damage) throws {
        try self.damage(20, damage)
        let reader = folder.reader(database)
        expectRefusal(of: 20) { _ = try reader.sessions(of: site, on: day(20)) }
        // A session of the day before may end in it.
        expectRefusal(of: 20) { _ = try reader.sessions(of: site, on: day(19)) }
        expectRefusal(of: 20) { _ = try query(20...20) }
        expectRefusal(of: 20) { _ = try query(17...20) }
        expectRefusal(of: 20) { _ = try query(17...20, filter: "S") }
        if damage == .file {
            expectRefusal(of: 20) { _ = try reader.books(of: site, on: day(19)...day(20)) }
        }
        #expect(try query(17...17) == [3])
        #expect(try query(17...17, filter: "S") == [3])
        #expect(try reader.books(of: site, on: day(17)...day(18)).count == 2)
    }

    @Test("sealed days need no raw events", arguments: Damage.allCases)
    func sealed(damage: Damage) throws {
        try folder.aggregate(database, at: "2026-11-20T12:00:00Z")
        try self.damage(18, damage)
        #expect(try query(17...18) == [6])
        expectRefusal(of: 18) { _ = try query(18...18, filter: "S") }
        if damage == .file { expectRefusal(of: 18) { _ = try query(20...20) } }
        #expect(
            try folder.reader(database).books(of: site, on: day(18)...day(18))[day(18)]?.text
                == "received=3 kept=3")
    }

    @Test(
        "a dashboard shows the last rollup, and says what it could not read",
        arguments: Damage.allCases)
    func dashboards(damage: Damage) throws {
        try folder.aggregate(database, at: "2026-11-20T02:30:00Z")
        try folder.store([
            Traffic.kept(Traffic.view(site, 9, at: day(20).startInUTC + .hours(5)), of: site)
        ])
        folder.clock.set("2026-11-20T12:00:00Z")
        let reader = folder.reader(database)
        #expect(try reader.open(site, day(17)...day(20)).unreadable.isEmpty)
        try self.damage(20, damage)
        let open = try reader.open(site, day(17)...day(20))
        #expect(open.unreadable.map(\.file.name) == ["2026-11-20.sqlite"])
        let figures = try open.figures(dimension: nil)
        #expect(figures.totals.pageviews == 12)
        #expect(figures.asOf == Instant("2026-11-20T02:30:00Z"))
        #expect(
            try reader.knownBooks(of: site, on: day(20)...day(20))[day(20)]?.text
                == (damage == .file ? "received=3 kept=3" : "received=4 kept=4"))
        #expect(try reader.visitorsNow(on: site) == 0)
    }

    @Test("nothing of a day that was never folded is made up")
    func neverFolded() throws {
        try damage(20, .file)
        let open = try folder.reader(database).open(site, day(20)...day(20))
        #expect(open.unreadable.count == 1)
        #expect(try open.figures(dimension: nil).totals.pageviews == 0)
        #expect(try folder.reader(database).knownBooks(of: site, on: day(20)...day(20)).isEmpty)
    }

    @Test(
        "the aggregation names it, folds the rest, and writes no figure from a part of it",
        arguments: Damage.allCases)
    func aggregation(damage: Damage) throws {
        try self.damage(18, damage)
        let report = try folder.aggregate(database, at: "2026-11-20T12:00:00Z")
        #expect(report.problems.count == 1)
        #expect(report.problems.first?.contains(path(18)) == true)
        #expect(report.written.map(\.day) == [day(17), day(19), day(20)])
        #expect(report.sealed == 0)
        if damage != .number {
            // Rows are not looked at one by one.
            #expect(
                try EventReader(folder: folder.data).unreadablePartitions().map(\.file.name)
                    == ["2026-11-18.sqlite"])
        }
        let verified = try folder.aggregate(database, at: "2026-11-20T12:00:00Z", .verify)
        #expect(verified.problems.count == 1 && verified.verified == 0)
        if damage == .file {
            expectRefusal(of: 18) {
                try folder.aggregate(database, at: "2026-11-20T12:00:00Z", .rebuild([day(19)]))
            }
        }
    }

    @Test("what it may hold of a day counts as taken: an import leaves the day alone")
    func taken() throws {
        try damage(18, .file)
        let taken = try TakenDays(of: site, in: folder.data, database)
        #expect(taken[day(18)] == .beacons)
        #expect(taken[day(16)] == nil)
    }

    @Test("moved away, it is in no answer's way")
    func movedAway() throws {
        try damage(20, .file)
        try FileManager.default.removeItem(atPath: path(20))
        #expect(try query(17...20) == [9])
        #expect(try folder.aggregate(database, at: "2026-11-20T12:00:00Z").problems.isEmpty)
    }
}
