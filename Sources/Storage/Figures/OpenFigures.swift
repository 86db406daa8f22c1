package import Analytics

/// The figures of a range of a site's days: sums of rollups for the days that these hold, and a
/// fold of raw events, made once, for the days that they don't.
package struct OpenFigures: Sendable {
    private let database: MainDatabase
    private let site: Site
    package let days: ClosedRange<LocalDay>
    /// Days answered by stored rollups.
    private let stored: Set<LocalDay>
    /// Days folded here, by day.
    private let live: [LocalDay: DayFigures]
    package let countsVisitorsExactly: Bool
    /// Partitions that these figures should have been folded from and that can't be read: the days
    /// that need them have the figures of their last rollup, or none.
    package let unreadable: [UnreadablePartition]
    package let asOf: Instant

    init(
        reader: FigureReader, site: Site, days: ClosedRange<LocalDay>, filter: SessionFilter?,
        dimensions: Set<Dimension>, progress: (Int, Int) -> Void
    ) throws(StorageError) {
        var input = try FoldInput(folder: reader.folder, database: reader.database)
        var plan = try LivePlan(reader: reader, site: site, days: days, filter: filter, input)
        var live: [LocalDay: DayFigures] = [:]
        reading: while true {
            switch try plan.fold(reader, dimensions, progress) {
            case .figures(let figures):
                live = Dictionary(uniqueKeysWithValues: figures.map { ($0.day, $0) })
                break reading
            case .unreadable(let failed):
                // Only reading to the end showed it: the plan is made anew without.
                input.note(failed)
                plan = try LivePlan(
                    reader: reader, site: site, days: days, filter: filter, input)
            }
        }
        database = reader.database
        self.site = site
        self.days = days
        stored = plan.stored
        countsVisitorsExactly = plan.countsVisitorsExactly
        unreadable = plan.unreadable
        self.live = live
        asOf = plan.asOf
    }

    /// The sums over the whole range, in total and by value of a dimension.
    ///
    /// - Parameter metrics: what they are for; `nil` for whatever.
    package func figures(
        dimension: Dimension?, for metrics: [Metric]? = nil
    ) throws(StorageError) -> RangeFigures {
        var (totals, rows) = try database.sum(
            of: site, on: stored, dimension: dimension,
            parts: metrics.map(FigureParts.init) ?? .all)
        for day in live.values {
            totals += day.totals
            guard let dimension else { continue }
            for (value, figures) in day.rows[dimension] ?? [:] {
                rows[value, default: Figures()] += figures
            }
        }
        return RangeFigures(
            totals: totals, rows: rows, countsVisitorsExactly: countsVisitorsExactly, asOf: asOf)
    }

    /// The totals of each day that has any.
    package func totalsByDay() throws(StorageError) -> [LocalDay: Figures] {
        var totals: [LocalDay: Figures] = [:]
        if let first = stored.min(), let last = stored.max() {
            totals = try database.totals(of: site, on: first...last)
                .filter { stored.contains($0.key) }
        }
        for (day, figures) in live { totals[day] = figures.totals }
        return totals
    }

    /// Figures of one dimension on one day: hours of today, for a chart.
    package func rows(of dimension: Dimension, on day: LocalDay) throws(StorageError) -> [String:
        Figures]
    {
        if let figures = live[day] { return figures.rows[dimension] ?? [:] }
        return try database.sum(of: site, on: stored.intersection([day]), dimension: dimension).rows
    }
}
