/// Turns one site's events into the figures of its local days, in one walk for all dimensions.
///
/// The events must reach back to `FoldWindow.start` of the first day asked for, so that every
/// session and every visitor's first day in its salt period is known.
package struct SiteFold {
    let calendar: SiteCalendar
    let vocabulary: Vocabulary
    let filter: FilterMatcher?
    /// Each hides the sessions that it matches.
    let exclusions: [FilterMatcher]
    let goals: GoalMatcher
    let newVisitors: NewVisitors
    let dimensions: Set<Dimension>
    let limit: (Dimension) -> Int
    let sessionizer: Sessionizer

    /// Since when a visitor counts as new to a value.
    package enum NewVisitors: Sendable {
        /// Since the start of the salt period: what rollups hold.
        case saltPeriod
        /// Since the first of the days asked for: what an exact count of a part of a period needs.
        case rangeStart
    }

    /// - Parameters:
    ///   - vocabulary: of the events, with the standard channels.
    ///   - keptSessions: keeps only the sessions that match; events without a visitor match none.
    ///   - showsExcluded: whether sessions that the site's exclusions hide are there all the same.
    ///   - dimensions: those that are wanted: totals alone take a third of the time of all.
    ///   - limit: how many values of a dimension are kept a day.
    package init(
        site: Site, vocabulary: Vocabulary, filter keptSessions: SessionFilter? = nil,
        countsNewVisitorsFrom newVisitors: NewVisitors = .saltPeriod, showsExcluded: Bool = false,
        dimensions: Set<Dimension> = Set(Dimension.allCases),
        limit: @escaping (Dimension) -> Int = \.standardLimit
    ) {
        calendar = site.calendar
        // Before anything looks at it, so that filters and exclusions see what the figures tell.
        let vocabulary = vocabulary.with(site.settings.channels)
        self.vocabulary = vocabulary
        let goals = GoalMatcher(site.settings, vocabulary: vocabulary)
        self.goals = goals
        func matcher(_ filter: SessionFilter) -> FilterMatcher {
            FilterMatcher(filter, vocabulary: vocabulary, goals: goals)
        }
        filter = keptSessions.map(matcher)
        exclusions =
            showsExcluded ? [] : site.settings.exclusions.map(\.sessions).map(matcher)
        self.newVisitors = newVisitors
        self.dimensions = dimensions
        self.limit = limit
        sessionizer = Sessionizer(
            kinds: vocabulary.kinds, timeouts: TimeoutTable(epochs: site.epochs))
    }

    /// The figures of each of the days, also of those without any event.
    ///
    /// - Parameter events: in `EventOrder`.
    package func figures(of events: [FoldEvent], on days: ClosedRange<LocalDay>) -> [DayFigures] {
        figures(of: EventBuckets(events), on: days)
    }

    /// The same of events in any order in which each visitor's of a millisecond are as they came.
    package func figures(of events: EventBuckets, on days: ClosedRange<LocalDay>) -> [DayFigures] {
        var walk = FoldWalk(fold: self, days: days, times: events.times)
        walk.run(events)
        // Which values are the largest is known only now; if there are too many, a second walk
        // counts the rest together, with its own distinct visitors.
        if walk.limitTallies() { walk.run(events) }
        return walk.result()
    }

    /// The sessions that start on a day, by start.
    package func sessions(in events: [FoldEvent], startingOn day: LocalDay) -> [Session] {
        let bounds = calendar.start(of: day)..<calendar.end(of: day)
        let hours = calendar.hours(of: day)
        var sessions: [Session] = []
        var history = VisitHistory(calendar: calendar)
        // Used inside the closure alone.
        events.withUnsafeBufferPointer { events in
            forEachSession(in: events) { span, isFirstOfVisitor in
                let start = Instant(milliseconds: span.start)
                if isFirstOfVisitor { history.begin() }
                let visit = history.next(startingAt: start)
                guard bounds.contains(start) else { return }
                func hour() -> String {
                    "\(day.weekdayName) \(hours.last { $0.start <= start }?.label ?? "")"
                }
                guard filter?.matches(span, events, visit, hour: hour) ?? true,
                    !exclusions.contains(where: { $0.matches(span, events, visit, hour: hour) })
                else { return }
                sessions.append(session(span, events, visit))
            }
        }
        return sessions.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// Calls `body` with every session, visitor by visitor, each visitor's by time.
    func forEachSession(
        in events: UnsafeBufferPointer<FoldEvent>,
        _ body: (_ session: Sessionizer.Stretch, _ isFirstOfVisitor: Bool) -> Void
    ) {
        var position = 0
        while position < events.count {
            let visitor = events[position].visitor
            var end = position + 1
            while end < events.count, events[end].visitor == visitor { end += 1 }
            if visitor != FoldEvent.noVisitor {
                var isFirst = true
                while let span = sessionizer.next(in: events, from: &position, to: end) {
                    body(span, isFirst)
                    isFirst = false
                }
            }
            position = end
        }
    }

    private func session(
        _ span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?
    ) -> Session {
        let first = events[span.first]
        var values: [Dimension: String] = [:]
        for (index, dimension) in Vocabulary.acquisitionDimensions.enumerated() {
            let term = vocabulary.acquisitions[Int(first.acquisition)][index]
            values[dimension] = vocabulary.text(term, of: dimension)
        }
        for (index, dimension) in Vocabulary.profileDimensions.enumerated() {
            let term = vocabulary.profiles[Int(first.profile)][index]
            values[dimension] = vocabulary.text(term, of: dimension)
        }
        func path(_ page: UInt32?) -> String? {
            page.map { vocabulary.text(vocabulary.pages[Int($0)].path, of: .page) }
        }
        return Session(
            start: Instant(milliseconds: span.start), end: Instant(milliseconds: span.end),
            entryPage: path(span.entryPage), exitPage: path(span.exitPage),
            pageviews: span.pageviews, events: span.customEvents,
            engagedMilliseconds: span.engagedMilliseconds, isBounce: span.isBounce,
            values: values, visitNumber: visit?.number,
            daysSinceLastVisit: visit?.daysSinceLast)
    }
}

/// The how-manieth session of its visitor in the salt period.
struct Visit {
    var number: Int
    var daysSinceLast: Int?
}

/// Numbers one visitor's sessions. A value lives in one salt period, so counting its sessions
/// counts the visits of that period.
struct VisitHistory {
    private let calendar: SiteCalendar
    private let isAlwaysDaily: Bool
    private var dayFinder: DayFinder?
    private var visits = 0
    private var lastDay: LocalDay?

    init(calendar: SiteCalendar) {
        self.calendar = calendar
        isAlwaysDaily = calendar.isAlwaysDaily
    }

    mutating func begin() {
        visits = 0
        lastDay = nil
    }

    /// `nil` under a daily rotation, in which no visitor is known again.
    mutating func next(startingAt start: Instant) -> Visit? {
        guard !isAlwaysDaily, calendar.epoch(at: start).rotation != .daily else { return nil }
        var finder = dayFinder ?? DayFinder(calendar: calendar, near: start)
        let day = finder.day(of: start)
        dayFinder = finder
        visits += 1
        defer { lastDay = day }
        return Visit(number: visits, daysSinceLast: lastDay.map { $0.distance(to: day) })
    }
}

/// Which raw events a day's figures need.
package enum FoldWindow {
    /// Collected events are on disk this long after their receipt, or were refused.
    package static let lateness = TimeSpan.seconds(60)

    /// From the start of the salt period that a session reaching into the day may have begun in:
    /// a stored visitor outlives its period by 48 h at most (`RotationCrossing`).
    package static func start(of day: LocalDay, in calendar: SiteCalendar) -> Instant {
        let earliest = calendar.start(of: day) - RotationCrossing.longestSession
        return calendar.saltPeriod(containing: earliest).start
    }

    /// To the end of the longest session that may start on the day.
    package static func end(of day: LocalDay, in calendar: SiteCalendar) -> Instant {
        calendar.end(of: day) + RotationCrossing.longestSession
    }
}
