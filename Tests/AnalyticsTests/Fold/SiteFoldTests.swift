import Analytics
import Testing

@Suite("Site fold")
struct SiteFoldTests {
    @Test("a session across midnight: counted where it starts, its events where they happen")
    func acrossMidnight() throws {
        var bench = FoldBench(rotation: .weekly)
        bench.view(1, 1_430, "/a", source: "Google")
        bench.custom(1, 1_435, "sale")
        bench.view(1, 1_450, "/b", source: "Letter")
        bench.engage(1, 1_460, "/b", seconds: 30)
        let days = bench.figures(days: 2)
        let (first, second) = (days[0], days[1])
        #expect(first.totals.sessions == 1 && second.totals.sessions == 0)
        #expect(first.totals.visitors == 1 && second.totals.visitors == 1)
        #expect(first.totals.newVisitors == 1 && second.totals.newVisitors == 0)
        #expect(first.totals.pageviews == 1 && second.totals.pageviews == 1)
        #expect(first.totals.events == 1 && second.totals.events == 0)
        #expect(first.totals.engagedMilliseconds == 0)
        #expect(second.totals.engagedMilliseconds == 30_000)
        #expect(first.totals.sessionMilliseconds == 30 * 60_000)
        #expect(first.lastActivity == FoldBench.day.startInUTC + .minutes(1_460))
        // The second day is not over while the session may go on: its exit page may change.
        #expect(second.lastActivity == first.lastActivity)
        let google = try #require(second.rows[.source]?["Google"])
        #expect(google.pageviews == 1 && google.sessions == 0 && google.visitors == 1)
        #expect(second.rows[.source]?["Letter"] == nil)
        #expect(second.rows[.entryPage]?.keys.sorted() == ["/a"])
        #expect(second.rows[.exitPage]?.keys.sorted() == ["/b"])
        #expect(second.rows[.page]?["/b"]?.sessions == 1)
        #expect(second.rows[.hour]?["00:00"]?.sessions == 0)
        #expect(first.rows[.hour]?["23:00"]?.sessions == 1)
    }

    @Test("over 300 pageviews or over 20 sessions of one visitor on one day are several people")
    func sharedVisitors() {
        var bench = FoldBench(rotation: .weekly)
        // Exactly as many as one may have, one more, and one more on two days together.
        for view in 0..<300 { bench.view(1, Double(view) / 10, "/") }
        for view in 0..<301 { bench.view(2, Double(view) / 10, "/") }
        for view in 0..<301 { bench.view(3, 1_440 - 15 + Double(view) / 10, "/") }
        // In sessions: 20, 21, and 21 of which one starts on the next day.
        for session in 0..<20 { bench.view(4, Double(session) * 40, "/") }
        for session in 0..<21 { bench.view(5, Double(session) * 40, "/") }
        for session in 0..<21 { bench.view(6, 1_439 - Double(19 - session) * 40, "/") }
        for view in 0..<301 { bench.view(7, 1_440 + Double(view) / 10, "/") }
        #expect(bench.figures(days: 2).map(\.sharedVisitors) == [2, 1])
        // As when the first day is already sealed, or a dimension has too many values.
        #expect(bench.figures(days: 2, limit: { _ in 0 }).map(\.sharedVisitors) == [2, 1])
    }

    @Test("event dimensions count sessions with such an event, once each")
    func eventDimensions() throws {
        var bench = FoldBench()
        for time in [0.0, 1, 2] { bench.view(1, time, "/a", title: "A") }
        bench.view(1, 3, "/b")
        bench.view(1, 100, "/a")
        bench.view(2, 5, "/a")
        bench.custom(2, 6, "sale")
        bench.custom(2, 7, "sale", isInteractive: false)
        bench.engage(2, 8, "/a", seconds: 12)
        let rows = bench.figures()[0].rows
        let page = try #require(rows[.page]?["/a"])
        #expect(page.pageviews == 5 && page.sessions == 3 && page.visitors == 2)
        #expect(page.engagedMilliseconds == 12_000 && page.bounces == 0)
        let sale = try #require(rows[.event]?["sale"])
        #expect(sale.events == 2 && sale.sessions == 1 && sale.visitors == 1 && sale.pageviews == 0)
        #expect(rows[.title]?["A"]?.pageviews == 3)
        #expect(rows[.title]?["(none)"]?.pageviews == 3)
        #expect(rows[.event]?.count == 1)
    }

