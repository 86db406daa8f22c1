/// A question to a site's figures: site, period, metrics, dimension, filter → rows.
package struct Query: Hashable, Sendable {
    package var days: ClosedRange<LocalDay>
    package var metrics: [Metric]
    package var dimension: Dimension?
    /// Of `property`: only the values of this one.
    package var propertyName: String?
    package var filter: SessionFilter?
    /// Of orders and revenue; `nil` takes the one with the most orders.
    package var currency: String?
    /// The most rows to give; totals are of all values.
    package var limit: Int?

    package init(
        days: ClosedRange<LocalDay>, metrics: [Metric], dimension: Dimension? = nil,
        propertyName: String? = nil, filter: SessionFilter? = nil, currency: String? = nil,
        limit: Int? = nil
    ) {
        self.days = days
        self.metrics = metrics
        self.dimension = dimension
        self.propertyName = propertyName
        self.filter = filter
        self.currency = currency
        self.limit = limit
    }
}

/// What figures a range of days has, summed; the input to `QueryAnswer`.
package struct RangeFigures: Sendable {
    package var totals: Figures
    package var rows: [String: Figures]
    /// Whether the newVisitors of these days add up to an exact distinct count.
    package var countsVisitorsExactly: Bool
    /// The figures hold data up to here.
    package var asOf: Instant

    package init(
        totals: Figures, rows: [String: Figures], countsVisitorsExactly: Bool, asOf: Instant
    ) {
        self.totals = totals
        self.rows = rows
        self.countsVisitorsExactly = countsVisitorsExactly
        self.asOf = asOf
    }
}

/// Rows in falling order of the first metric; where `visitors` can't be exact, `visitor_days`
/// stands in its place, in metrics, rows and totals alike (I9).
package struct QueryAnswer: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package var value: String
        /// One for each metric; `nil` where the dimension has no such figure.
        package var figures: [Double?]
    }

    package var site: Domain
    package var timeZone: String
    package var days: ClosedRange<LocalDay>
    package var asOf: Instant
    package var metrics: [Metric]
    package var dimension: Dimension?
    package var propertyName: String?
    package var filter: SessionFilter?
    /// That orders and revenue are in; `nil` when there are none, or nobody asked for them.
    package var currency: String?
    /// Others that there are orders in.
    package var otherCurrencies: [String] = []
    /// Goals, funnels and the site's own channels, by name, that days before these know nothing of.
    package var since: [String: LocalDay] = [:]
    package var rows: [Row]
    package var totals: [Double?]
    /// A day of the range keeps only its largest values, the rest as `(other)`: a value's figures
    /// may be larger than said.
    package var atLeast: Bool

    package init(site: Site, query: Query, figures: RangeFigures) {
        let isExact = figures.countsVisitorsExactly
        let isOneDay = query.days.lowerBound == query.days.upperBound
        var metrics: [Metric] = []
        for metric in query.metrics {
            let answered = metric == .visitors && !isExact ? .visitorDays : metric
            if !metrics.contains(answered) { metrics.append(answered) }
        }
        let sells = metrics.contains { $0.isMoney || $0 == .orders }
        // What goals are worth is in their rows alone.
        let sold =
            query.dimension == .goal
            ? figures.rows.values.reduce(into: figures.totals, +=) : figures.totals
        let currency = query.currency ?? sold.mainCurrency
        let allSessions = figures.totals.sessions
        func values(_ figures: Figures, _ dimension: Dimension?) -> [Double?] {
            let visitors = isOneDay ? figures.visitors : isExact ? figures.newVisitors : nil
            return metrics.map {
                $0.value(
                    of: figures, exactVisitors: visitors, in: dimension,
                    allSessions: allSessions, currency: currency)
            }
        }
        self.site = site.domain
        timeZone = site.calendar.epoch(at: figures.asOf).timeZone
        days = query.days
        asOf = figures.asOf
        self.metrics = metrics
        dimension = query.dimension
        propertyName = query.propertyName
        filter = query.filter
        if sells {
            self.currency = currency
            otherCurrencies = sold.takings.keys.filter { $0 != currency }.sorted()
        }
        let definitions =
            switch query.dimension {
            case .goal: site.settings.goals.map { ($0.name, $0.since) }
            case .funnelStep: site.settings.funnels.map { ($0.name, $0.since) }
            // Of a standard channel's name earlier days do know something.
            case .channel:
                site.settings.channels.filter { !$0.isStandard }.map { ($0.name, $0.since) }
            default: [(String, LocalDay?)]()
            }
        for (name, day) in definitions {
            if let day, day > query.days.lowerBound { since[name] = day }
        }
        totals = values(figures.totals, nil)
        let named = query.propertyName.map(figures.rows.values(ofProperty:)) ?? figures.rows
        // Values of a property may also be where all of too many properties are.
        atLeast =
            figures.rows[Dimension.otherValue] != nil
            || query.dimension == .property
                && named.keys.contains {
                    $0 == Dimension.otherValue || $0.hasSuffix("=" + Dimension.otherValue)
                }
        let sorted =
            named
            .map { Row(value: $0.key, figures: values($0.value, query.dimension)) }
            .sorted(by: Self.precedes)
        rows = query.limit.map { Array(sorted.prefix($0)) } ?? sorted
    }

    private static func precedes(_ left: Row, _ right: Row) -> Bool {
        let (a, b) = (left.figures.first ?? nil, right.figures.first ?? nil)
        if a != b { return (a ?? -1) > (b ?? -1) }
        return left.value < right.value
    }
}

extension [String: Figures] {
    /// Of rows by `name=value`, those of one name by value. `(other)` may hold more of them.
    fileprivate func values(ofProperty name: String) -> [String: Figures] {
        let start = Dimension.property(named: name, value: "")
        var values: [String: Figures] = [:]
        for (text, figures) in self {
            // Byte by byte: a sign that combines with the `=` is the value's.
            guard text.utf8.starts(with: start.utf8) else { continue }
            let value = text.utf8.dropFirst(start.utf8.count)
            values[String(decoding: value, as: UTF8.self)] = figures
        }
        return values
    }
}
