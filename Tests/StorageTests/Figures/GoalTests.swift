import Analytics
import Testing

@testable import Storage

/// Goals, funnels and shop steps, live and folded.
@Suite("Goals, funnels and steps to an order")
struct GoalTests {
    private let folder: TestFolder
    private let database: MainDatabase

    init() throws {
        folder = try TestFolder(at: "2026-11-20T12:00:00Z")
        database = try folder.database()
    }

    private func site(_ change: (inout SiteSettings) -> Void) throws -> Site {
        let site = try Traffic.addSite(database)
        var settings = site.settings
        change(&settings)
        try database.updateSite(site, settings: settings, nextEpoch: nil, at: folder.clock.now)
        return try database.site(named: "a.test")
    }

    /// Per visitor what he does, a minute apart: `/path` is a pageview, all else an event.
    private func store(_ visits: [[String]], of site: Site) throws {
        var entries: [JournalEntry] = []
        for (visitor, steps) in visits.enumerated() {
            for (minute, step) in steps.enumerated() {
                let time = Traffic.day.startInUTC + .hours(8) + .minutes(Int64(minute))
                var event = Traffic.view(
                    site, UInt64(visitor + 1), at: time, step.hasPrefix("/") ? step : "/")
                if !step.hasPrefix("/") { event.kind = .custom(name: step, isInteractive: true) }
                if step == "purchase" {
                    event.revenue = Revenue(currency: "EUR", minorUnits: 1_000)
                }
                entries.append(Traffic.kept(event, of: site))
            }
        }
        try folder.store(entries)
    }

    private func rows(
        _ site: Site, _ dimension: Dimension?, _ metrics: [Metric], filter: FilterCondition? = nil
    ) throws -> [String] {
        func ask() throws -> [String] {
            let answer = try folder.reader(database).answer(
                Query(
                    days: Traffic.day...Traffic.day, metrics: metrics, dimension: dimension,
                    filter: filter.map { SessionFilter([$0]) }), of: site)
            func text(_ figures: [Double?]) -> String {
                figures.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ")
            }
            return dimension == nil
                ? [text(answer.totals)] : answer.rows.map { "\($0.value) \(text($0.figures))" }
        }
        let live = try ask()
        try folder.aggregate(database, at: "2026-11-23T02:00:00Z")
        #expect(try ask() == live)
        return live
    }

