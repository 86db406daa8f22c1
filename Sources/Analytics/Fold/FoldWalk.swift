/// One walk over a site's events that counts the figures of all days and dimensions.
struct FoldWalk {
    private static let dimensionCount = Dimension.allCases.count

    private let fold: SiteFold
    private let days: ClosedRange<LocalDay>
    private var table: DayTable
    /// Number of `(none)` among a dimension's terms, and those that only the fold knows.
    private var extraTerms: Vocabulary
    private let pageNone: UInt32
    private let hourTerms: [[UInt32]]

    private var totals: [Tally.Row]
    private var tallies: [Tally]
    private var lastActivity: [Int64?]
    /// Per dimension and value the visitor that was last seen with it on any day, so that a
    /// visitor is new to a value once in its salt period.
    private var everSeen: [[UInt32]]
    private var everSeenInTotal: UInt32 = 0

    private var visitorNumber: UInt32 = 0
    private var sessionNumber: UInt32 = 0

    init(fold: SiteFold, days: ClosedRange<LocalDay>, events: [FoldEvent]) {
        self.fold = fold
        self.days = days
        table = DayTable(calendar: fold.calendar, days: days)
        var terms = fold.vocabulary
        pageNone = terms.term("", of: .page)
        hourTerms = table.hours.map { hours in hours.map { terms.term($0.label, of: .hour) } }
        for number in 1...VisitTerms.highest { _ = terms.term(String(number), of: .visitNumber) }
        _ = terms.term("", of: .daysSinceLastVisit)
        for number in 0...VisitTerms.highest {
            _ = terms.term(String(number), of: .daysSinceLastVisit)
        }
        extraTerms = terms
        let counts = Dimension.allCases.map { terms.count(of: $0) }
        let dayCount = days.lowerBound.distance(to: days.upperBound) + 1
        totals = Array(repeating: Tally.Row(), count: dayCount)
        lastActivity = Array(repeating: nil, count: dayCount)
        tallies = (0..<dayCount).flatMap { _ in counts.map(Tally.init(capacity:)) }
        everSeen = counts.map { Array(repeating: 0, count: $0) }
    }

    mutating func run(_ events: [FoldEvent]) {
        var history = VisitHistory(calendar: fold.calendar)
        // One check of bounds and uniqueness for millions of reads; used inside the closure alone.
        events.withUnsafeBufferPointer { events in
            countWithoutVisitor(events)
            fold.forEachSession(in: events) { span, isFirstOfVisitor in
                if isFirstOfVisitor {
                    visitorNumber += 1
                    history.begin()
                }
                sessionNumber += 1
                let visit = history.next(startingAt: Instant(milliseconds: span.start))
                guard fold.filter?.matches(span, events, fold, visit) ?? true else { return }
                count(span, events, visit)
            }
        }
    }

    // MARK: Counting

    private mutating func count(
        _ span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?
    ) {
        let startDay = table.index(of: span.start)
        var part = SessionPart(day: startDay)
        var parts: [SessionPart] = []
        for index in span.range {
            let event = events[index]
            let day = table.index(of: event.time)
            if day != part.day {
                parts.append(part)
                part = SessionPart(day: day)
            }
            part.add(event)
            count(event, on: day)
        }
        let values = sessionValues(span, events, visit)
        if parts.isEmpty {
            add(span, part, values, isStart: true)
        } else {
            parts.append(part)
            for (index, part) in parts.enumerated() {
                add(span, part, values, isStart: index == 0)
            }
        }
        if let startDay {
            lastActivity[startDay] = max(lastActivity[startDay] ?? span.end, span.end)
            let hour = hourTerms[startDay][table.hourIndex(of: span.start, day: startDay)]
            let key = startDay * Self.dimensionCount + Dimension.hour.index
            let row = tallies[key].row(of: hour)
            tallies[key].rows[row].figures.addSession(span)
        }
    }

