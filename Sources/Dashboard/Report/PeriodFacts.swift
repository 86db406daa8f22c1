import Analytics
import Storage

/// What several panels need of one period, read once.
struct PeriodFacts {
    let site: Site
    let now: Instant
    let asOf: LocalMoment
    let current: OpenFigures
    /// `nil` where a filter asks for raw events that are gone.
    let before: OpenFigures?
    let totals: [LocalDay: Figures]
    let totalsBefore: [LocalDay: Figures]
    let isExact: Bool
    let isExactBefore: Bool
    /// The local day of the site's first event; `nil` without any.
    let firstDay: LocalDay?
    let comparison: PeriodComparison

    var days: ClosedRange<LocalDay> { comparison.days }
    var isEmpty: Bool { !totals.values.contains(where: \.hasEvents) }

    init(
        site: Site, period: Period, isFiltered: Bool, now: Instant, current: OpenFigures,
        before: OpenFigures?, history: History
    ) throws(StorageError) {
        self.site = site
        self.now = now
        self.current = current
        self.before = before
        let calendar = site.calendar
        asOf = LocalMoment(current.asOf, in: calendar)
        totals = try current.totalsByDay()
        totalsBefore = try before?.totalsByDay() ?? [:]
        isExact = current.countsVisitorsExactly
        isExactBefore = before?.countsVisitorsExactly ?? false
        let read = totals.merging(totalsBefore) { current, _ in current }
        let today = calendar.day(of: now)
        let daysRead = period.daysBefore(today: today).lowerBound...current.days.upperBound
        // What a filter leaves out has happened all the same.
        firstDay = try history.firstDay(of: site, read: read, on: isFiltered ? nil : daysRead)
        comparison = PeriodComparison(
            period: period, today: today, dayOfData: asOf.day, firstDay: firstDay,
            isKnownBefore: before != nil)
    }
}

/// Since when a site has events.
struct History {
    let folder: DataFolder
    let database: MainDatabase

    /// The earliest of: a folded day with events; a day of `read` with events; a day that is none
    /// of those read and has raw events which nobody folded yet.
    func firstDay(
        of site: Site, read: [LocalDay: Figures], on daysRead: ClosedRange<LocalDay>?
    ) throws(StorageError) -> LocalDay? {
        let rollups = Set(try database.rollupDays(of: site).keys)
        var days = read.filter(\.value.hasEvents).map(\.key)
        if let first = try database.firstDayWithEvents(of: site) { days.append(first) }
        let input = try FoldInput(folder: folder, database: database)
        days += input.days(of: site).subtracting(rollups)
            .filter { daysRead?.contains($0) != true }
        return days.min()
    }
}

extension Figures {
    /// Pageviews without a visitor count, too.
    var hasEvents: Bool { pageviews > 0 || events > 0 }
}
