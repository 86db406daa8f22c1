import Analytics
import Testing

@Suite("Query answers")
struct QueryAnswerTests {
    private static let asOf = Instant("2026-11-20T12:00:00Z")!
    private static let day = LocalDay(year: 2026, month: 11, day: 20)
    private let site = Site(
        id: 1, domain: Domain("a.test")!, settings: SiteSettings(),
        epochs: [
            SiteEpoch(start: Instant(milliseconds: 0), timeZone: "UTC"),
            SiteEpoch(start: Instant("2026-11-01T00:00:00Z")!, timeZone: "Europe/Riga"),
            SiteEpoch(start: Instant("2026-11-21T00:00:00Z")!, timeZone: "Asia/Tokyo"),
        ])

    private static func figures(
        visitors: Int, new: Int = 0, sessions: Int = 0, pageviews: Int = 0, bounces: Int = 0
    ) -> Figures {
        var figures = Figures()
        figures.visitors = visitors
        figures.newVisitors = new
        figures.sessions = sessions
        figures.pageviews = pageviews
        figures.bounces = bounces
        figures.sessionMilliseconds = 90_500
        figures.engagedMilliseconds = 1_250
        figures.durations.add(12)
        figures.engagements.add(15)
        return figures
    }

    private func answer(
        days: Int, metrics: [Metric], dimension: Dimension? = nil, rows: [String: Figures] = [:],
        isExact: Bool = false, limit: Int? = nil
    ) -> QueryAnswer {
        QueryAnswer(
            site: site,
            query: Query(
                days: Self.day...Self.day.advanced(by: days - 1), metrics: metrics,
                dimension: dimension, limit: limit),
            figures: RangeFigures(
                totals: Self.figures(visitors: 9, new: 5, sessions: 4, pageviews: 7, bounces: 1),
                rows: rows, countsVisitorsExactly: isExact, asOf: Self.asOf))
    }

    @Test("visitors of one day, of one period, and visitor days of anything else (I9)")
    func visitors() {
        let metrics: [Metric] = [.visitors, .sessions]
        let oneDay = answer(days: 1, metrics: metrics, isExact: true)
        #expect(oneDay.metrics == metrics && oneDay.totals == [9, 4])
        let period = answer(days: 3, metrics: metrics, isExact: true)
        #expect(period.metrics == metrics && period.totals == [5, 4])
        let range = answer(days: 3, metrics: metrics)
        #expect(range.metrics == [.visitorDays, .sessions] && range.totals == [9, 4])
        let both = answer(days: 3, metrics: [.visitors, .visitorDays, .sessions])
        #expect(both.metrics == [.visitorDays, .sessions])
        #expect(answer(days: 3, metrics: [.visitorDays], isExact: true).totals == [9])
    }

    @Test("rows fall by the first metric, ties by text; the limit keeps the totals")
    func rows() {
        let rows = [
            "/b": Self.figures(visitors: 1, pageviews: 5),
            "/a": Self.figures(visitors: 2, pageviews: 5),
            "/c": Self.figures(visitors: 3, pageviews: 8),
        ]
        let whole = answer(
            days: 3, metrics: [.pageviews, .visitorDays], dimension: .page, rows: rows)
        #expect(whole.rows.map(\.value) == ["/c", "/a", "/b"])
        #expect(whole.rows.map(\.figures) == [[8, 3], [5, 2], [5, 1]])
        #expect(whole.totals == [7, 9])
        let limited = answer(
            days: 3, metrics: [.visitorDays], dimension: .page, rows: rows, limit: 2)
        #expect(limited.rows.map(\.value) == ["/c", "/a"])
        #expect(limited.totals == [9])
        #expect(!limited.atLeast)
    }

