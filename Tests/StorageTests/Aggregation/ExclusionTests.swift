import Analytics
import Testing

@testable import Storage

@Suite("Aggregation: exclusions")
struct ExclusionTests {
    private let folder: TestFolder
    private let database: MainDatabase

    init() throws {
        folder = try TestFolder(at: "2026-11-23T12:00:00Z")
        database = try folder.database()
    }

    private func day(_ day: Int) -> LocalDay { LocalDay(year: 2026, month: 11, day: day) }

    private func exclude(_ filter: SessionFilter?) throws -> Site {
        let site = try database.site(named: "a.test")
        var settings = site.settings
        settings.exclusions = filter.map { [Exclusion(number: 1, sessions: $0)] } ?? []
        try database.updateSite(site, settings: settings, nextEpoch: nil, at: folder.clock.now)
        return try database.site(named: "a.test")
    }

    private func pageviews(_ site: Site, on day: LocalDay) throws -> Int? {
        try database.storedDay(day, of: site)?.figures.totals.pageviews
    }

    private func store() throws -> Site {
        let site = try Traffic.addSite(database, "a.test")
        for number in 20...21 {
            let noon = day(number).startInUTC + .hours(12)
            try folder.store([
                Traffic.kept(Traffic.view(site, 1, at: noon, source: "Spam"), of: site),
                Traffic.kept(Traffic.view(site, 2, at: noon, source: "Google"), of: site),
                Traffic.kept(Traffic.view(site, nil, at: noon), of: site),
            ])
        }
        return site
    }

    @Test("foldable days are folded again; taken back, all is as it was")
    func andBack() throws {
        let site = try store()
        try folder.aggregate(database, at: "2026-11-23T12:00:00Z")
        let before = try database.canonicalText()
        let excluding = try exclude(SessionFilter(dimension: .source, value: "Spam"))
        // Not wrong, only not folded again yet.
        let verified = try folder.aggregate(database, at: "2026-11-23T12:30:00Z", .verify)
        #expect(verified.problems.isEmpty)
        let report = try folder.aggregate(database, at: "2026-11-23T13:00:00Z")
        #expect(report.written.map(\.day) == [day(20), day(21)])
        // Without a visitor there is no session to hide.
        #expect(try pageviews(site, on: day(20)) == 2)
        let rows = try #require(try database.storedDay(day(21), of: site)).figures.rows
        #expect(rows[.source]?.keys.sorted() == ["Google"])
        #expect(
            try folder.aggregate(database, at: "2026-11-23T14:00:00Z", .verify).problems.isEmpty)
        #expect(try folder.aggregate(database, at: "2026-11-23T14:00:00Z").written.isEmpty)
        // The books count events, not sessions.
        let books = try folder.reader(database).books(of: excluding, on: day(20)...day(20))
        #expect(books[day(20)]?.kept == 3)

        _ = try exclude(nil)
        try folder.aggregate(database, at: "2026-11-23T15:00:00Z")
        #expect(try database.canonicalText() == before)
    }

    @Test("days whose raw events are gone keep their figures")
    func frozen() throws {
        let site = try store()
        try folder.aggregate(database, at: "2026-11-23T12:00:00Z")
        try database.setNote(.deletedThrough, Int64(day(18).daysSince1970))
        _ = try exclude(SessionFilter(dimension: .source, value: "Spam"))
        let report = try folder.aggregate(database, at: "2026-11-23T13:00:00Z")
        #expect(report.frozen == 1)
        #expect(try pageviews(site, on: day(20)) == 3)
        #expect(try pageviews(site, on: day(21)) == 2)
    }

    @Test("how many sessions each hides can be counted; live figures leave them out")
    func counted() throws {
        _ = try store()
        let filter = SessionFilter([], mostEngagedSeconds: 0)
        let site = try exclude(filter)
        let days = day(20)...day(21)
        var reader = folder.reader(database)
        #expect(try reader.open(site, days).figures(dimension: nil).totals.sessions == 0)
        #expect(
            try reader.open(site, days, filter: filter).figures(dimension: nil).totals.sessions
                == 0)
        reader.showsExcluded = true
        #expect(
            try reader.open(site, days, filter: filter).figures(dimension: nil).totals.sessions
                == 4)
        #expect(try reader.sessions(of: site, on: day(20)).isEmpty)
    }
}
