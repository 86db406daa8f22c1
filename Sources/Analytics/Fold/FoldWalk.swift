/// One walk over a site's events that counts the figures of all days and dimensions.
struct FoldWalk {
    static let dimensionCount = Dimension.allCases.count

    private let fold: SiteFold
    private let days: ClosedRange<LocalDay>
    private var table: DayTable
    private let terms: WalkTerms

    private var totals: [Tally.Row]
    /// By day asked for, then dimension.
    private var tallies: [Tally]
    private var lastActivity: [Int64?]
    private var sharedVisitors: SharedVisitors

    /// Stands for the visitor of the moment in the salt period of the moment: what was seen
    /// before under the same number is not new to the period.
    private var sighting: UInt32 = 0
    /// Per dimension and value the last sighting, on any day.
    private var everSeen: [[UInt32]]
    private var everSeenInTotal: UInt32 = 0
    private var period: Int?

    private var visitorNumber: UInt32 = 0
    private var sessionNumber: UInt32 = 0

    init(fold: SiteFold, days: ClosedRange<LocalDay>, events: [FoldEvent]) {
        self.fold = fold
        self.days = days
        var times: ClosedRange<Int64>?
        if let first = events.first?.time {
            let bounds = events.reduce((first, first)) { (min($0.0, $1.time), max($0.1, $1.time)) }
            times = bounds.0...bounds.1
        }
        table = DayTable(calendar: fold.calendar, asked: days, times: times)
        terms = WalkTerms(vocabulary: fold.vocabulary, table: table, goals: fold.goals)
        totals = Array(repeating: Tally.Row(), count: days.count)
        lastActivity = Array(repeating: nil, count: days.count)
        sharedVisitors = SharedVisitors(dayCount: days.count)
        let counts = terms.counts
        tallies = days.flatMap { _ in counts.map(Tally.init(capacity:)) }
        everSeen = counts.map { Array(repeating: 0, count: $0) }
    }

    mutating func run(_ events: [FoldEvent]) {
        var history = VisitHistory(calendar: fold.calendar)
        let (filter, exclusions) = (fold.filter, fold.exclusions)
        // One check of bounds and uniqueness for millions of reads; used inside the closure alone.
        events.withUnsafeBufferPointer { events in
            countWithoutVisitor(events)
            fold.forEachSession(in: events) { span, isFirstOfVisitor in
                var span = span
                if !span.isEngaged { span.reachesGoal = fold.goals.reachesGoal(span, events) }
                if isFirstOfVisitor {
                    visitorNumber += 1
                    period = nil
                    sharedVisitors.endVisitor()
                    history.begin()
                }
                sessionNumber += 1
                let visit = history.next(startingAt: Instant(milliseconds: span.start))
                func hour() -> String {
                    let day = table.index(of: span.start)
                    return table.hours[day][table.hourIndex(of: span.start, day: day)].weekdayLabel
                }
                guard filter?.matches(span, events, visit, hour: hour) ?? true else { return }
                if exclusions.contains(where: { $0.matches(span, events, visit, hour: hour) }) {
                    noteActivity(of: span, events)
                } else {
                    count(span, events, visit)
                }
            }
        }
        sharedVisitors.endVisitor()
    }

    // MARK: Counting

    /// A session that is hidden may still become one that is not: its days are not over before it.
    private mutating func noteActivity(
        of span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>
    ) {
        for index in span.range {
            guard let day = position(of: table.index(of: events[index].time)) else { continue }
            lastActivity[day] = max(lastActivity[day] ?? span.end, span.end)
        }
    }

    private mutating func count(
        _ span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?
    ) {
        let startDay = table.index(of: span.start)
        enter(startDay)
        var part = SessionPart(day: startDay, sighting: sighting)
        var parts: [SessionPart] = []
        for index in span.range {
            let event = events[index]
            let day = table.index(of: event.time)
            if day != part.day {
                parts.append(part)
                enter(day)
                part = SessionPart(day: day, sighting: sighting)
            }
            part.add(event)
            if event.isEngagement || event.name == FoldEvent.pageview {
                // What brings nothing makes no row of zeros.
                if !event.isEmpty { count(event, on: day) }
            } else {
                count(event, fold.vocabulary.kinds[event.name], on: day, &part)
            }
        }
        let values = terms.values(of: span, events, visit, fold.goals)
        if parts.isEmpty {
            add(span, part, values, isStart: true)
        } else {
            parts.append(part)
            for (index, part) in parts.enumerated() {
                add(span, part, values, isStart: index == 0)
            }
        }
        guard let day = position(of: startDay) else { return }
        let hour = terms.hours[startDay][table.hourIndex(of: span.start, day: startDay)]
        addStart(of: span, hour.hour, .hour, day)
        addStart(of: span, hour.weekdayHour, .weekdayHour, day)
    }

    private mutating func addStart(
        of span: Sessionizer.Stretch, _ hour: UInt32, _ dimension: Dimension, _ day: Int
    ) {
        let key = day * Self.dimensionCount + dimension.index
        let row = tallies[key].row(of: hour)
        tallies[key].rows[row].figures.addSession(span)
    }

