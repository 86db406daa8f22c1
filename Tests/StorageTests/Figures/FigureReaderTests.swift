import Analytics
import GRDB
import Testing

@testable import Storage

@Suite("Figures")
struct FigureReaderTests {
    private let folder: TestFolder
    private let database: MainDatabase

    init() throws {
        folder = try TestFolder(at: "2026-11-20T12:00:00Z")
        database = try folder.database()
    }

    private func day(_ day: Int) -> LocalDay { LocalDay(year: 2026, month: 11, day: day) }

    /// Visitor, day of November, hour: one pageview each.
    private func store(_ views: [(UInt64, Int, Int)], of site: Site) throws {
        try folder.store(
            views.map { visitor, day, hour in
                let time = self.day(day).startInUTC + .hours(Int64(hour))
                return Traffic.kept(
                    Traffic.view(site, visitor, at: time, "/\(visitor)", source: "S\(visitor % 2)"),
                    of: site)
            })
    }

    private func answer(
        _ site: Site, _ days: ClosedRange<Int>,
        _ metrics: [Metric] = [.visitors, .sessions, .pageviews],
        by dimension: Dimension? = nil, filter: SessionFilter? = nil
    ) throws -> QueryAnswer {
        try folder.reader(database).answer(
            Query(
                days: day(days.lowerBound)...day(days.upperBound), metrics: metrics,
                dimension: dimension, filter: filter), of: site)
    }

    @Test("today is answered before cron has ever run, and says as of when")
    func beforeCron() throws {
        let site = try Traffic.addSite(database)
        try store([(1, 20, 9), (1, 20, 10), (2, 20, 11), (3, 19, 11)], of: site)
        let today = try answer(site, 20...20)
        #expect(today.metrics == [.visitors, .sessions, .pageviews])
        #expect(today.totals == [2, 3, 3])
        #expect(today.asOf == folder.clock.now)
        #expect(try answer(site, 19...20).totals == [3, 4, 4])
        #expect(try answer(site, 21...30).totals == [0, 0, 0])
    }

    @Test("events that come after a run are answered at once; sealed days come from rollups alone")
    func storedAndLive() throws {
        let site = try Traffic.addSite(database)
        try store([(1, 18, 9), (2, 19, 9), (3, 20, 9)], of: site)
        try folder.aggregate(database, at: "2026-11-20T12:00:00Z")
        try store([(4, 20, 11)], of: site)
        #expect(try answer(site, 18...20, [.visitorDays, .sessions]).totals == [4, 4])
        // Marks show which days the rollup answers.
        try database.queue.write {
            try $0.execute(sql: "UPDATE rollup SET sessions = 1000 WHERE dimension = 0")
            try $0.execute(sql: "UPDATE month_rollup SET sessions = 2000 WHERE dimension = 0")
        }
        #expect(try answer(site, 18...20, [.sessions]).totals == [2_002])
        #expect(try answer(site, 20...20, [.sessions]).totals == [2])
    }

    @Test(
        "stored and live together equal the whole, whichever day the last run was on",
        arguments: 17...23)
    func mixtures(lastRun: Int) throws {
        let site = try Traffic.addSite(database, rotation: .weekly)
        var views: [(UInt64, Int, Int)] = []
        for day in 16...22 {
            for visitor in 1...5 as ClosedRange<UInt64> where (UInt64(day) + visitor) % 3 > 0 {
                views += [(visitor, day, 9), (visitor, day, 23)]
            }
        }
        try store(views, of: site)
        folder.clock.set("2026-11-23T08:00:00Z")
        let dimensions: [Dimension?] = [nil, .source, .page, .entryPage, .visitNumber, .hour]
        let before = try dimensions.map { try answer(site, 16...22, by: $0) }
        #expect(before[0].totals[0] == 5)
        let time = "2026-11-\(lastRun)T08:00:00Z"
        try folder.aggregate(database, at: time)
        folder.clock.set("2026-11-23T08:00:00Z")
        for (dimension, whole) in zip(dimensions, before) {
            let mixed = try answer(site, 16...22, by: dimension)
            #expect(mixed.totals == whole.totals)
            #expect(mixed.rows == whole.rows)
            #expect(mixed.metrics == whole.metrics)
        }
    }

