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
    /// Median duration of the sessions that are no bounces, off by 3.2 % at most.
    case typicalVisitSeconds = "typical_visit_seconds"

    /// Whether event dimensions have it.
    package var isOfEvents: Bool {
        switch self {
        case .visitors, .visitorDays, .sessions, .pageviews, .events, .engagedSeconds: true
        default: false
        }
    }

    /// The value among `figures` summed over the days of a range; `nil` where there is none to
    /// give: a rate without sessions, or bounces of a page.
    ///
    /// - Parameter exactVisitors: the distinct count, where it is known.
    package func value(of figures: Figures, exactVisitors: Int?, in dimension: Dimension?)
        -> Double?
    {
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
        case .typicalVisitSeconds: return figures.durations.quantile(0.5).map { $0 / 1_000 }
        }
    }

    /// Whole numbers are written without a fraction.
    package var isCount: Bool {
        switch self {
        case .bounceRate, .sessionSeconds, .engagedSeconds, .typicalVisitSeconds: false
        default: true
        }
    }
}