    @Test("events without a visitor: in totals, page, event and hour; in no session")
    func withoutVisitor() {
        var bench = FoldBench()
        bench.view(FoldEvent.noVisitor, 60, "/a")
        bench.view(FoldEvent.noVisitor, 61, "/a")
        bench.custom(FoldEvent.noVisitor, 62, "sale")
        bench.engage(FoldEvent.noVisitor, 63, seconds: 30)
        bench.view(1, 70, "/a")
        let day = bench.figures()[0]
        #expect(day.totals.pageviews == 3 && day.totals.events == 1)
        #expect(day.totals.visitors == 1 && day.totals.sessions == 1)
        #expect(day.totals.engagedMilliseconds == 0)
        #expect(day.rows[.page]?["/a"]?.pageviews == 3)
        #expect(day.rows[.page]?["/a"]?.visitors == 1)
        #expect(day.rows[.hour]?["01:00"]?.pageviews == 3)
        #expect(day.rows[.event]?["sale"]?.events == 1)
        #expect(day.rows[.source]?["Direct"]?.pageviews == 1)
        #expect(bench.sessions().count == 1)
        let filtered = bench.figures(filter: SessionFilter(dimension: .page, value: "/a"))[0]
        #expect(filtered.totals.pageviews == 1)
    }

    @Test("durations: bounces are left out of the median visit, not of the sum")
    func durations() {
        var bench = FoldBench()
        bench.view(1, 0)
        bench.engage(1, 10, seconds: 5)
        bench.view(2, 0)
        bench.view(2, 20)
        let totals = bench.figures()[0].totals
        #expect(totals.sessionMilliseconds == 30 * 60_000)
        #expect(totals.durations.encoded == histogram([20 * 60_000]).encoded)
        #expect(totals.engagements.encoded == histogram([0, 5_000]).encoded)
    }

    private func histogram(_ values: [Int64]) -> Histogram {
        values.reduce(into: Histogram()) { $0.add($1) }
    }

    @Test("over a salt period each day's new visitors add up to its distinct visitors")
    func newVisitors() {
        var bench = FoldBench(rotation: .weekly)
        // Visitor 1 on three days, 2 on two, 3 on the last; and pages that they share.
        for (visitor, day, path) in [
            (1, 0, "/a"), (1, 1, "/a"), (1, 2, "/b"), (2, 1, "/b"), (2, 2, "/b"), (3, 2, "/a"),
        ] as [(UInt64, Double, String)] {
            bench.view(visitor, day * 1_440 + 60, path)
        }
        let days = bench.figures(days: 3)
        #expect(days.map(\.totals.visitors) == [1, 2, 3])
        #expect(days.map(\.totals.newVisitors) == [1, 1, 1])
        #expect(days.map { $0.rows[.page]?["/a"]?.newVisitors ?? 0 } == [1, 0, 1])
        #expect(days.map { $0.rows[.page]?["/b"]?.newVisitors ?? 0 } == [0, 1, 1])
        let fromSecond = bench.figures(days: 2, countsNewVisitorsFrom: .rangeStart, from: 1)
        #expect(fromSecond.map(\.totals.newVisitors) == [2, 1])
        #expect(bench.figures(days: 2, from: 1).map(\.totals.newVisitors) == [1, 1])
    }

    @Test("days without events have empty figures")
    func emptyDays() {
        var bench = FoldBench()
        bench.view(1, 5_000)
        let days = bench.figures(days: 3)
        #expect(days == (0..<3).map { DayFigures(day: FoldBench.day.advanced(by: $0)) })
    }

    @Test("the window reaches back over whatever sessions may reach into a day")
    func window() throws {
        let riga = FoldBench(rotation: .daily, zone: "Europe/Riga").site.calendar
        let day = try #require(LocalDay("2026-11-22"))
        #expect(FoldWindow.start(of: day, in: riga) == riga.start(of: day.advanced(by: -2)))
        // The day before last has 25 hours: one hour of it is within 48 hours.
        let after = try #require(LocalDay("2026-10-27"))
        #expect(FoldWindow.start(of: after, in: riga) == riga.start(of: after.advanced(by: -2)))
        let weekly = FoldBench(rotation: .weekly, zone: "Europe/Riga").site.calendar
        let monday = try #require(LocalDay("2026-11-16"))
        #expect(
            FoldWindow.start(of: monday, in: weekly) == weekly.start(of: monday.advanced(by: -7)))
        #expect(
            FoldWindow.start(of: monday.advanced(by: 2), in: weekly) == weekly.start(of: monday))
        #expect(FoldWindow.end(of: day, in: riga) == riga.end(of: day) + .hours(48))
    }
}
