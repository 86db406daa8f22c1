/// Cuts one visitor's events into sessions (DESIGN §5): a pure function of the events.
///
/// A gap over the timeout starts the next session, a gap of exactly the timeout does not; so does
/// an event more than 48 h after the start. An engagement update joins its visitor's open session
/// if it comes within the timeout, and moves its end; it never starts one.
struct Sessionizer {
    /// The events `range` of one visitor, and what they make together.
    struct Stretch {
        var range: Range<Int>
        var start: Int64
        var end: Int64
        /// Index of the event that the session's values come from.
        var first: Int
        var entryPage: UInt32?
        var exitPage: UInt32?
        var pageviews = 0
        var customEvents = 0
        var hasInteractiveEvent = false
        var engagedMilliseconds: Int64 = 0
        /// Known to who counts goals.
        var reachesGoal = false

        /// One pageview and no interactive custom event.
        var isBounce: Bool { pageviews == 1 && !hasInteractiveEvent }

        /// GA4's rule: 10 s of engaged time, 2 pageviews, or a goal.
        var isEngaged: Bool { engagedMilliseconds >= 10_000 || pageviews >= 2 || reachesGoal }
    }

    private static let longest = RotationCrossing.longestSession.milliseconds

    let kinds: EventKinds
    let timeouts: TimeoutTable

    /// The next session at or after `position`, or `nil` when the visitor's events end.
    ///
    /// - Parameter events: one visitor's, by time. Updates that belong to no session are skipped;
    ///   a session's range may hold none but its own events.
    func next(in events: UnsafeBufferPointer<FoldEvent>, from position: inout Int, to end: Int)
        -> Stretch?
    {
        while position < end, events[position].isEngagement { position += 1 }
        guard position < end else { return nil }
        let start = events[position].time
        var session = Stretch(range: position..<position, start: start, end: start, first: position)
        let lastPossible = start + Self.longest
        while position < end {
            let event = events[position]
            guard event.time - session.end <= timeouts.timeout(at: event.time),
                event.time <= lastPossible
            else { break }
            add(event, to: &session)
            position += 1
        }
        session.range = session.range.lowerBound..<position
        return session
    }

    private func add(_ event: FoldEvent, to session: inout Stretch) {
        session.end = event.time
        if event.isPageview {
            session.pageviews += 1
            if session.entryPage == nil { session.entryPage = event.page }
            session.exitPage = event.page
        } else if event.isEngagement {
            session.engagedMilliseconds += Int64(event.acquisition)
        } else {
            session.customEvents += 1
            if kinds[event.name].isInteractive { session.hasInteractiveEvent = true }
        }
    }
}

/// The session timeouts in force, by time; most sites have one.
struct TimeoutTable {
    private let starts: [Int64]
    private let timeouts: [Int64]

    init(epochs: [SiteEpoch]) {
        starts = epochs.map(\.start.milliseconds)
        timeouts = epochs.map(\.sessionTimeout.milliseconds)
    }

    func timeout(at time: Int64) -> Int64 {
        var index = timeouts.count - 1
        while index > 0, starts[index] > time { index -= 1 }
        return timeouts[index]
    }
}
