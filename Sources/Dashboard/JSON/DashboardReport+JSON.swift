import Analytics

extension DashboardReport {
    /// The report as data: numbers as numbers, days as `2026-11-22`, `null` where a figure does
    /// not exist. Panels stand in the order of the dashboard's file:
    ///
    ///     {"site":…,"timezone":…,"period":"30d","title":…,"from":…,"to":…,"as_of":…,
    ///      "state":"figures","panels":[
    ///       {"panel":"now","visitors":7},
    ///       {"panel":"header","figures":[{"metric":"visitors_a_day","value":416.2,
    ///         "change":{"kind":"relative","value":0.12}},…]},
    ///       {"panel":"chart","metric":"visitors","unit":"day","before_from":…,"before_to":…,
    ///         "points":[{"day":…,"value":400,"before":380,"complete":true},…]},
    ///       {"panel":"table","title":…,"dimension":"page","metrics":[…],"values":213,
    ///         "at_least":false,"rows":[{"value":"/","visitor_days":10,"share":0.4},…]},
    ///       {"panel":"books","received":…,"kept":…,"dropped":{…}}],
    ///      "notes":[{"text":…,"warning":false}]}
    ///
    /// `state` is `figures`, `no_event_yet` (then with `tracker_line`) or `empty_period` (then with
    /// `first_day`). A change is `relative` (0.12: 12 % more), `points` (of a rate), or `new`; a
    /// chart of hours has an `hour` in each point. With a filter `filters` stands before `panels`.
    package var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("site", .string(site.name)),
            .init("timezone", .string(timeZone)),
            .init("period", .string(period)),
            .init("title", .string(periodTitle)),
            .init("from", .string(days.lowerBound.description)),
            .init("to", .string(days.upperBound.description)),
            .init("as_of", .string(asOf.instant.description)),
        ]
        switch state {
        case .figures: members.append(.init("state", "figures"))
        case .noEventYet(let trackerLine):
            members.append(.init("state", "no_event_yet"))
            members.append(.init("tracker_line", .string(trackerLine)))
        case .emptyPeriod(let firstDay):
            members.append(.init("state", "empty_period"))
            members.append(.init("first_day", .string(firstDay.description)))
        }
        members += JSONValue.members(filter)
        members.append(.init("panels", .array(panels.map(\.json))))
        let notes = notes.map { note in
            ["text": .string(note.text), "warning": .bool(note.isWarning)] as JSONValue
        }
        members.append(.init("notes", .array(notes)))
        return .object(members)
    }
}

extension DashboardReport.Panel {
    fileprivate var json: JSONValue {
        switch self {
        case .now(let visitors): ["panel": "now", "visitors": .integer(visitors)]
        case .header(let figures):
            ["panel": "header", "figures": .array(figures.map(\.json))]
        case .chart(let series): series.json
        case .table(let table): table.json
        case .books(let books): .object([.init("panel", "books")] + books.jsonMembers)
        }
    }
}

extension HeaderFigure {
    fileprivate var json: JSONValue {
        let isCount = if case .metric(let metric) = kind { metric.isCount } else { false }
        return [
            "metric": .string(kind.name), "value": JSONValue(value, isCount: isCount),
            "change": change?.json ?? .null,
        ]
    }
}

extension Change {
    fileprivate var json: JSONValue {
        switch self {
        case .relative(let value): ["kind": "relative", "value": .number(value)]
        case .points(let value): ["kind": "points", "value": .number(value)]
        case .new: ["kind": "new"]
        }
    }
}

extension ChartSeries {
    fileprivate var json: JSONValue {
        [
            "panel": "chart", "metric": .string(metric.rawValue), "unit": .string(unit.rawValue),
            "before_from": JSONValue(daysBefore?.lowerBound.description),
            "before_to": JSONValue(daysBefore?.upperBound.description),
            "points": .array(
                points.map { point in
                    var members = [JSONValue.Member("day", .string(point.day.description))]
                    if let hour = point.hour { members.append(.init("hour", .string(hour))) }
                    members += [
                        .init("value", JSONValue(point.value, isCount: metric.isCount)),
                        .init("before", JSONValue(point.before, isCount: metric.isCount)),
                        .init("complete", .bool(point.isComplete)),
                    ]
                    return .object(members)
                }),
        ]
    }
}

extension ReportTable {
    fileprivate var json: JSONValue {
        [
            "panel": "table", "title": .string(title), "dimension": .string(dimension.rawValue),
            "metrics": .array(metrics.map { .string($0.rawValue) }),
            "values": .integer(valueCount), "at_least": .bool(isAtLeast),
            "rows": .array(
                rows.map { row in
                    .object(
                        [.init("value", .string(row.value))]
                            + JSONValue.members(metrics, row.figures)
                            + [.init("share", JSONValue(row.share))])
                }),
        ]
    }
}
