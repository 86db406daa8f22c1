import Analytics

extension Oracle {
    /// A value of a dimension, or the site in all.
    struct Key: Hashable {
        var day: LocalDay
        var dimension: Dimension?
        var value: String
    }

    /// What is counted for it, every single one remembered.
    struct Row {
        var visitors: Set<String> = []
        var newVisitors = 0
        /// By number.
        var sessions: Set<Int> = []
        var pageviews = 0
        var events = 0
        var bounces = 0
        var engagedSessions = 0
        var sessionMilliseconds: Int64 = 0
        var engagedMilliseconds: Int64 = 0
        var durations: [Int64] = []
        var engagements: [Int64] = []
        var revenues: [Revenue] = []
        /// By session, the greatest.
        var scrollDepths: [Int: Int] = [:]

        var figures: Figures {
            var figures = Figures()
            figures.visitors = visitors.count
            figures.newVisitors = newVisitors
            figures.sessions = sessions.count
            figures.pageviews = pageviews
            figures.events = events
            figures.bounces = bounces
            figures.engagedSessions = engagedSessions
            figures.sessionMilliseconds = sessionMilliseconds
            figures.engagedMilliseconds = engagedMilliseconds
            for duration in durations { figures.durations.add(duration) }
            for engagement in engagements { figures.engagements.add(engagement) }
            for revenue in revenues {
                figures.takings[revenue.currency, default: Takings()].minorUnits +=
                    revenue.minorUnits
                if revenue.minorUnits >= 0 { figures.takings[revenue.currency]!.orders += 1 }
            }
            figures.scrollDepthSum = scrollDepths.values.reduce(0, +)
            figures.scrolledSessions = scrollDepths.count
            return figures
        }
    }

    /// - Parameter filter: keeps the sessions that match; then events without a visitor are left
    ///   out.
    func rows(where filter: ((Visit) -> Bool)? = nil) -> [Key: Row] {
        var rows: [Key: Row] = [:]
        // A visitor is new to a value once in a salt period.
        var known: Set<[String]> = []
        for (number, visit) in shownVisits.enumerated() where filter?(visit) ?? true {
            let values: [(Dimension?, String)] =
                visit.values.map { ($0.key, $0.value) } + steps(of: visit) + [(nil, "")]
            for placed in visit.events {
                let reached = goals(of: placed)
                let ofEvent = Self.eventValues(placed) + reached.map { (.goal, $0.name) }
                for (dimension, value) in values + ofEvent {
                    let key = Key(day: placed.day, dimension: dimension, value: value)
                    let goal = dimension == .goal ? reached.first { $0.name == value } : nil
                    count(placed, in: &rows[key, default: Row()], worth: goal?.value)
                    if dimension == .page || dimension == .title,
                        case .engagement(_, let depth?) = placed.event.kind
                    {
                        let known = rows[key]!.scrollDepths[number] ?? 0
                        rows[key]!.scrollDepths[number] = max(known, depth)
                    }
                    guard !placed.isEngagement else { continue }
                    rows[key]!.visitors.insert(visit.visitor)
                    let sight = [dimension?.rawValue ?? "", value, visit.visitor, placed.period]
                    if known.insert(sight).inserted { rows[key]!.newVisitors += 1 }
                }
                for (dimension, value) in ofEvent
                where dimension != .hour && dimension != .weekdayHour && !placed.isEngagement {
                    let key = Key(day: placed.day, dimension: dimension, value: value)
                    rows[key]!.sessions.insert(number)
                }
            }
            let first = visit.events[0]
            for (dimension, value) in values
                + [(.hour, first.hour), (.weekdayHour, first.weekdayHour)]
            {
                let key = Key(day: visit.events[0].day, dimension: dimension, value: value)
                count(visit, number, in: &rows[key, default: Row()])
            }
        }
        guard filter == nil else { return rows }
        for placed in events where placed.visitor == nil && !placed.isEngagement {
            for (dimension, value) in Self.eventValues(placed) + [(nil, "")] {
                let key = Key(day: placed.day, dimension: dimension, value: value)
                count(placed, in: &rows[key, default: Row()])
            }
            for goal in goals(of: placed) {
                let key = Key(day: placed.day, dimension: .goal, value: goal.name)
                count(placed, in: &rows[key, default: Row()], worth: goal.value)
            }
        }
        return rows
    }