    @Test("under 1w a week's visitors are exact, also of a range that starts inside it")
    func weekly() throws {
        let site = try Traffic.addSite(database, rotation: .weekly)
        // The week of Monday the 16th.
        try store(
            [(1, 16, 9), (1, 17, 9), (2, 17, 9), (1, 18, 9), (2, 18, 10), (3, 20, 9), (9, 23, 9)],
            of: site)
        folder.clock.set("2026-11-24T08:00:00Z")
        for isStored in [false, true] {
            if isStored { try folder.aggregate(database, at: "2026-11-24T08:00:00Z") }
            for (days, visitors) in [
                (16...22, 3), (16...17, 2), (17...18, 2), (18...20, 3), (19...22, 1), (18...18, 2),
                (23...24, 1),
            ] {
                let whole = try answer(site, days)
                #expect(
                    whole.metrics[0] == .visitors && whole.totals[0] == Double(visitors), "\(days)")
                let pages = try answer(site, days, [.visitors], by: .page)
                #expect(pages.metrics == [.visitors])
                #expect(pages.rows.allSatisfy { $0.figures == [1] })
                #expect(pages.rows.count == visitors)
            }
            let twoWeeks = try answer(site, 20...23)
            #expect(twoWeeks.metrics[0] == .visitorDays && twoWeeks.totals[0] == 2)
        }
    }

    @Test("who crosses into a week is one of its visitors, as he is one of its first day's")
    func crossers() throws {
        let site = try Traffic.addSite(database, rotation: .weekly)
        // Sunday 23:50 to Monday 00:10, stored under Sunday's value.
        let sunday = day(15).startInUTC + .hours(23) + .minutes(50)
        try folder.store([
            Traffic.kept(Traffic.view(site, 1, at: sunday), of: site),
            Traffic.kept(Traffic.view(site, 1, at: sunday + .minutes(20)), of: site),
        ])
        folder.clock.set("2026-11-24T08:00:00Z")
        for isStored in [false, true] {
            if isStored { try folder.aggregate(database, at: "2026-11-24T08:00:00Z") }
            #expect(try answer(site, 16...16).totals[0] == 1)
            #expect(try answer(site, 16...17).totals[0] == 1)
            #expect(try answer(site, 16...22).totals[0] == 1)
            #expect(try answer(site, 16...22, by: .page).rows.map { $0.figures[0] } == [1])
        }
    }

    @Test("under 1d a range has visitor days; no sum of days is called visitors (I9)")
    func daily() throws {
        let site = try Traffic.addSite(database)
        try store([(1, 18, 9), (1, 19, 9), (2, 19, 9)], of: site)
        for isStored in [false, true] {
            if isStored { try folder.aggregate(database, at: "2026-11-20T12:00:00Z") }
            let range = try answer(site, 18...19, by: .source)
            #expect(range.metrics == [.visitorDays, .sessions, .pageviews])
            #expect(range.totals[0] == 3)
            #expect(try answer(site, 19...19).metrics[0] == .visitors)
        }
    }

    @Test("a month under 1mo, and a range over a change of rotation, which is never exact")
    func changes() throws {
        let site = try Traffic.addSite(database, rotation: .monthly)
        let change = day(19).startInUTC
        try database.updateSite(
            site, settings: site.settings,
            nextEpoch: SiteEpoch(start: change, timeZone: "UTC", rotation: .weekly),
            at: change - .hours(1))
        let changed = try database.site(named: "a.test")
        try store([(1, 2, 9), (1, 17, 9), (2, 18, 9), (3, 19, 9), (3, 21, 9)], of: changed)
        folder.clock.set("2026-11-24T08:00:00Z")
        #expect(try answer(changed, 1...18).totals[0] == 2)
        #expect(try answer(changed, 1...18).metrics[0] == .visitors)
        #expect(try answer(changed, 19...22).totals[0] == 1)
        #expect(try answer(changed, 19...22).metrics[0] == .visitors)
        #expect(try answer(changed, 18...19).metrics[0] == .visitorDays)
    }

    @Test("filters fold again: session dimensions, event dimensions, over stored and live days")
    func filters() throws {
        let site = try Traffic.addSite(database)
        try store([(1, 18, 9), (2, 18, 9), (3, 19, 9), (4, 20, 9)], of: site)
        try folder.store([
            Traffic.kept(Traffic.view(site, nil, at: day(20).startInUTC, "/1"), of: site)
        ])
        try folder.aggregate(database, at: "2026-11-20T12:00:00Z")
        func sessions(_ dimension: Dimension, _ value: String, by other: Dimension? = nil) throws
            -> QueryAnswer
        {
            try answer(
                site, 18...20, [.sessions, .pageviews], by: other,
                filter: SessionFilter(dimension: dimension, value: value))
        }
        #expect(try sessions(.source, "S1").totals == [2, 2])
        #expect(try sessions(.source, "S1", by: .page).rows.map(\.value) == ["/1", "/3"])
        #expect(try sessions(.page, "/1").totals == [1, 1])
        #expect(try sessions(.page, "/1", by: .source).rows.map(\.value) == ["S1"])
        #expect(try sessions(.entryPage, "/4").totals == [1, 1])
        #expect(try sessions(.source, "nobody").totals == [0, 0])
    }

    @Test("sessions of a day in another zone, and the visitors of the last five minutes")
    func sessionsAndNow() throws {
        let site = try Traffic.addSite(database, "b.test", zone: "Europe/Riga")
        try store([(1, 19, 21), (2, 19, 22), (3, 20, 21)], of: site)
        let sessions = try folder.reader(database).sessions(of: site, on: day(20))
        #expect(sessions.map(\.entryPage) == ["/2", "/3"])
        for (seconds, visitor) in [(-301, 7), (-300, 4), (-299, 5), (-299, 5), (0, 6)]
            as [(Int64, UInt64)]
        {
            let time = folder.clock.now + .seconds(seconds)
            try folder.store([Traffic.kept(Traffic.view(site, visitor, at: time), of: site)])
        }
        try folder.store([Traffic.kept(Traffic.view(site, nil, at: folder.clock.now), of: site)])
        #expect(try folder.reader(database).visitorsNow(on: site) == 3)
    }

    @Test("books of open days come from the raw events, of gone ones from the rollups")
    func books() throws {
        let site = try Traffic.addSite(database)
        try store([(1, 18, 9), (2, 20, 9)], of: site)
        try folder.aggregate(database, at: "2026-11-20T12:00:00Z")
        try folder.store([Traffic.dropped(.duplicate, of: site, at: folder.clock.now)])
        let books = try folder.reader(database).books(of: site, on: day(17)...day(20))
        #expect(
            books.mapValues(\.text) == [
                day(18): "received=1 kept=1", day(20): "received=2 kept=1 duplicate=1",
            ])
    }
}