    /// Adds a part to the totals and to the value of each session dimension.
    private mutating func add(
        _ span: Sessionizer.Stretch, _ part: SessionPart, _ values: SessionValues, isStart: Bool
    ) {
        let visitor = visitorNumber
        let marks = marksAsSeen(isSeen: part.isSeen, on: part.day)
        let isNew = part.isSeen && everSeenInTotal != visitor
        if marks { everSeenInTotal = visitor }
        if let day = part.day {
            totals[day].add(part, visitor, isNew: isNew)
            if isStart { totals[day].figures.addSession(span) }
        }
        for (dimension, value) in values {
            let isNew = part.isSeen && everSeen[dimension][Int(value)] != visitor
            if marks { everSeen[dimension][Int(value)] = visitor }
            guard let day = part.day else { continue }
            let key = day * Self.dimensionCount + dimension
            let row = tallies[key].row(of: value)
            tallies[key].rows[row].add(part, visitor, isNew: isNew)
            if isStart { tallies[key].rows[row].figures.addSession(span) }
        }
    }

    /// Days before the ones asked for count for the salt period, not for a range's own count.
    private func marksAsSeen(isSeen: Bool, on day: Int?) -> Bool {
        isSeen && (day != nil || fold.newVisitors == .saltPeriod)
    }

    /// Adds an event to the event dimensions.
    private mutating func count(_ event: FoldEvent, on day: Int?) {
        if event.name > 0 {
            count(event, fold.vocabulary.names[Int(event.name)].term, of: .event, on: day)
        } else {
            let page = fold.vocabulary.pages[Int(event.page)]
            count(event, page.path, of: .page, on: day)
            count(event, page.title, of: .title, on: day)
        }
        if let day {
            let hour = hourTerms[day][table.hourIndex(of: event.time, day: day)]
            count(event, hour, of: .hour, on: day)
        }
    }

    private mutating func count(
        _ event: FoldEvent, _ value: UInt32, of dimension: Dimension, on day: Int?
    ) {
        let isSeen = event.name != FoldEvent.engagement
        let isNew = isSeen && everSeen[dimension.index][Int(value)] != visitorNumber
        if marksAsSeen(isSeen: isSeen, on: day) {
            everSeen[dimension.index][Int(value)] = visitorNumber
        }
        guard let day else { return }
        let key = day * Self.dimensionCount + dimension.index
        let index = tallies[key].row(of: value)
        tallies[key].rows[index].figures.addEvent(event)
        guard isSeen else { return }
        tallies[key].rows[index].mark(visitorNumber, isNew: isNew)
        // An hour has the sessions that start in it; other events those that have such an event.
        if dimension != .hour, tallies[key].rows[index].sessionStamp != sessionNumber {
            tallies[key].rows[index].sessionStamp = sessionNumber
            tallies[key].rows[index].figures.sessions += 1
        }
    }

    /// Pageviews and events without a visitor count in the totals, their page or event and hour;
    /// they belong to no session. A filter keeps sessions, so it leaves them out.
    private mutating func countWithoutVisitor(_ events: UnsafeBufferPointer<FoldEvent>) {
        guard fold.filter == nil else { return }
        for event in events where event.visitor == FoldEvent.noVisitor {
            guard event.name != FoldEvent.engagement, let day = table.index(of: event.time) else {
                continue
            }
            totals[day].figures.addEvent(event)
            var values: [(Dimension, UInt32)] = [
                (.hour, hourTerms[day][table.hourIndex(of: event.time, day: day)])
            ]
            if event.name > 0 {
                values.append((.event, fold.vocabulary.names[Int(event.name)].term))
            } else {
                let page = fold.vocabulary.pages[Int(event.page)]
                values += [(.page, page.path), (.title, page.title)]
            }
            for (dimension, value) in values {
                let key = day * Self.dimensionCount + dimension.index
                let row = tallies[key].row(of: value)
                tallies[key].rows[row].figures.addEvent(event)
            }
        }
    }

    // MARK: Values

    private typealias SessionValues = [(dimension: Int, value: UInt32)]

    private static let acquisitionIndexes = Vocabulary.acquisitionDimensions.map(\.index)
    private static let profileIndexes = Vocabulary.profileDimensions.map(\.index)

