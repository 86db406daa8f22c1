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
    }

    private static let unused: Int32 = -1

    /// Value → its row; several values share the row of `(other)`.
    private var slots: [Int32]
    private(set) var values: [UInt32] = []
    var rows: [Row] = []
    /// The row that all other values share; `nil` while each has its own.
    private(set) var otherRow: Int?

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

    /// An empty tally in which the values of `kept` have rows of their own and all others share
    /// one.
    func emptied(keeping kept: [UInt32]) -> Tally {
        var tally = Tally(capacity: slots.count)
        for value in kept { _ = tally.row(of: value) }
        guard kept.count < values.count else { return tally }
        let other = tally.rows.count
        tally.rows.append(Row())
        tally.otherRow = other
        for value in values where tally.slots[Int(value)] == Self.unused {
            tally.slots[Int(value)] = Int32(other)
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
    /// Whether the visitor was seen: an engagement update alone makes nobody seen.
    var isSeen = false

    mutating func add(_ event: FoldEvent) {
        switch event.name {
        case FoldEvent.engagement: engagedMilliseconds += Int64(event.acquisition)
        case FoldEvent.pageview:
            pageviews += 1
            isSeen = true
        default:
            events += 1
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
        if part.isSeen { mark(visitor, isNew: isNew) }
    }

    mutating func mark(_ visitor: UInt32, isNew: Bool) {
        guard visitorStamp != visitor else { return }
        visitorStamp = visitor
        figures.visitors += 1
        if isNew { figures.newVisitors += 1 }
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
        switch event.name {
        case FoldEvent.pageview: pageviews += 1
        case FoldEvent.engagement: engagedMilliseconds += Int64(event.acquisition)
        default: events += 1
        }
    }
}
