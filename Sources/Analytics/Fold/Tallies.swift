/// The rows of all days and dimensions while they are counted, one after the other in flat arrays:
/// a fold adds to some twenty of them for each session.
///
/// Distinct visitors need no set: a visitor's events come together, so a row that remembers the
/// last visitor it counted knows whether this one is new to it.
struct Tallies: ~Copyable {
    /// What is counted of one value on one day.
    struct Row: BitwiseCopyable {
        var visitors: Int32 = 0
        var newVisitors: Int32 = 0
        /// The same for the hour of the week that an hour's row stands for as well.
        var newVisitorsOfWeekdayHour: Int32 = 0
        var sessions: Int32 = 0
        var pageviews: Int32 = 0
        var events: Int32 = 0
        var bounces: Int32 = 0
        var engagedSessions: Int32 = 0
        var sessionMilliseconds: Int64 = 0
        var engagedMilliseconds: Int64 = 0
        var scrollDepthSum: Int64 = 0
        var scrolledSessions: Int32 = 0
        /// The visitor, by number of the fold, that was counted last.
        fileprivate var visitorStamp: UInt32 = 0
        fileprivate var sessionStamp: UInt32 = 0
        /// The session whose scroll depth was counted last, and how much of it.
        fileprivate var scrollStamp: UInt32 = 0
        fileprivate var scrollDepth: Int32 = 0
    }

    private static let unused: Int32 = -1

    /// Where each section's slots begin within a day's.
    private let starts: [Int]
    private let slotsOfDay: Int
    /// Day, section, value → its row; several values share the row of an `(other)`.
    private var slots: RowStore<Int32>
    /// Whether any value counts in the row of another.
    private var hasJoined = false
    /// By row, the slot that it is the row of.
    private var places: RowStore<Int>
    private(set) var rows: RowStore<Row>
    private var times = SessionTimes()
    /// By row; few have any.
    private var takings: [Int: [String: Takings]] = [:]

    /// - Parameter capacities: by section, how many values it may have.
    init(dayCount: Int, capacities: [Int]) {
        var starts = [0]
        for capacity in capacities { starts.append(starts[starts.count - 1] + capacity) }
        self.starts = starts
        slotsOfDay = starts[starts.count - 1]
        slots = RowStore(repeating: Self.unused, count: dayCount * slotsOfDay)
        places = RowStore(repeating: 0, count: 0)
        rows = RowStore(repeating: Row(), count: 0)
    }

    /// The row of a value, made when it is first asked for.
    @inline(__always)
    mutating func row(on day: Int, _ section: Int, of value: UInt32) -> Int {
        let place = day * slotsOfDay + starts[section] + Int(value)
        let slot = slots[place]
        return slot == Self.unused ? newRow(at: place) : Int(slot)
    }

    private mutating func newRow(at place: Int) -> Int {
        let row = rows.count
        slots[place] = Int32(row)
        places.append(place, filler: 0)
        rows.append(Row(), filler: Row())
        return row
    }

    /// How many values all sections have together.
    var placeCount: Int { slotsOfDay }

    /// A value's position among those of all sections.
    func place(_ section: Int, _ value: UInt32) -> Int { starts[section] + Int(value) }

    /// Whether the row of a value is its own, and not that of an `(other)`.
    @inline(__always)
    func isOwn(_ row: Int, on day: Int, _ section: Int, of value: UInt32) -> Bool {
        !hasJoined || places[row] == day * slotsOfDay + starts[section] + Int(value)
    }

    /// The values that have rows of their own, with these, by value.
    func rows(on day: Int, _ section: Int) -> [(value: UInt32, row: Int)] {
        let first = day * slotsOfDay + starts[section]
        var found: [(value: UInt32, row: Int)] = []
        for place in first..<(first + starts[section + 1] - starts[section]) {
            let slot = slots[place]
            guard slot != Self.unused, places[Int(slot)] == place else { continue }
            found.append((UInt32(place - first), Int(slot)))
        }
        return found
    }

    /// Lets a value count in the row of another.
    mutating func join(_ value: UInt32, to other: UInt32, on day: Int, _ section: Int) {
        hasJoined = true
        slots[day * slotsOfDay + starts[section] + Int(value)] =
            Int32(row(on: day, section, of: other))
    }

    // MARK: Counting

    /// - Returns: whether the visitor is new to the row.
    @discardableResult
    mutating func mark(_ row: Int, _ visitor: UInt32, isNew: Bool) -> Bool {
        rows[row].mark(visitor, isNew: isNew)
    }

