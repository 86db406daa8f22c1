package import Analytics

extension QueryAnswer {
    /// `{"site","timezone","from","to","as_of","metrics","dimension","rows","totals",
    /// "at_least"}`, `"filters"` where there are any, and `"currency"` and `"other_currencies"` where
    /// orders or revenue were asked for and there are any, and `"since"` with goals, funnels or
    /// channels of the site's own that began within the range: days as `2026-11-22`, `as_of` in UTC,
    /// `dimension` `null` without one, and `null` where a figure does not exist. Rates are 0…1,
    /// times are in seconds.
    package var json: JSONValue {
        .object(
            [
                .init("site", .string(site.name)), .init("timezone", .string(timeZone)),
                .init("from", .string(days.lowerBound.description)),
                .init("to", .string(days.upperBound.description)),
                .init("as_of", .string(asOf.description)),
                .init("metrics", .array(metrics.map { .string($0.rawValue) })),
                .init("dimension", JSONValue(breakdown)),
                .init(
                    "rows",
                    .array(
                        rows.map { row in
                            .object(
                                [.init("value", .string(row.value))]
                                    + JSONValue.members(metrics, row.figures))
                        })),
                .init("totals", .object(JSONValue.members(metrics, totals))),
                .init("at_least", .bool(atLeast)),
            ] + JSONValue.members(filter) + currencyMembers + sinceMembers)
    }
}

extension QueryAnswer {
    /// The dimension as it is asked for: `page`, `property:plan`.
    var breakdown: String? {
        dimension.map { $0.rawValue + (propertyName.map { ":" + $0 } ?? "") }
    }

    private var sinceMembers: [JSONValue.Member] {
        guard !since.isEmpty else { return [] }
        let days = since.sorted { $0.key < $1.key }
            .map { JSONValue.Member($0.key, .string($0.value.description)) }
        return [.init("since", .object(days))]
    }

    private var currencyMembers: [JSONValue.Member] {
        guard let currency else { return [] }
        return [
            .init("currency", .string(currency)),
            .init("other_currencies", .array(otherCurrencies.map { .string($0) })),
        ]
    }
}

extension JSONValue {
    /// Each condition as it is written on the command line: `"filters":["source=Google"]`.
    static func members(_ filter: SessionFilter?) -> [Member] {
        guard let filter else { return [] }
        return [Member("filters", .array(filter.conditions.map { .string($0.text) }))]
    }
}

extension Session {
    /// A line of NDJSON is this value's `text` and a newline. Times are in UTC; what is unknown is
    /// `null`, as are `visit_number` and `days_since_last_visit` under a daily rotation. Never
    /// holds the visitor.
    package var json: JSONValue {
        func value(_ dimension: Analytics.Dimension) -> JSONValue {
            let text = values[dimension] ?? Analytics.Dimension.unknownValue
            return text == Analytics.Dimension.unknownValue ? .null : .string(text)
        }
        return [
            "start": .string(start.description), "end": .string(end.description),
            "duration_seconds": .number(duration.seconds),
            "entry_page": JSONValue(entryPage), "exit_page": JSONValue(exitPage),
            "pageviews": .integer(pageviews), "events": .integer(events),
            "engaged_seconds": .number(Double(engagedMilliseconds) / 1_000),
            "bounce": .bool(isBounce),
            "source": value(.source), "channel": value(.channel), "country": value(.country),
            "browser": value(.browser), "os": value(.os), "device": value(.device),
            "visit_number": JSONValue(visitNumber),
            "days_since_last_visit": JSONValue(daysSinceLastVisit),
        ]
    }
}

extension Books {
    /// `{"received":n,"kept":n,"dropped":{"bot":n,…}}` with every reason, also those of which
    /// there are none; two notes beside them, `"shared_visitors":n` of visitors that are most likely
    /// several people and `"scrubbed":n` of events whose page's address had something replaced; and, when events were deleted before they could be folded,
    /// `"lost_events":n,"lost":true`: received = kept + dropped + lost. n is 0 when nobody can say.
    package var json: JSONValue { .object(jsonMembers) }

    var jsonMembers: [JSONValue.Member] {
        let reasons = DropReason.allCases.map {
            JSONValue.Member($0.rawValue, .integer(dropped[$0] ?? 0))
        }
        return [
            .init("received", .integer(received)), .init("kept", .integer(kept)),
            .init("dropped", .object(reasons)),
            .init("shared_visitors", .integer(sharedVisitors)),
            .init("scrubbed", .integer(scrubbed)),
        ] + (lost ? [.init("lost_events", .integer(lostEvents)), .init("lost", true)] : [])
    }
}

extension JSONValue {
    /// Counts are written without a fraction.
    init(_ value: Double?, isCount: Bool) {
        guard let value else {
            self = .null
            return
        }
        self = isCount ? .integer(Int(value)) : .number(value)
    }

    static func members(_ metrics: [Metric], _ figures: [Double?]) -> [Member] {
        zip(metrics, figures).map { Member($0.rawValue, JSONValue($1, isCount: $0.isCount)) }
    }
}
