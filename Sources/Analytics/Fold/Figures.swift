/// The figures of one value of a dimension, or of a site in all, on one local day. All but
/// `visitors` add up over days.
package struct Figures: Hashable, Sendable {
    /// Visitors seen: an exact distinct count, of this day alone.
    package var visitors = 0
    /// Of these, the ones not seen with this value before in their salt period; over a whole
    /// period they add up to its exact distinct count.
    package var newVisitors = 0
    package var sessions = 0
    package var pageviews = 0
    /// Custom events.
    package var events = 0
    package var bounces = 0
    package var engagedSessions = 0
    /// Of the sessions, start to last event.
    package var sessionMilliseconds: Int64 = 0
    package var engagedMilliseconds: Int64 = 0
    /// Durations of the sessions that are no bounces.
    package var durations = Histogram()
    /// Engaged times of all sessions.
    package var engagements = Histogram()

    /// By currency; of a value of an event dimension, of the events that have it.
    package var takings: [String: Takings] = [:]
    /// The depth in percent to which a page was scrolled, added up over the sessions that tell it,
    /// of each the greatest; of pages and titles only.
    package var scrollDepthSum = 0
    package var scrolledSessions = 0

    package init() {}

    package mutating func add(_ revenue: Revenue) {
        takings[revenue.currency, default: Takings()] += Takings(of: revenue)
    }

    /// The currency with the most orders; of several the first by name.
    package var mainCurrency: String? {
        takings.min { ($1.value.orders, $0.key) < ($0.value.orders, $1.key) }?.key
    }

    package static func += (left: inout Figures, right: Figures) {
        left.visitors += right.visitors
        left.newVisitors += right.newVisitors
        left.sessions += right.sessions
        left.pageviews += right.pageviews
        left.events += right.events
        left.bounces += right.bounces
        left.engagedSessions += right.engagedSessions
        left.sessionMilliseconds += right.sessionMilliseconds
        left.engagedMilliseconds += right.engagedMilliseconds
        left.durations += right.durations
        left.engagements += right.engagements
        left.scrollDepthSum += right.scrollDepthSum
        left.scrolledSessions += right.scrolledSessions
        if !right.takings.isEmpty {
            left.takings.merge(right.takings) { one, two in
                var sum = one
                sum += two
                return sum
            }
        }
    }
}

/// One site's figures for one local day, in total and by dimension; holds no visitor.
package struct DayFigures: Hashable, Sendable {
    package var day: LocalDay
    package var totals: Figures
    package var rows: [Dimension: [String: Figures]]
    /// The last event of any session that has one on this day; `nil` without sessions. Until it is
    /// over, its exit page may change, and with it the day's rows.
    package var lastActivity: Instant?
    /// Visitors with over 300 pageviews or over 20 sessions on this day, most likely several people
    /// that one hash can't tell apart.
    package var sharedVisitors: Int

    package init(
        day: LocalDay, totals: Figures = Figures(), rows: [Dimension: [String: Figures]] = [:],
        lastActivity: Instant? = nil, sharedVisitors: Int = 0
    ) {
        self.day = day
        self.totals = totals
        self.rows = rows
        self.lastActivity = lastActivity
        self.sharedVisitors = sharedVisitors
    }
}