    mutating func markWeekdayHour(_ row: Int) { rows[row].newVisitorsOfWeekdayHour += 1 }

    mutating func add(_ event: FoldEvent, to row: Int) { rows[row].add(event) }

    mutating func addScroll(to depth: Int, session: UInt32, row: Int) {
        rows[row].addScroll(to: depth, session: session)
    }

    /// Counts a session once, however many of its events the row has.
    mutating func addSession(_ session: UInt32, to row: Int) { rows[row].add(session: session) }

    mutating func add(_ revenue: Revenue, to row: Int) {
        takings[row, default: [:]][revenue.currency, default: Takings()] += Takings(of: revenue)
    }

    mutating func add(_ part: SessionPart, to row: Int) {
        rows[row].add(part)
        for revenue in part.revenues { add(revenue, to: row) }
    }

    mutating func addStart(of session: SessionStart, to row: Int) {
        rows[row].add(session)
        times.add(session, to: row)
    }

    /// Counts what was only noted so far; before rows are added to others, or read.
    mutating func settle() { times.settle() }

    /// Adds all of a row to another but its visitors, who may be among the other's already.
    mutating func addAllButVisitors(of source: Int, to row: Int) {
        rows[row].addAllButVisitors(of: rows[source])
        if let sold = takings[source] {
            for (currency, more) in sold {
                takings[row, default: [:]][currency, default: Takings()] += more
            }
        }
        times.add(row: source, to: row)
    }

    /// Adds the visitors of an hour to its hour of the week, which has no others.
    mutating func addVisitors(ofHour source: Int, toWeekdayHour row: Int) {
        rows[row].visitors += rows[source].visitors
        rows[row].newVisitors += rows[source].newVisitorsOfWeekdayHour
    }

    func figures(of row: Int) -> Figures {
        let counts = rows[row]
        var figures = Figures()
        figures.visitors = Int(counts.visitors)
        figures.newVisitors = Int(counts.newVisitors)
        figures.sessions = Int(counts.sessions)
        figures.pageviews = Int(counts.pageviews)
        figures.events = Int(counts.events)
        figures.bounces = Int(counts.bounces)
        figures.engagedSessions = Int(counts.engagedSessions)
        figures.sessionMilliseconds = counts.sessionMilliseconds
        figures.engagedMilliseconds = counts.engagedMilliseconds
        figures.scrollDepthSum = Int(counts.scrollDepthSum)
        figures.scrolledSessions = Int(counts.scrolledSessions)
        if let sold = takings[row] { figures.takings = sold }
        if counts.sessions > 0 {
            figures.durations = times[row].durations
            figures.engagements = times[row].engagements
        }
        return figures
    }
}

extension Tallies.Row {
    fileprivate mutating func mark(_ visitor: UInt32, isNew: Bool) -> Bool {
        guard visitorStamp != visitor else { return false }
        visitorStamp = visitor
        visitors += 1
        if isNew { newVisitors += 1 }
        return true
    }

    fileprivate mutating func add(_ event: FoldEvent) {
        if event.isPageview {
            pageviews += 1
        } else if event.isEngagement {
            engagedMilliseconds += Int64(event.acquisition)
        } else {
            events += 1
        }
    }

    fileprivate mutating func add(session: UInt32) {
        guard sessionStamp != session else { return }
        sessionStamp = session
        sessions += 1
    }

    /// Of several depths of one session the greatest counts.
    fileprivate mutating func addScroll(to depth: Int, session: UInt32) {
        if scrollStamp != session {
            scrollStamp = session
            scrollDepth = 0
            scrolledSessions += 1
        }
        let further = max(0, Int32(depth) - scrollDepth)
        scrollDepth += further
        scrollDepthSum += Int64(further)
    }

    fileprivate mutating func add(_ part: SessionPart) {
        pageviews += Int32(part.pageviews)
        events += Int32(part.events)
        engagedMilliseconds += part.engagedMilliseconds
    }

    fileprivate mutating func add(_ session: SessionStart) {
        sessions += 1
        sessionMilliseconds += session.milliseconds
        if session.isEngaged { engagedSessions += 1 }
        if session.isBounce { bounces += 1 }
    }

    fileprivate mutating func addAllButVisitors(of row: Self) {
        sessions += row.sessions
        pageviews += row.pageviews
        events += row.events
        bounces += row.bounces
        engagedSessions += row.engagedSessions
        sessionMilliseconds += row.sessionMilliseconds
        engagedMilliseconds += row.engagedMilliseconds
        scrollDepthSum += row.scrollDepthSum
        scrolledSessions += row.scrolledSessions
    }
}
