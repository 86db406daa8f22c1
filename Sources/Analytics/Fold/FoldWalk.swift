/// One walk over a site's events that counts the figures of all days and dimensions.
///
/// What adds up is counted once a session by its acquisition and its profile as a whole, and brought
/// to their sixteen dimensions when the walk is over (`FoldWalk+Result`); visitors do not add up,
/// and are counted in each dimension.
struct FoldWalk: ~Copyable {
    let fold: SiteFold
    let days: ClosedRange<LocalDay>
    let table: DayTable
    let terms: WalkTerms
    private let hasGoals: Bool
    var tallies: Tallies
    private(set) var lastActivity: [Int64?]
    private(set) var sharedVisitors: SharedVisitors

    /// Stands for the visitor of the moment in the salt period of the moment: what was seen
    /// before under the same number is not new to the period.
    private var sighting: UInt32 = 0
    /// By section and value the last sighting, on any day.
    private var everSeen: RowStore<UInt32>
    private var period: Int?

    private var visitorNumber: UInt32 = 0
    private var sessionNumber: UInt32 = 0

    /// - Parameter times: of the first and the last event.
    init(fold: SiteFold, days: ClosedRange<LocalDay>, times: ClosedRange<Int64>?) {
        self.fold = fold
        self.days = days
        table = DayTable(calendar: fold.calendar, asked: days, times: times)
        terms = WalkTerms(
            vocabulary: fold.vocabulary, table: table, goals: fold.goals,
            dimensions: fold.dimensions)
        hasGoals = !fold.goals.goals.isEmpty
        lastActivity = Array(repeating: nil, count: days.count)
        sharedVisitors = SharedVisitors(dayCount: days.count)
        tallies = Tallies(dayCount: days.count, capacities: terms.capacities)
        everSeen = RowStore(repeating: 0, count: tallies.placeCount)
    }

    /// Begins anew, with the rows that values are to count in.
    mutating func restart(_ tallies: consuming Tallies) {
        self.tallies = tallies
        sharedVisitors = SharedVisitors(dayCount: days.count)
        everSeen.fill(with: 0)
        (visitorNumber, sessionNumber, sighting) = (0, 0, 0)
    }

    mutating func run(_ events: EventBuckets) {
        events.forEachSorted { walk($0) }
        sharedVisitors.endVisitor()
        rollUp()
    }

    private mutating func walk(_ events: [FoldEvent]) {
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
    }

    // MARK: Sessions

    /// A session that is hidden may still become one that is not: its days are not over before it.
    private mutating func noteActivity(
        of span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>
    ) {
        for index in span.range {
            guard let day = position(of: table.index(of: events[index].time)) else { continue }
            noteActivity(until: span.end, on: day)
        }
    }

    private mutating func noteActivity(until end: Int64, on day: Int) {
        lastActivity[day] = max(lastActivity[day] ?? end, end)
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
            let day = table.index(of: event.time, likely: part.day)
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
        let start = SessionStart(span)
        if parts.isEmpty {
            add(part, start, values, until: span.end)
        } else {
            parts.append(part)
            for (index, part) in parts.enumerated() {
                add(part, index == 0 ? start : nil, values, until: span.end)
            }
        }
        guard terms.countsHours, let day = position(of: startDay) else { return }
        let hour = terms.hours[startDay][table.hourIndex(of: span.start, day: startDay)]
        let row = tallies.row(on: day, Dimension.hour.index, of: hour.hour)
        tallies.addStart(of: start, to: row)
    }

    /// A visitor that a session takes into the next salt period is new to that one too.
    private mutating func enter(_ day: Int) {
        guard table.periods[day] != period else { return }
        period = table.periods[day]
        sighting += 1
    }

    /// Adds a part to the totals and to the value of each session dimension.
    ///
    /// - Parameter start: `nil` for a part that is not the session's first.
    private mutating func add(
        _ part: SessionPart, _ start: SessionStart?, _ values: WalkTerms.SessionValues,
        until end: Int64
    ) {
        let day = position(of: part.day)
        sharedVisitors.add(part, on: day, startsSession: start != nil)
        let marks = marksAsSeen(isSeen: part.isSeen, on: day)
        guard let day else {
            guard marks else { return }
            terms.forEachSection(of: values) { section, value in
                everSeen[tallies.place(section, value)] = part.sighting
            }
            return
        }
        noteActivity(until: end, on: day)
        countWhole(part, start, WalkTerms.acquisitions, values.acquisition, on: day)
        countWhole(part, start, WalkTerms.profiles, values.profile, on: day)
        terms.forEachSection(of: values) { section, value in
            let isCountedWhole = terms.isCountedWhole[section]
            guard isCountedWhole || part.isSeen else { return }
            let row =
                isCountedWhole
                ? countWhole(part, start, section, value, on: day)
                : tallies.row(on: day, section, of: value)
            let isNew = see(value, section, row, on: day, part.sighting, marks: marks)
            if part.isSeen { tallies.mark(row, visitorNumber, isNew: isNew) }
        }
    }

