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
    private let countsVisitorsExactly: Bool
    package let asOf: Instant

    init(
        reader: FigureReader, site: Site, days: ClosedRange<LocalDay>, filter: SessionFilter?
    ) throws(StorageError) {
        let plan = try LivePlan(reader: reader, site: site, days: days, filter: filter)
        database = reader.database
        self.site = site
        self.days = days
        stored = plan.stored
        countsVisitorsExactly = plan.countsVisitorsExactly
        var live: [LocalDay: DayFigures] = [:]
        if let range = plan.live {
            for figures in try plan.fold(range, reader) { live[figures.day] = figures }
        }
        self.live = live
        asOf = plan.asOf
    }

    /// The sums over the whole range, in total and by value of a dimension.
    package func figures(dimension: Dimension?) throws(StorageError) -> RangeFigures {
        var (totals, rows) = try database.sum(of: site, on: stored, dimension: dimension)
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

/// Which days of a range rollups answer, and which a fold of raw events.
private struct LivePlan {
    private let site: Site
    private let calendar: SiteCalendar
    private let filter: SessionFilter?
    private let countsFromRangeStart: Bool
    private(set) var stored: Set<LocalDay> = []
    /// From the first to the last day that needs a fold.
    private(set) var live: ClosedRange<LocalDay>?
    private(set) var countsVisitorsExactly = false
    private(set) var asOf: Instant

    init(
        reader: FigureReader, site: Site, days: ClosedRange<LocalDay>, filter: SessionFilter?
    ) throws(StorageError) {
        self.site = site
        self.filter = filter
        let calendar = site.calendar
        self.calendar = calendar
        let now = reader.clock.now()
        let input = try FoldInput(folder: reader.folder, database: reader.database)
        let rollups = try reader.database.rollupDays(of: site)
        let imported = try reader.database.importedDays(of: site)
        func isFoldable(_ day: LocalDay) -> Bool {
            input.isFoldable(day, calendar: calendar, importID: imported[day])
        }
        let known = days.filter { day in input.hasBeacons(of: site, on: day) || rollups[day] != nil
        }

        // Inside one salt period visitors are known again: a range of days has an exact count.
        let isOneDay = days.lowerBound == days.upperBound
        let period = calendar.saltPeriod(containing: calendar.start(of: days.lowerBound))
        let isInPeriod = calendar.end(of: days.upperBound) <= period.end
        let startsPeriod = calendar.start(of: days.lowerBound) <= period.start
        let isSmall = try reader.isSmallEnough(days, calendar)
        let canFoldAll = known.allSatisfy(isFoldable) && isSmall
        countsFromRangeStart = !isOneDay && isInPeriod && !startsPeriod && canFoldAll
        countsVisitorsExactly = isOneDay || isInPeriod && (startsPeriod || canFoldAll)

        if filter != nil {
            if let frozen = known.first(where: { !isFoldable($0) }) {
                throw .frozenDay(frozen, answerableFrom: input.firstFoldableDay(of: site, imported))
            }
            guard isSmall else {
                let count = try reader.countOfEvents(days, calendar)
                throw .tooManyEvents(count: count, limit: FigureReader.liveLimit)
            }
        }

        asOf = now
        let mustFoldAll = filter != nil || countsFromRangeStart
        var needed: [LocalDay] = []
        for day in known {
            if let rollup = rollups[day], !mustFoldAll,
                rollup.isSealed
                    || rollup.input == input.fingerprint(of: day, site, calendar)
                        && rollup.rulesVersion == FoldInput.rulesVersion
            {
                stored.insert(day)
            } else if isFoldable(day) {
                needed.append(day)
            } else if rollups[day] != nil {
                stored.insert(day)
            }
        }
        guard let first = needed.first, let last = needed.last else { return }
        let isSmallSpan = try reader.isSmallEnough(first...last, calendar)
        let isAnswerable = mustFoldAll || isSmallSpan
        if isAnswerable {
            live = first...last
            stored.subtract(first...last)
        } else {
            // Too much to fold while somebody waits: the last rollups, as of their run.
            for day in needed {
                guard let rollup = rollups[day] else { continue }
                stored.insert(day)
                asOf = min(asOf, rollup.foldedAt)
            }
        }
    }

    func fold(
        _ days: ClosedRange<LocalDay>, _ reader: FigureReader
    ) throws(StorageError) -> [DayFigures] {
        let window = try EventReader(folder: reader.folder).read(
            sites: [site.id], from: FoldWindow.start(of: days.lowerBound, in: calendar),
            to: FoldWindow.end(of: days.upperBound, in: calendar))
        return SiteFold(
            site: site, vocabulary: window.vocabulary, filter: filter,
            countsNewVisitorsFrom: countsFromRangeStart ? .rangeStart : .saltPeriod
        ).figures(of: window.ordered(site.id), on: days)
    }
}

extension FigureReader {
    fileprivate func countOfEvents(
        _ days: ClosedRange<LocalDay>, _ calendar: SiteCalendar
    ) throws(StorageError) -> Int {
        try EventReader(folder: folder).countOfEvents(
            from: calendar.start(of: days.lowerBound), to: calendar.end(of: days.upperBound))
    }

    fileprivate func isSmallEnough(
        _ days: ClosedRange<LocalDay>, _ calendar: SiteCalendar
    ) throws(StorageError) -> Bool {
        try countOfEvents(days, calendar) < Self.liveLimit
    }
}
