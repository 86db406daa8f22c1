import Analytics
import Testing

@testable import Storage

/// What events bring beside their page, from the journal to the answer; live, and folded.
@Suite("Properties, links, orders and scroll depth")
struct ExtrasTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let site: Site

    init() throws {
        folder = try TestFolder(at: "2026-11-20T12:00:00Z")
        database = try folder.database()
        site = try Traffic.addSite(database)
    }

    private func event(
        _ visitor: UInt64?, minute: Int64, _ name: String?, _ properties: [(String, String)] = [],
        revenue: (String, Int64)? = nil, order: UInt64? = nil, path: String = "/",
        source: String = "Direct"
    ) -> Event {
        var event = Traffic.view(
            site, visitor, at: Traffic.day.startInUTC + .hours(8) + .minutes(minute), path,
            source: source)
        if let name { event.kind = .custom(name: name, isInteractive: true) }
        event.properties = properties.map { EventProperty(name: $0.0, value: $0.1) }
        event.revenue = revenue.map { Revenue(currency: $0.0, minorUnits: $0.1) }
        event.transactionKey = order.map { TransactionKey(value: $0) }
        return event
    }

    private func scroll(_ visitor: UInt64, minute: Int64, to depth: Int?, path: String) -> Event {
        var event = event(visitor, minute: minute, nil, path: path)
        event.kind = .engagement(milliseconds: 1_000, scrollDepth: depth)
        return event
    }

    private func store(_ events: [Event]) throws {
        try folder.store(events.map { Traffic.kept($0, of: site) })
    }

    /// Rows as `value a b c`, the same before and after the day is folded and sealed.
    private func rows(
        _ dimension: Dimension?, _ metrics: [Metric], property: String? = nil,
        filter: FilterCondition? = nil, currency: String? = nil
    ) throws -> [String] {
        func ask() throws -> [String] {
            let answer = try folder.reader(database).answer(
                Query(
                    days: Traffic.day...Traffic.day, metrics: metrics, dimension: dimension,
                    propertyName: property, filter: filter.map { SessionFilter([$0]) },
                    currency: currency), of: site)
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

    @Test("properties of events and of pageviews, all or those of one name")
    func properties() throws {
        try store([
            event(1, minute: 0, nil, [("author", "Anna"), ("tag", "a")]),
            event(1, minute: 1, "signup", [("plan", "pro")]),
            event(1, minute: 2, "signup", [("plan", "pro")]),
            event(2, minute: 3, "signup", [("plan", "free=now"), ("tag", "a")]),
            event(2, minute: 4, nil),
        ])
        let metrics: [Metric] = [.visitors, .sessions, .pageviews, .events]
        #expect(
            try rows(.property, metrics) == [
                "tag=a 2.0 2.0 1.0 1.0", "author=Anna 1.0 1.0 1.0 0.0",
                "plan=free=now 1.0 1.0 0.0 1.0", "plan=pro 1.0 1.0 0.0 2.0",
            ])
        #expect(
            try rows(.property, metrics, property: "plan") == [
                "free=now 1.0 1.0 0.0 1.0", "pro 1.0 1.0 0.0 2.0",
            ])
        #expect(try rows(.property, metrics, property: "pl") == [])
        #expect(
            try rows(
                nil, metrics, filter: FilterCondition(dimension: .property, value: "plan=pro"))
                == ["1.0 1.0 1.0 2.0"])
        #expect(try rows(nil, metrics) == ["2.0 2.0 2.0 3.0"])
    }

    @Test("links, downloads, missing pages and search terms have dimensions of their own")
    func links() throws {
        try store([
            event(1, minute: 0, nil, [("search_term", "lamp")], path: "/find"),
            event(1, minute: 1, "Outbound Link: Click", [("url", "b.test/x"), ("place", "top")]),
            event(1, minute: 2, "File Download", [("url", "a.test/m.pdf")]),
            event(2, minute: 3, "404", path: "/gone"),
            event(2, minute: 4, "404", [("path", "/away")], path: "/404"),
            event(2, minute: 5, "other", [("url", "c.test/"), ("path", "/p")]),
        ])
        #expect(try rows(.searchTerm, [.pageviews]) == ["lamp 1.0"])
        #expect(try rows(.outboundLink, [.events]) == ["b.test/x 1.0"])
        #expect(try rows(.download, [.events]) == ["a.test/m.pdf 1.0"])
        #expect(try rows(.notFound, [.events]) == ["/away 1.0", "/gone 1.0"])
        #expect(
            try rows(.property, [.events]) == ["path=/p 1.0", "place=top 1.0", "url=c.test/ 1.0"])
        let missing = FilterCondition(dimension: .notFound, value: "/gone")
        #expect(try rows(nil, [.sessions], filter: missing) == ["1.0"])
    }

    @Test("orders and revenue by currency, source and event; refunds give back")
    func orders() throws {
        try store([
            event(1, minute: 0, nil, source: "Google"),
            event(1, minute: 1, "purchase", revenue: ("EUR", 1_999), source: "Google"),
            event(2, minute: 0, "purchase", revenue: ("EUR", 3_001), source: "letter"),
            event(2, minute: 5, "purchase", revenue: ("USD", 500), source: "letter"),
            event(3, minute: 0, "refund", revenue: ("EUR", -1_000)),
            event(nil, minute: 0, "purchase", revenue: ("EUR", 1_000)),
        ])
        let metrics: [Metric] = [.orders, .revenue, .averageOrder]
        #expect(try rows(nil, metrics) == ["3.0 50.0 \(50.0 / 3)"])
        #expect(try rows(nil, metrics, currency: "USD") == ["1.0 5.0 5.0"])
        #expect(
            try rows(.source, metrics) == [
                "Google 1.0 19.99 19.99", "letter 1.0 30.01 30.01", "Direct 0.0 -10.0 -",
            ])
        #expect(
            try rows(.event, metrics) == ["purchase 3.0 60.0 20.0", "refund 0.0 -10.0 -"])
        #expect(
            try rows(.source, [.revenue], currency: "JPY") == [
                "Direct 0.0", "Google 0.0", "letter 0.0",
            ])
    }

    @Test("an order that its visitor tells twice counts once; it only prolongs the session")
    func repeatedOrder() throws {
        try store([
            event(1, minute: 0, "purchase", revenue: ("EUR", 1_000), order: 1),
            event(1, minute: 10, "purchase", [("a", "b")], revenue: ("EUR", 1_000), order: 1),
            event(1, minute: 11, "purchase", order: 1),
            event(2, minute: 20, "purchase", revenue: ("EUR", 700), order: 2),
        ])
        #expect(
            try rows(nil, [.visitors, .sessions, .events, .sessionSeconds, .orders, .revenue])
                == ["2.0 2.0 2.0 660.0 2.0 17.0"])
        #expect(try rows(.property, [.events]) == [])
        #expect(
            try folder.reader(database).books(of: site, on: Traffic.day...Traffic.day)
                .values.first?.kept == 4)
    }

    @Test("nobody takes another's order away, and refunds of one order are each a refund")
    func noRepeat() throws {
        try store([
            event(1, minute: 0, "purchase", order: 1),
            event(2, minute: 5, "purchase", revenue: ("EUR", 1_000), order: 1),
            event(2, minute: 6, "refund", revenue: ("EUR", -300), order: 1),
            event(2, minute: 7, "refund", revenue: ("EUR", -300), order: 1),
            event(3, minute: 0, "purchase", order: 3),
            event(3, minute: 5, "purchase", revenue: ("EUR", 500), order: 3),
        ])
        #expect(try rows(nil, [.events, .orders, .revenue]) == ["6.0 2.0 9.0"])
    }

    @Test("of a page's scroll depths the greatest of each session counts")
    func scrollDepth() throws {
        try store([
            event(1, minute: 0, nil, path: "/a"),
            scroll(1, minute: 1, to: 40, path: "/a"), scroll(1, minute: 2, to: 90, path: "/a"),
            scroll(1, minute: 3, to: 60, path: "/a"), event(1, minute: 4, nil, path: "/b"),
            scroll(1, minute: 5, to: 0, path: "/b"), event(2, minute: 0, nil, path: "/a"),
            scroll(2, minute: 1, to: 10, path: "/a"), event(3, minute: 0, nil, path: "/c"),
            scroll(3, minute: 1, to: nil, path: "/c"),
        ])
        #expect(
            try rows(.page, [.pageviews, .scrollDepth]) == [
                "/a 2.0 50.0", "/b 1.0 0.0", "/c 1.0 -",
            ])
        #expect(try rows(.source, [.scrollDepth]) == ["Direct -"])
    }

    @Test("each property has a limit of its own, and an (other)")
    func limits() throws {
        let limit = Dimension.property.standardLimit
        // A sign that combines with the `=` makes no name of its own.
        var events = (0...limit).flatMap { number in
            (0..<2).map { event(1, minute: $0, "e", [("many", "v\(number)")]) }
        }
        events.append(event(1, minute: 2, "e", [("many", "v0"), ("few", "x")]))
        events.append(event(2, minute: 2, "e", [("many", "rare")]))
        events.append(event(2, minute: 2, "e", [("many", "(other)")]))
        events.append(event(2, minute: 2, "e", [("many", "\u{301}accent")]))
        try store(events)
        let many = try rows(.property, [.events, .visitors], property: "many")
        #expect(many.count == limit + 1)
        #expect(many.contains("v0 3.0 1.0"))
        #expect(many.contains("(other) 5.0 2.0"))
        #expect(try rows(.property, [.events, .visitors], property: "few") == ["x 1.0 1.0"])
    }

    @Test("what is in (other) is the same however days are folded: nightly, and all at once")
    func otherByNight() throws {
        let weekly = try Traffic.addSite(database, "w.test", rotation: .weekly)
        for night in 0..<3 {
            let day = Traffic.day.advanced(by: night - 4)
            let names = (0...Dimension.event.standardLimit + 5).map { "e\($0)" } + ["e0", "e1"]
            try folder.store(
                names.enumerated().map { minute, name in
                    var event = Traffic.view(
                        weekly, UInt64(minute % 2 + 1),
                        at: day.startInUTC + .minutes(Int64(minute)))
                    event.kind = .custom(name: name, isInteractive: true)
                    return Traffic.kept(event, of: weekly)
                })
            try folder.aggregate(database, at: "\(day.advanced(by: 1))T02:00:00Z")
        }
        folder.clock.now = Instant("2026-11-20T02:00:00Z")!
        let report = try folder.aggregator(database).run(.verify)
        #expect(report.problems.isEmpty)
        #expect(report.verified + report.frozen >= 3)
    }

    @Test("past the limit of names those that are met most stay, and all others are one (other)")
    func nameLimit() throws {
        let names = Dimension.mostProperties + 4
        try store(
            (0..<3).map { event(1, minute: 0, "e", [("real", "\($0)")]) }
                + (0..<names).flatMap { name in
                    (0..<2).map { event(1, minute: $0, "e", [("p\(name)", "x")]) }
                })
        let rows = try rows(.property, [.events])
        #expect(rows.count == Dimension.mostProperties + 3)
        #expect(rows.contains("(other) 10.0"))
        #expect(try self.rows(.property, [.events], property: "real").count == 3)
        let answer = try folder.reader(database).answer(
            Query(
                days: Traffic.day...Traffic.day, metrics: [.events], dimension: .property,
                propertyName: "real"), of: site)
        #expect(answer.atLeast)
    }
}