    static func eventValues(_ placed: Placed) -> [(Dimension?, String)] {
        let hours: [(Dimension?, String)] = [
            (.hour, placed.hour), (.weekdayHour, placed.weekdayHour),
        ]
        if case .engagement(0, nil) = placed.event.kind { return [] }
        let page = placed.event.page
        let name = placed.customName
        let own: [(Dimension?, String)] =
            name.map { [(.event, $0)] }
            ?? [(.page, page.path), (.title, page.title.isEmpty ? "(none)" : page.title)]
        guard !placed.isEngagement else { return hours + own }
        let properties = placed.event.properties.map { property -> (Dimension?, String) in
            switch (property.name, name) {
            case ("search_term", _): (.searchTerm, property.value)
            case ("url", "Outbound Link: Click"): (.outboundLink, property.value)
            case ("url", "File Download"): (.download, property.value)
            case ("path", "404"): (.notFound, property.value)
            default: (.property, "\(property.name)=\(property.value)")
            }
        }
        let isMissingItself = name == "404" && !properties.contains { $0.0 == .notFound }
        return hours + own + properties + (isMissingItself ? [(.notFound, page.path)] : [])
    }

    private func count(_ placed: Placed, in row: inout Row, worth value: Revenue? = nil) {
        switch placed.event.kind {
        case .pageview: row.pageviews += 1
        case .custom: row.events += 1
        case .engagement(let milliseconds, _):
            row.engagedMilliseconds += milliseconds
            return
        }
        if let revenue = value ?? placed.event.revenue { row.revenues.append(revenue) }
    }

    private func count(_ visit: Visit, _ number: Int, in row: inout Row) {
        let duration = (visit.end - visit.start).milliseconds
        row.sessions.insert(number)
        row.sessionMilliseconds += duration
        row.engagements.append(visit.engagedMilliseconds)
        if visit.engagedMilliseconds >= 10_000 || visit.views.count >= 2
            || visit.events.contains(where: { !goals(of: $0).isEmpty })
        {
            row.engagedSessions += 1
        }
        if visit.isBounce { row.bounces += 1 } else { row.durations.append(duration) }
    }

    /// The figures of each day that has any.
    func figures() -> [LocalDay: DayFigures] {
        var days: [LocalDay: DayFigures] = [:]
        for (key, row) in rows() {
            if let dimension = key.dimension {
                days[key.day, default: DayFigures(day: key.day)]
                    .rows[dimension, default: [:]][key.value] = row.figures
            } else {
                days[key.day, default: DayFigures(day: key.day)].totals = row.figures
            }
        }
        for visit in visits {
            for day in Set(visit.events.map(\.day)) {
                let last = days[day]?.lastActivity ?? visit.end
                days[day, default: DayFigures(day: day)].lastActivity = max(last, visit.end)
            }
        }
        for (day, shared) in sharedVisitors() { days[day]?.sharedVisitors = shared }
        return days
    }

    /// On each day, the visitors with over 300 pageviews or over 20 sessions.
    func sharedVisitors() -> [LocalDay: Int] {
        struct Busy: Hashable { var visitor: String, day: LocalDay }
        var views: [Busy: Int] = [:]
        var starts: [Busy: Int] = [:]
        for visit in shownVisits {
            starts[Busy(visitor: visit.visitor, day: visit.events[0].day), default: 0] += 1
            for view in visit.views {
                views[Busy(visitor: visit.visitor, day: view.day), default: 0] += 1
            }
        }
        let shared = Set(views.filter { $0.value > 300 }.keys)
            .union(starts.filter { $0.value > 20 }.keys)
        return Dictionary(grouping: shared, by: \.day).mapValues(\.count)
    }
}