    /// - Returns: the value's row.
    @discardableResult
    private mutating func countWhole(
        _ part: SessionPart, _ start: SessionStart?, _ section: Int, _ value: UInt32, on day: Int
    ) -> Int {
        let row = tallies.row(on: day, section, of: value)
        tallies.add(part, to: row)
        if let start { tallies.addStart(of: start, to: row) }
        return row
    }

    // MARK: Who is new

    /// Whether a sighting is the first of a row's value; remembers it.
    private mutating func see(
        _ value: UInt32, _ section: Int, _ row: Int, on day: Int, _ sighting: UInt32, marks: Bool
    ) -> Bool {
        let isNew = isNew(tallies.place(section, value), sighting, marks: marks)
        // Which values are in `(other)` is another question each day: what was seen on the days
        // before must not depend on which of them are folded together, so all are new there.
        return isNew || !tallies.isOwn(row, on: day, section, of: value)
    }

    private mutating func isNew(_ place: Int, _ sighting: UInt32, marks: Bool) -> Bool {
        let isNew = everSeen[place] != sighting
        if marks { everSeen[place] = sighting }
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

    // MARK: Events

    /// Adds a plain pageview or an engagement update to the event dimensions.
    private mutating func count(_ event: FoldEvent, on day: Int) {
        countGoals(of: event, on: day)
        let page = fold.vocabulary.pages[Int(event.page)]
        count(event, page.path, of: .page, on: day)
        count(event, page.title, of: .title, on: day)
        countHour(of: event, on: day)
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
        countHour(of: event, on: day, revenue)
    }

    private mutating func countGoals(
        of event: FoldEvent, on day: Int, _ revenue: Revenue? = nil
    ) {
        guard hasGoals else { return }
        for goal in fold.goals.goals(of: event) {
            let value = fold.goals.goals[goal].value ?? revenue
            count(event, terms.goals[goal], of: .goal, on: day, value)
        }
    }

    private mutating func count(
        _ event: FoldEvent, _ value: UInt32, of dimension: Dimension, on day: Int,
        _ revenue: Revenue? = nil
    ) {
        let section = dimension.index
        guard terms.isWanted[section] else { return }
        let isSeen = !event.isEngagement
        let position = position(of: day)
        let marks = marksAsSeen(isSeen: isSeen, on: position)
        guard let position else {
            if marks { everSeen[tallies.place(section, value)] = sighting }
            return
        }
        let row = tallies.row(on: position, section, of: value)
        tallies.add(event, to: row)
        if let revenue { tallies.add(revenue, to: row) }
        if let depth = event.scrollDepth {
            tallies.addScroll(to: depth, session: sessionNumber, row: row)
        }
        guard isSeen else { return }
        let isNew = see(value, section, row, on: position, sighting, marks: marks)
        tallies.mark(row, visitorNumber, isNew: isNew)
        tallies.addSession(sessionNumber, to: row)
    }

    /// Adds an event to its hour, which stands for its hour of the week too: within a day the two
    /// have the same events, and differ in who is new to them.
    private mutating func countHour(
        of event: FoldEvent, on day: Int, _ revenue: Revenue? = nil
    ) {
        guard terms.countsHours else { return }
        let hour = terms.hours[day][table.hourIndex(of: event.time, day: day)]
        let position = position(of: day)
        let marks = marksAsSeen(isSeen: !event.isEngagement, on: position)
        let place = tallies.place(Dimension.hour.index, hour.hour)
        let weekdayPlace = tallies.place(Dimension.weekdayHour.index, hour.weekdayHour)
        let isNew = isNew(place, sighting, marks: marks)
        let isNewInWeek = self.isNew(weekdayPlace, sighting, marks: marks)
        guard let position else { return }
        let row = tallies.row(on: position, Dimension.hour.index, of: hour.hour)
        tallies.add(event, to: row)
        if let revenue { tallies.add(revenue, to: row) }
        if !event.isEngagement, tallies.mark(row, visitorNumber, isNew: isNew), isNewInWeek {
            tallies.markWeekdayHour(row)
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
            func add(_ value: UInt32, _ section: Int, _ revenue: Revenue?) {
                let row = tallies.row(on: position, section, of: value)
                tallies.add(event, to: row)
                if let revenue { tallies.add(revenue, to: row) }
            }
            add(0, WalkTerms.totals, revenue)
            for (dimension, value) in terms.eventValues(of: event)
            where terms.isWanted[dimension.index] {
                add(value, dimension.index, revenue)
            }
            if terms.countsHours {
                let hour = terms.hours[day][table.hourIndex(of: event.time, day: day)]
                add(hour.hour, Dimension.hour.index, revenue)
            }
            for goal in fold.goals.goals(of: event) where terms.isWanted[Dimension.goal.index] {
                let value = fold.goals.goals[goal].value ?? revenue
                add(terms.goals[goal], Dimension.goal.index, value)
            }
        }
    }
}