    @Test("a goal counts conversions, the sessions that have one, and what they are worth")
    func goals() throws {
        let site = try site {
            $0.goals = [
                Goal(
                    name: "Letter", target: GoalTarget(.event, "sign*"),
                    value: Revenue(currency: "EUR", minorUnits: 250)),
                Goal(name: "Thanks", target: GoalTarget(.page, "/thanks*")),
                Goal(name: "Order", target: GoalTarget(.event, "purchase")),
                Goal(name: "Never", target: GoalTarget(.event, "nothing")),
            ]
        }
        try store(
            [
                ["/", "signup", "signin", "/thanks/a"], ["/thanks"], ["/", "purchase"],
                ["/", "/sign"],
            ], of: site)
        #expect(
            try rows(site, .goal, [.conversions, .sessions, .conversionRate, .revenue]) == [
                "Letter 2.0 1.0 0.25 5.0", "Thanks 2.0 2.0 0.5 0.0", "Order 1.0 1.0 0.25 10.0",
            ])
        let reached = FilterCondition(dimension: .goal, value: "Thanks")
        #expect(try rows(site, nil, [.sessions, .pageviews], filter: reached) == ["2.0 3.0"])
        let not = FilterCondition(dimension: .goal, .unequal, value: "Thanks")
        #expect(try rows(site, nil, [.sessions, .pageviews], filter: not) == ["2.0 3.0"])
    }

    @Test("a session that reaches a goal is engaged, by GA4's rule")
    func engaged() throws {
        let site = try site { $0.goals = [Goal(name: "A", target: GoalTarget(.page, "/a"))] }
        try store([["/a"], ["/b"]], of: site)
        #expect(try rows(site, nil, [.sessions, .engagedSessions]) == ["2.0 1.0"])
    }

    @Test("steps of a funnel are come to in their order, with anything in between")
    func funnels() throws {
        let site = try site {
            $0.funnels = [
                Funnel(
                    name: "Order",
                    steps: [
                        GoalTarget(.page, "/p/*"), GoalTarget(.page, "/cart"),
                        GoalTarget(.event, "purchase"),
                    ]),
                Funnel(
                    name: "Twice", steps: [GoalTarget(.page, "/p/*"), GoalTarget(.page, "/p/*")]),
            ]
        }
        try store(
            [
                ["/", "/p/1", "/about", "/cart", "purchase"], ["/p/1", "/p/2", "purchase"],
                ["/cart", "/p/1"], ["purchase", "/cart"],
            ], of: site)
        #expect(
            try rows(site, .funnelStep, [.sessions, .visitors]) == [
                "Order/1 3.0 3.0", "Twice/1 3.0 3.0", "Order/2 1.0 1.0", "Order/3 1.0 1.0",
                "Twice/2 1.0 1.0",
            ])
        let step = FilterCondition(dimension: .funnelStep, value: "Order/2")
        #expect(try rows(site, nil, [.sessions, .pageviews], filter: step) == ["1.0 4.0"])
    }

    @Test("steps to an order, and carts and checkouts that were left")
    func shopSteps() throws {
        let site = try site { _ in }
        try store(
            [
                ["/", "view_item", "add_to_cart", "begin_checkout", "purchase"],
                ["/", "view_item", "add_to_cart"], ["/", "begin_checkout"], ["/", "purchase"],
                ["/", "other"],
            ], of: site)
        #expect(
            try rows(site, .shopStep, [.sessions, .revenue]) == [
                "added to cart 2.0 10.0", "checkout begun 2.0 10.0", "product viewed 2.0 10.0",
                "purchased 2.0 20.0", "cart left 1.0 0.0", "checkout left 1.0 0.0",
            ])
        let left = FilterCondition(dimension: .shopStep, .like, value: "* left")
        #expect(try rows(site, nil, [.sessions], filter: left) == ["2.0"])
    }

    @Test("a new goal reaches the foldable days, and says since when where some are gone")
    func since() throws {
        let site = try site { _ in }
        try store([["/", "signup"]], of: site)
        #expect(try folder.reader(database).firstDayOfNewRules(of: site) == nil)
        try folder.aggregate(database, at: "2026-11-23T02:00:00Z")
        #expect(try rows(site, .goal, [.conversions]).isEmpty)

        var settings = site.settings
        settings.goals = [
            Goal(
                name: "Letter", target: GoalTarget(.event, "signup"),
                since: Traffic.day.advanced(by: 1))
        ]
        try database.updateSite(site, settings: settings, nextEpoch: nil, at: folder.clock.now)
        let changed = try database.site(named: "a.test")
        let report = try folder.aggregate(database, at: "2026-11-23T03:00:00Z")
        #expect(report.written.map(\.day) == [Traffic.day])
        #expect(try rows(changed, .goal, [.conversions]) == ["Letter 1.0"])
        let days = Traffic.day...Traffic.day.advanced(by: 1)
        func since(_ days: ClosedRange<LocalDay>) throws -> [String: LocalDay] {
            try folder.reader(database).answer(
                Query(days: days, metrics: [.conversions], dimension: .goal), of: changed
            ).since
        }
        #expect(try since(days) == ["Letter": Traffic.day.advanced(by: 1)])
        #expect(try since(days.upperBound...days.upperBound).isEmpty)

        // The raw events go; the first day that a new goal reaches is the one after.
        // The clock's two witnesses want two runs.
        for day in 1...2 { try folder.aggregate(database, at: "2027-02-0\(day)T03:00:00Z") }
        #expect(
            try folder.reader(database).firstDayOfNewRules(of: changed)
                == Traffic.day.advanced(by: 1))
    }
}