    /// A visitor that a session takes into the next salt period is new to that one too.
    private mutating func enter(_ day: Int) {
        guard table.periods[day] != period else { return }
        period = table.periods[day]
        sighting += 1
    }

    /// Adds a part to the totals and to the value of each session dimension.
    private mutating func add(
        _ span: Sessionizer.Stretch, _ part: SessionPart, _ values: WalkTerms.SessionValues,
        isStart: Bool
    ) {
        let visitor = visitorNumber
        let day = position(of: part.day)
        sharedVisitors.add(part, on: day, startsSession: isStart)
        let marks = marksAsSeen(isSeen: part.isSeen, on: day)
        let isNew = everSeenInTotal != part.sighting
        if marks { everSeenInTotal = part.sighting }
        if let day {
            lastActivity[day] = max(lastActivity[day] ?? span.end, span.end)
            totals[day].add(part, visitor, isNew: isNew)
            if isStart { totals[day].figures.addSession(span) }
        }
        for (dimension, value) in values {
            guard let day else {
                if marks { everSeen[dimension][Int(value)] = part.sighting }
                continue
            }
            let key = day * Self.dimensionCount + dimension
            let row = tallies[key].row(of: value)
            let isNew = see(value, dimension, row, key, part.sighting, marks: marks)
            tallies[key].rows[row].add(part, visitor, isNew: isNew)
            if isStart { tallies[key].rows[row].figures.addSession(span) }
        }
    }

    /// Whether a sighting is the first of a row's value; remembers it.
    private mutating func see(
        _ value: UInt32, _ dimension: Int, _ row: Int, _ key: Int, _ sighting: UInt32, marks: Bool
    ) -> Bool {
        var isNew = everSeen[dimension][Int(value)] != sighting
        if marks { everSeen[dimension][Int(value)] = sighting }
        // Which values are in `(other)` is another question each day: what was seen on the days
        // before must not depend on which of them are folded together, so all are new there.
        if tallies[key].values[row] != value { isNew = true }
        return isNew
    }

    /// Days before the ones asked for count for the salt period, not for a range's own count.
    private func marksAsSeen(isSeen: Bool, on day: Int?) -> Bool {
        isSeen && (day != nil || fold.newVisitors == .saltPeriod)
    }

    /// A day's position among those asked for.
    private func position(of day: Int) -> Int? {
        table.asked.contains(day) ? day - table.asked.lowerBound : nil
    }

    /// Adds a plain pageview or an engagement update to the event dimensions.
    private mutating func count(_ event: FoldEvent, on day: Int) {
        countGoals(of: event, on: day)
        let page = fold.vocabulary.pages[Int(event.page)]
        count(event, page.path, of: .page, on: day)
        count(event, page.title, of: .title, on: day)
        countHours(of: event, on: day)
    }

    /// Adds a custom event, or a pageview that brings something.
    private mutating func count(
        _ event: FoldEvent, _ kind: EventKind, on day: Int, _ part: inout SessionPart
    ) {
        let revenue = kind.details.revenue
        if let revenue { part.revenues.append(revenue) }
        for (dimension, value) in terms.eventValues(of: event) {
            count(event, value, of: dimension, on: day, revenue)
        }
        countGoals(of: event, on: day, revenue)
        countHours(of: event, on: day, revenue)
    }

    private mutating func countGoals(
        of event: FoldEvent, on day: Int, _ revenue: Revenue? = nil
    ) {
        for goal in fold.goals.goals(of: event) {
            let value = fold.goals.goals[goal].value ?? revenue
            count(event, terms.goals[goal], of: .goal, on: day, value)
        }
    }

    private mutating func countHours(
        of event: FoldEvent, on day: Int, _ revenue: Revenue? = nil
    ) {
        let hour = terms.hours[day][table.hourIndex(of: event.time, day: day)]
        count(event, hour.hour, of: .hour, on: day, revenue)
        count(event, hour.weekdayHour, of: .weekdayHour, on: day, revenue)
    }

    private mutating func count(
        _ event: FoldEvent, _ value: UInt32, of dimension: Dimension, on day: Int,
        _ revenue: Revenue? = nil
    ) {
        let isSeen = !event.isEngagement
        let position = position(of: day)
        let marks = marksAsSeen(isSeen: isSeen, on: position)
        guard let position else {
            if marks { everSeen[dimension.index][Int(value)] = sighting }
            return
        }
        let key = position * Self.dimensionCount + dimension.index
        let row = tallies[key].row(of: value)
        tallies[key].rows[row].figures.addEvent(event)
        if let revenue { tallies[key].rows[row].figures.add(revenue) }
        if let depth = event.scrollDepth, !dimension.isOfTime {
            tallies[key].rows[row].addScroll(to: depth, session: sessionNumber)
        }
        guard isSeen else { return }
        let isNew = see(value, dimension.index, row, key, sighting, marks: marks)
        tallies[key].rows[row].mark(visitorNumber, isNew: isNew)
        // An hour has the sessions that start in it; other events those that have such an event.
        if !dimension.isOfTime, tallies[key].rows[row].sessionStamp != sessionNumber {
            tallies[key].rows[row].sessionStamp = sessionNumber
            tallies[key].rows[row].figures.sessions += 1
        }
    }

