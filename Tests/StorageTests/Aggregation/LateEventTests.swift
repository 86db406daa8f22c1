import Analytics
import Testing

@testable import Storage

/// The collector learns of a sealed day up to two seconds after the seal; an event of that day that
/// it takes meanwhile (its clock was put back) is kept as any other.
@Suite("Aggregation: events kept on sealed days")
struct LateEventTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let site: Site
    private let day = Traffic.day

    init() throws {
        folder = try TestFolder()
        database = try folder.database()
        site = try Traffic.addSite(database)
        try store([1, 2], at: "10:00:00")
        #expect(try run("02:00:00").sealed == 1)
    }

    private func store(_ visitors: [UInt64], at time: String) throws {
        try folder.store(
            visitors.map {
                Traffic.kept(
                    Traffic.view(site, $0, at: Instant("2026-11-20T\(time)Z")!), of: site)
            })
    }

    private func run(
        _ time: String, _ mode: Aggregator.Mode = .fold
    ) throws -> AggregationReport {
        try folder.aggregate(database, at: "2026-11-21T\(time)Z", mode)
    }

    /// As they are told, and as they are stored.
    private func books() throws -> [String?] {
        [
            try folder.reader(database).books(of: site, on: day...day)[day]?.text,
            try database.books(of: site, on: day...day)[day]?.text,
        ]
    }

    @Test("they are late in the books, which balance at once and for good; a run says so once")
    func late() throws {
        try store([3], at: "11:00:00")
        #expect(try books() == ["received=3 kept=2 late=1", "received=2 kept=2"])
        let report = try run("03:00:00")
        #expect(report.problems.count == 1)
        for part in ["1 event of a.test", "2026-11-20", "late"] {
            #expect(report.problems.first?.contains(part) == true, "\(part)")
        }
        #expect(report.written.isEmpty)
        #expect(try books() == ["received=3 kept=2 late=1", "received=3 kept=2 late=1"])
        #expect(try database.storedDay(day, of: site)?.figures.totals.pageviews == 2)
        #expect(try run("04:00:00").problems.isEmpty)
        // One more, and one that the collector already takes for late.
        try store([4], at: "11:30:00")
        try folder.store([
            Traffic.setAside(
                Traffic.view(site, 5, at: Instant("2026-11-20T12:00:00Z")!), .late, of: site)
        ])
        #expect(try run("05:00:00").problems.first?.contains("2 events of a.test") == true)
        #expect(try books()[1] == "received=5 kept=2 late=3")
        #expect(try run("06:00:00").problems.isEmpty)
    }

    @Test("verify takes the day as it is, before and after its books are brought up to date")
    func verify() throws {
        try store([3], at: "11:00:00")
        let early = try run("02:30:00", .verify)
        #expect(early.problems.isEmpty && early.frozen == 1 && early.verified == 0)
        _ = try run("03:00:00")
        let after = try run("03:30:00", .verify)
        #expect(after.problems.isEmpty && after.frozen == 1 && after.verified == 0)
    }

    @Test("late events that the collector saw for what they are wait for the next run in silence")
    func verifyBeforeBooked() throws {
        try folder.store([
            Traffic.setAside(
                Traffic.view(site, 5, at: Instant("2026-11-20T12:00:00Z")!), .late, of: site)
        ])
        let early = try run("02:30:00", .verify)
        #expect(early.problems.isEmpty && early.verified == 1)
    }

    @Test("a rebuild lets them in")
    func rebuild() throws {
        try store([3], at: "11:00:00")
        _ = try run("03:00:00")
        #expect(try run("04:00:00", .rebuild([day])).written.map(\.day) == [day])
        #expect(try books() == ["received=3 kept=3", "received=3 kept=3"])
        #expect(try database.storedDay(day, of: site)?.figures.totals.pageviews == 3)
        #expect(try run("05:00:00", .verify).verified == 1)
        #expect(try run("06:00:00").problems.isEmpty)
    }
}
