/// A figure that can be asked for. The raw value is the name that users type.
package enum Metric: String, Hashable, Sendable, CaseIterable {
    /// An exact distinct count, or not given at all (I9).
    case visitors
    /// The sum of each day's visitors: one visitor on three days counts three.
    case visitorDays = "visitor_days"
    case sessions
    case pageviews
    /// Custom events.
    case events
    /// Sessions with one pageview and no interactive custom event.
    case bounces
    /// Bounces per session, 0…1.
    case bounceRate = "bounce_rate"
    /// Sessions with 10 s of engaged time or 2 pageviews.
    case engagedSessions = "engaged_sessions"
    /// Sum over the sessions, from start to last event.
    case sessionSeconds = "session_seconds"
    case engagedSeconds = "engaged_seconds"
    // Of the sessions that are no bounces, and of the engaged time of all: each off by 3.2 % of its
    // value at most (`Histogram`).
    /// The median duration.
    case typicalVisitSeconds = "typical_visit_seconds"
    case visitSecondsP75 = "visit_seconds_p75"
    case visitSecondsP95 = "visit_seconds_p95"
    case engagedSecondsMedian = "engaged_seconds_median"
    case engagedSecondsP75 = "engaged_seconds_p75"
    case engagedSecondsP95 = "engaged_seconds_p95"
    /// Events and pageviews with a value of an event dimension: of a goal, how often it was reached.
    case conversions
    /// The share of all sessions, 0…1, that have such an event.
    case conversionRate = "conversion_rate"
    /// The mean over the sessions of a page of the greatest depth reached on it, 0…100; of pages
    /// and titles only.
    case scrollDepth = "scroll_depth"
    /// Events with revenue, in one currency as all that follow.
    case orders
    /// In the currency's unit.
    case revenue
    case averageOrder = "average_order"

    /// Whether it is worked out from histograms.
    package var isOfTimes: Bool {
        switch self {
        case .typicalVisitSeconds, .visitSecondsP75, .visitSecondsP95, .engagedSecondsMedian,
            .engagedSecondsP75, .engagedSecondsP95:
            true
        default: false
        }
    }

    /// Whether event dimensions have it.
    package var isOfEvents: Bool {
        switch self {
        case .visitors, .visitorDays, .sessions, .pageviews, .events, .engagedSeconds,
            .conversions, .conversionRate, .scrollDepth, .orders, .revenue, .averageOrder:
            true
        default: false
        }
    }

    /// The value among `figures` summed over the days of a range; `nil` where there is none to
    /// give: a rate without sessions, or bounces of a page.
    ///
    /// - Parameters:
    ///   - exactVisitors: the distinct count, where it is known.
    ///   - allSessions: how many there are in all, for the share that a row has of them.
    ///   - currency: of orders and revenue; `nil` takes the one with the most orders.
    package func value(
        of figures: Figures, exactVisitors: Int?, in dimension: Dimension?,
        allSessions: Int? = nil, currency: String? = nil
    ) -> Double? {
        let isOfEventDimension = dimension.map { !$0.hasSessionMetrics } ?? false
        guard isOfEvents || dimension?.hasSessionMetrics ?? true else { return nil }
        switch self {
        case .visitors: return exactVisitors.map(Double.init)
        case .visitorDays: return Double(figures.visitors)
        case .sessions: return Double(figures.sessions)
        case .pageviews: return Double(figures.pageviews)
        case .events: return Double(figures.events)
        case .bounces: return Double(figures.bounces)
        case .bounceRate:
            guard figures.sessions > 0 else { return nil }
            return Double(figures.bounces) / Double(figures.sessions)
        case .engagedSessions: return Double(figures.engagedSessions)
        case .sessionSeconds: return Double(figures.sessionMilliseconds) / 1_000
        case .engagedSeconds: return Double(figures.engagedMilliseconds) / 1_000
        case .typicalVisitSeconds: return figures.durations.seconds(under: 0.5)
        case .visitSecondsP75: return figures.durations.seconds(under: 0.75)
        case .visitSecondsP95: return figures.durations.seconds(under: 0.95)
        case .engagedSecondsMedian: return figures.engagements.seconds(under: 0.5)
        case .engagedSecondsP75: return figures.engagements.seconds(under: 0.75)
        case .engagedSecondsP95: return figures.engagements.seconds(under: 0.95)
        case .conversions:
            return isOfEventDimension ? Double(figures.pageviews + figures.events) : nil
        case .conversionRate:
            guard isOfEventDimension, let allSessions, allSessions > 0 else { return nil }
            // A session over midnight has such events on days on which it did not start.
            return min(1, Double(figures.sessions) / Double(allSessions))
        case .scrollDepth:
            guard figures.scrolledSessions > 0 else { return nil }
            return Double(figures.scrollDepthSum) / Double(figures.scrolledSessions)
        case .orders, .revenue, .averageOrder:
            return takings(figures, currency ?? figures.mainCurrency)
        }
    }

    /// Nothing sold is no orders; revenue and its mean then have no currency to be in.
    private func takings(_ figures: Figures, _ currency: String?) -> Double? {
        guard let currency else { return self == .orders ? 0 : nil }
        let takings = figures.takings[currency] ?? Takings()
        let units = Revenue(currency: currency, minorUnits: takings.minorUnits).units
        switch self {
        case .orders: return Double(takings.orders)
        case .revenue: return units
        default: return takings.orders > 0 ? units / Double(takings.orders) : nil
        }
    }

    /// Whether it is a part of a whole, 0…1.
    package var isShare: Bool { self == .bounceRate || self == .conversionRate }

    /// Whether it is an amount of money.
    package var isMoney: Bool { self == .revenue || self == .averageOrder }

    /// Whole numbers are written without a fraction.
    package var isCount: Bool {
        !isShare && self != .scrollDepth && !isDuration && !isMoney
    }

    package var isDuration: Bool {
        switch self {
        case .sessionSeconds, .engagedSeconds, .typicalVisitSeconds, .visitSecondsP75,
            .visitSecondsP95, .engagedSecondsMedian, .engagedSecondsP75, .engagedSecondsP95:
            true
        default: false
        }
    }
}

extension Histogram {
    fileprivate func seconds(under share: Double) -> Double? {
        quantile(share).map { $0 / 1_000 }
    }
}
