/// The figures of one dimension on one day while they are counted: a row for each value seen.
///
/// Distinct visitors need no set: a visitor's events come together, so a row that remembers the
/// last visitor it counted knows whether this one is new to it.
struct Tally {
    struct Row {
        var figures = Figures()
        /// The visitor, by number of the fold, that was counted last.
        var visitorStamp: UInt32 = 0
        var sessionStamp: UInt32 = 0
        /// The session whose scroll depth was counted last, and how much of it.
        var scrollStamp: UInt32 = 0
        var scrollDepth: Int32 = 0
    }

    private static let unused: Int32 = -1

    /// Value → its row; several values share the row of an `(other)`.
    private var slots: [Int32]
    /// By row, the value that it is the row of.
    private(set) var values: [UInt32] = []
    var rows: [Row] = []

    init(capacity: Int) {
        slots = Array(repeating: Self.unused, count: capacity)
    }

    /// The row of a value, made when it is first seen.
    mutating func row(of value: UInt32) -> Int {
        let slot = slots[Int(value)]
        if slot != Self.unused { return Int(slot) }
        let row = rows.count
        slots[Int(value)] = Int32(row)
        values.append(value)
        rows.append(Row())
        return row
    }

    /// An empty tally in which the values of `kept` have rows of their own and all others count
    /// in the row of what `other` names.
    func emptied(keeping kept: [UInt32], other: (UInt32) -> UInt32) -> Tally {
        var tally = Tally(capacity: slots.count)
        for value in kept { _ = tally.row(of: value) }
        for value in values where tally.slots[Int(value)] == Self.unused {
            tally.slots[Int(value)] = Int32(tally.row(of: other(value)))
        }
        return tally
    }
}

/// What a session brings to one of the days that it touches.
struct SessionPart {
    /// Position among all days of the fold.
    var day: Int
    /// See `FoldWalk.sighting`.
    var sighting: UInt32
    var pageviews = 0
    var events = 0
    var engagedMilliseconds: Int64 = 0
    var revenues: [Revenue] = []
    /// Whether the visitor was seen: an engagement update alone makes nobody seen.
    var isSeen = false

    mutating func add(_ event: FoldEvent) {
        if event.isEngagement {
            engagedMilliseconds += Int64(event.acquisition)
        } else {
            if event.isPageview { pageviews += 1 } else { events += 1 }
            isSeen = true
        }
    }
}

// Counting mutates rows in place: these are methods of the row, so that no copy of the tallies is
// made for a call (a copy of all rows for each session once made the fold forty times slower).

extension Tally.Row {
    mutating func add(_ part: SessionPart, _ visitor: UInt32, isNew: Bool) {
        figures.pageviews += part.pageviews
        figures.events += part.events
        figures.engagedMilliseconds += part.engagedMilliseconds
        for revenue in part.revenues { figures.add(revenue) }
        if part.isSeen { mark(visitor, isNew: isNew) }
    }

    mutating func mark(_ visitor: UInt32, isNew: Bool) {
        guard visitorStamp != visitor else { return }
        visitorStamp = visitor
        figures.visitors += 1
        if isNew { figures.newVisitors += 1 }
    }

    /// Of several depths of one session the greatest counts.
    mutating func addScroll(to depth: Int, session: UInt32) {
        if scrollStamp != session {
            scrollStamp = session
            scrollDepth = 0
            figures.scrolledSessions += 1
        }
        let further = max(0, Int32(depth) - scrollDepth)
        scrollDepth += further
        figures.scrollDepthSum += Int(further)
    }
}

extension Figures {
    mutating func addSession(_ span: Sessionizer.Stretch) {
        sessions += 1
        sessionMilliseconds += span.end - span.start
        engagements.add(span.engagedMilliseconds)
        if span.isEngaged { engagedSessions += 1 }
        if span.isBounce {
            bounces += 1
        } else {
            durations.add(span.end - span.start)
        }
    }

    mutating func addEvent(_ event: FoldEvent) {
        if event.isPageview {
            pageviews += 1
        } else if event.isEngagement {
            engagedMilliseconds += Int64(event.acquisition)
        } else {
            events += 1
        }
    }
}