    @Test("a range that touches a day with (other) says at least, whatever the limit hides")
    func atLeast() {
        let rows = ["(other)": Self.figures(visitors: 1), "/a": Self.figures(visitors: 2)]
        #expect(
            answer(
                days: 1, metrics: [.visitors], dimension: .page, rows: rows, isExact: true, limit: 1
            )
            .atLeast)
    }

    @Test(
        "each metric, of a session dimension and of an event dimension",
        arguments: [
            (Metric.visitors, 6, 6), (.visitorDays, 9, 9), (.sessions, 4, 4), (.pageviews, 7, 7),
            (.events, 0, 0), (.bounces, 1, nil), (.bounceRate, 0.25, nil),
            (.engagedSessions, 0, nil),
            (.sessionSeconds, 90.5, nil), (.engagedSeconds, 1.25, 1.25),
            (.typicalVisitSeconds, 0.012, nil),
            (.visitSecondsP75, 0.012, nil), (.visitSecondsP95, 0.012, nil),
            (.engagedSecondsMedian, 0.015, nil), (.engagedSecondsP75, 0.015, nil),
            (.engagedSecondsP95, 0.015, nil), (.scrollDepth, nil, nil), (.orders, 0, 0),
            (.conversions, nil, 7), (.conversionRate, nil, nil),
            (.revenue, nil, nil), (.averageOrder, nil, nil),
        ] as [(Metric, Double?, Double?)])
    func metrics(metric: Metric, ofSession: Double?, ofEvent: Double?) {
        let figures = Self.figures(visitors: 9, sessions: 4, pageviews: 7, bounces: 1)
        for dimension in [nil, Dimension.source, .hour] {
            #expect(metric.value(of: figures, exactVisitors: 6, in: dimension) == ofSession)
        }
        for dimension in [Dimension.page, .title, .event] {
            #expect(metric.value(of: figures, exactVisitors: 6, in: dimension) == ofEvent)
        }
    }

    @Test("what can't be given is not given: a rate of nothing, a count that is not exact")
    func missing() {
        #expect(Metric.bounceRate.value(of: Figures(), exactVisitors: 0, in: nil) == nil)
        #expect(Metric.typicalVisitSeconds.value(of: Figures(), exactVisitors: 0, in: nil) == nil)
        #expect(Metric.visitors.value(of: Figures(), exactVisitors: nil, in: nil) == nil)
    }

    @Test("the answer names its site, its zone in force, and its days")
    func head() {
        let answer = answer(days: 2, metrics: [.sessions])
        #expect(answer.site.name == "a.test")
        #expect(answer.timeZone == "Europe/Riga")
        #expect(answer.days.lowerBound == Self.day)
        #expect(answer.asOf == Self.asOf)
    }
}

@Suite("Dimensions")
struct DimensionTests {
    @Test("numbers in files are fixed for good, and each is one dimension's")
    func codes() {
        let codes = Dimension.allCases.map(\.code)
        #expect(codes.sorted() == Array(1...Int64(codes.count)))
        #expect(!codes.contains(Dimension.codeOfTotals))
        let names = [
            "entry_page", "exit_page", "source", "channel", "referrer", "utm_source", "utm_medium",
            "utm_campaign", "utm_content", "utm_term", "country", "region", "language", "browser",
            "browser_version", "os", "os_version", "device", "screen", "visit_number",
            "days_since_last_visit", "page", "title", "event", "hour", "weekday_hour", "property",
            "search_term", "outbound_link", "download", "not_found", "goal", "funnel_step",
            "shop_step", "city",
        ]
        for (index, name) in names.enumerated() {
            #expect(Dimension(rawValue: name)?.code == Int64(index + 1))
        }
    }

    @Test("which dimensions are of sessions")
    func kinds() {
        let ofEvents = Dimension.allCases.filter { !$0.isOfSession }
        #expect(
            ofEvents == [
                .page, .title, .event, .property, .searchTerm, .outboundLink, .download, .notFound,
                .goal, .hour, .weekdayHour,
            ])
        #expect(Dimension.hour.hasSessionMetrics && !Dimension.page.hasSessionMetrics)
        #expect(Dimension.sessionDimensions.count + ofEvents.count == Dimension.allCases.count)
    }
}