    /// Pageviews and events without a visitor count in the totals, their page or event and hour;
    /// they belong to no session. A filter keeps sessions, so it leaves them out.
    private mutating func countWithoutVisitor(_ events: UnsafeBufferPointer<FoldEvent>) {
        guard fold.filter == nil else { return }
        for event in events {
            // They come first: no visitor's number is smaller.
            guard event.visitor == FoldEvent.noVisitor else { break }
            let day = table.index(of: event.time)
            guard !event.isEngagement, let position = position(of: day) else { continue }
            let revenue = fold.vocabulary.kinds[event.name].details.revenue
            totals[position].figures.addEvent(event)
            if let revenue { totals[position].figures.add(revenue) }
            let hour = terms.hours[day][table.hourIndex(of: event.time, day: day)]
            func add(_ value: UInt32, _ dimension: Dimension, _ revenue: Revenue?) {
                let key = position * Self.dimensionCount + dimension.index
                let row = tallies[key].row(of: value)
                tallies[key].rows[row].figures.addEvent(event)
                if let revenue { tallies[key].rows[row].figures.add(revenue) }
            }
            for (dimension, value) in terms.eventValues(of: event) + [
                (.hour, hour.hour), (.weekdayHour, hour.weekdayHour),
            ] {
                add(value, dimension, revenue)
            }
            for goal in fold.goals.goals(of: event) {
                add(terms.goals[goal], .goal, fold.goals.goals[goal].value ?? revenue)
            }
        }
    }

    // MARK: Limits and result

    /// Prepares a second walk that counts all but the largest values of a dimension together;
    /// `false` when no day has too many.
    mutating func limitTallies() -> Bool {
        var isLimited = false
        let limited = tallies.indices.map { key in
            let dimension = Dimension.indexed[key % Self.dimensionCount]
            let kept = largest(of: tallies[key], dimension)
            isLimited = isLimited || kept.count < tallies[key].values.count
            let other = terms.others(of: dimension, keeping: kept)
            return tallies[key].emptied(keeping: kept, other: other)
        }
        guard isLimited else { return false }
        tallies = limited
        for index in totals.indices { totals[index] = Tally.Row() }
        for index in everSeen.indices {
            everSeen[index] = Array(repeating: 0, count: everSeen[index].count)
        }
        sharedVisitors = SharedVisitors(dayCount: days.count)
        (everSeenInTotal, visitorNumber, sessionNumber, sighting) = (0, 0, 0, 0)
        return true
    }

    private func largest(of tally: Tally, _ dimension: Dimension) -> [UInt32] {
        let limit = fold.limit(dimension)
        let fewest = dimension == .property ? min(limit, Dimension.mostProperties) : limit
        guard tally.values.count > fewest else { return tally.values }
        func text(_ row: Int) -> String { terms.text(tally.values[row], of: dimension) }
        let sorted = tally.values.indices
            // A value that is called so itself is part of the rest.
            .filter { tally.values[$0] != terms.other(of: tally.values[$0], in: dimension) }
            .sorted { left, right in
                let (a, b) = (size(tally.rows[left], dimension), size(tally.rows[right], dimension))
                return a != b ? a > b : text(left) < text(right)
            }
        guard dimension == .property else { return sorted.prefix(limit).map { tally.values[$0] } }
        // The names that are met most, each with a limit of its own.
        var sizes: [String: Int] = [:]
        for row in tally.values.indices {
            sizes[terms.propertyName(of: tally.values[row]), default: 0] +=
                size(tally.rows[row], dimension)
        }
        let names = sizes.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            .prefix(Dimension.mostProperties).map(\.key)
        var rest = Dictionary(uniqueKeysWithValues: names.map { ($0, limit) })
        return sorted.map { tally.values[$0] }.filter { value in
            let name = terms.propertyName(of: value)
            guard let left = rest[name], left > 0 else { return false }
            rest[name] = left - 1
            return true
        }
    }

    private func size(_ row: Tally.Row, _ dimension: Dimension) -> Int {
        switch dimension {
        case .page, .title: row.figures.pageviews
        case .event, .property, .searchTerm, .outboundLink, .download, .notFound, .goal:
            row.figures.pageviews + row.figures.events
        default: row.figures.sessions
        }
    }

    func result() -> [DayFigures] {
        days.enumerated().map { position, day in
            var rows: [Dimension: [String: Figures]] = [:]
            for dimension in Dimension.allCases {
                let tally = tallies[position * Self.dimensionCount + dimension.index]
                var values: [String: Figures] = [:]
                for (row, value) in tally.values.enumerated() {
                    values[terms.text(value, of: dimension)] = tally.rows[row].figures
                }
                if !values.isEmpty { rows[dimension] = values }
            }
            return DayFigures(
                day: day, totals: totals[position].figures, rows: rows,
                lastActivity: lastActivity[position].map(Instant.init(milliseconds:)),
                sharedVisitors: sharedVisitors.counts[position])
        }
    }
}