    private func sessionValues(
        _ span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?
    ) -> SessionValues {
        let vocabulary = fold.vocabulary
        let first = events[span.first]
        var values: SessionValues = []
        values.reserveCapacity(Self.dimensionCount)
        func path(_ page: UInt32?) -> UInt32 {
            page.map { vocabulary.pages[Int($0)].path } ?? pageNone
        }
        values.append((Dimension.entryPage.index, path(span.entryPage)))
        values.append((Dimension.exitPage.index, path(span.exitPage)))
        let acquisition = vocabulary.acquisitions[Int(first.acquisition)]
        for (position, dimension) in Self.acquisitionIndexes.enumerated() {
            values.append((dimension, acquisition[position]))
        }
        let profile = vocabulary.profiles[Int(first.profile)]
        for (position, dimension) in Self.profileIndexes.enumerated() {
            values.append((dimension, profile[position]))
        }
        if let visit {
            values.append((Dimension.visitNumber.index, VisitTerms.number(visit.number)))
            values.append(
                (Dimension.daysSinceLastVisit.index, VisitTerms.daysSince(visit.daysSinceLast)))
        }
        return values
    }

    // MARK: Limits and result

    /// Prepares a second walk that counts all but the largest values of a dimension together;
    /// `false` when no day has too many.
    mutating func limitTallies() -> Bool {
        var limited: [Int: Tally] = [:]
        for (key, tally) in tallies.enumerated() {
            let dimension = Dimension.allCases[byIndex: key % Self.dimensionCount]
            let limit = fold.limit(dimension)
            guard tally.values.count > limit else { continue }
            let largest = tally.values.indices.sorted { left, right in
                let (a, b) = (size(tally.rows[left], dimension), size(tally.rows[right], dimension))
                if a != b { return a > b }
                return extraTerms.text(tally.values[left], of: dimension)
                    < extraTerms.text(tally.values[right], of: dimension)
            }.prefix(limit)
            limited[key] = tally.emptied(keeping: largest.map { tally.values[$0] })
        }
        guard !limited.isEmpty else { return false }
        for key in tallies.indices {
            tallies[key] = limited[key] ?? tallies[key].emptied(keeping: tallies[key].values)
        }
        limitedKeys = Set(limited.keys)
        for index in totals.indices { totals[index] = Tally.Row() }
        for index in everSeen.indices {
            everSeen[index] = Array(repeating: 0, count: everSeen[index].count)
        }
        (everSeenInTotal, visitorNumber, sessionNumber) = (0, 0, 0)
        return true
    }

    private var limitedKeys: Set<Int> = []

    private func size(_ row: Tally.Row, _ dimension: Dimension) -> Int {
        switch dimension {
        case .page, .title: row.figures.pageviews
        case .event: row.figures.events
        default: row.figures.sessions
        }
    }

    func result() -> [DayFigures] {
        totals.indices.map { day in
            var rows: [Dimension: [String: Figures]] = [:]
            for dimension in Dimension.allCases {
                let key = day * Self.dimensionCount + dimension.index
                let tally = tallies[key]
                var values: [String: Figures] = [:]
                for (index, value) in tally.values.enumerated() {
                    values[extraTerms.text(value, of: dimension)] = tally.rows[index].figures
                }
                if limitedKeys.contains(key) {
                    values[Dimension.otherValue] = tally.rows.last?.figures
                }
                if !values.isEmpty { rows[dimension] = values }
            }
            return DayFigures(
                day: days.lowerBound.advanced(by: day), totals: totals[day].figures, rows: rows,
                lastActivity: lastActivity[day].map(Instant.init(milliseconds:)))
        }
    }
}

/// Numbers of visits and of days between them as terms: the fold makes them first, in order.
enum VisitTerms {
    /// More visits than this in one salt period count as this many.
    static let highest = 400

    static func number(_ visit: Int) -> UInt32 { UInt32(min(visit, highest) - 1) }

    /// `(none)` for a visitor's first session.
    static func daysSince(_ days: Int?) -> UInt32 { days.map { UInt32(min($0, highest) + 1) } ?? 0 }
}

extension [Dimension] {
    fileprivate subscript(byIndex index: Int) -> Dimension { Self.byIndex[index] }
    private static let byIndex = Dimension.allCases.sorted { $0.index < $1.index }
}
