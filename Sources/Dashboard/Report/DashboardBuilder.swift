package import Analytics
package import Storage

/// Evaluates a dashboard's definition for a site, a period and a moment.
package struct DashboardBuilder: Sendable {
    private let definition: DashboardDefinition
    private let reader: FigureReader
    private let folder: DataFolder
    private let database: MainDatabase

    package init(
        definition: DashboardDefinition, reader: FigureReader, folder: DataFolder,
        database: MainDatabase
    ) {
        self.definition = definition
        self.reader = reader
        self.folder = folder
        self.database = database
    }

    /// - Parameters:
    ///   - filter: keeps sessions. Who is there now and the books are of all, and left out then.
    ///   - now: what the reader's clock says.
    ///   - collector: where the tracker script is to be had, such as `https://stats.example.com`,
    ///     for the line that an empty dashboard tells.
    ///   - notes: what the caller knows besides, such as a proxy that nobody named.
    ///   - progress: as that of `FigureReader.open`, of the period.
    package func report(
        of site: Site, period: Period, filter: SessionFilter? = nil, now: Instant,
        collector: String = "https://YOUR-SERVER",
        notes: [Note] = [], progress: (Int, Int) -> Void = { _, _ in }
    ) throws(StorageError) -> DashboardReport {
        let today = site.calendar.day(of: now)
        let current = try reader.open(
            site, period.days(today: today), filter: filter, progress: progress)
        let facts = try PeriodFacts(
            site: site, period: period, isFiltered: filter != nil, now: now, current: current,
            before: try before(period.daysBefore(today: today), site, filter),
            history: History(folder: folder, database: database))
        let state = state(of: facts, collector: collector)
        var panels: [DashboardReport.Panel] = []
        for panel in definition.panels {
            if let panel = try evaluate(panel, facts, filter, state) { panels.append(panel) }
        }
        return DashboardReport(
            site: site.domain, timeZone: site.calendar.epoch(at: now).timeZone,
            period: period.text, periodTitle: period.title, days: facts.days, asOf: facts.asOf,
            state: state, filter: filter, panels: panels,
            notes: notes + (try self.notes(facts, panels, state)))
    }

    /// A filter may ask for days whose raw events are gone: nothing is compared then.
    private func before(
        _ days: ClosedRange<LocalDay>, _ site: Site, _ filter: SessionFilter?
    ) throws(StorageError) -> OpenFigures? {
        do {
            return try reader.open(site, days, filter: filter)
        } catch {
            switch error {
            case .frozenDay, .unreadablePartition: return nil
            default: throw error
            }
        }
    }

    private func state(of facts: PeriodFacts, collector: String) -> DashboardReport.State {
        guard let firstDay = facts.firstDay else {
            let script = "\(collector)/footfall.js"
            return .noEventYet(
                trackerLine:
                    "<script defer data-site=\"\(facts.site.domain)\" src=\"\(script)\"></script>")
        }
        return facts.isEmpty ? .emptyPeriod(firstDay: firstDay) : .figures
    }

    // MARK: Panels

    private func evaluate(
        _ panel: DashboardDefinition.Panel, _ facts: PeriodFacts, _ filter: SessionFilter?,
        _ state: DashboardReport.State
    ) throws(StorageError) -> DashboardReport.Panel? {
        switch panel {
        case .now where filter != nil: return nil
        case .books where filter != nil: return nil
        case .now:
            return .now(visitors: try reader.visitorsNow(on: facts.site))
        case .books:
            let books = try reader.knownBooks(of: facts.site, on: facts.days)
            return .books(books.values.reduce(into: Books(), +=))
        case .header(let metrics):
            if case .noEventYet = state { return nil }
            let arithmetic = try headerArithmetic(facts, filter)
            return .header(metrics.map { arithmetic.figure(of: $0) })
        case .chart(let metric):
            guard state == .figures else { return nil }
            return .chart(try ChartArithmetic(facts: facts, metric: metric).series())
        case .table(let table):
            guard state == .figures else { return nil }
            return try self.table(table, facts).map { .table($0) }
        }
    }

    private func headerArithmetic(
        _ facts: PeriodFacts, _ filter: SessionFilter?
    ) throws(StorageError) -> HeaderArithmetic {
        var sameTimeBefore: Figures?
        if case .sameTime(let today, let before) = facts.comparison.basis {
            let elapsed = facts.asOf.instant - facts.site.calendar.start(of: today)
            sameTimeBefore = try reader.totals(
                of: facts.site, on: before, after: elapsed, filter: filter)
        }
        return HeaderArithmetic(
            current: facts.totals, before: facts.totalsBefore, isExact: facts.isExact,
            isExactBefore: facts.isExactBefore, sameTimeBefore: sameTimeBefore,
            comparison: facts.comparison, firstDay: facts.firstDay)
    }

    private func table(
        _ table: DashboardDefinition.Table, _ facts: PeriodFacts
    ) throws(StorageError) -> ReportTable? {
        let figures = try facts.current.figures(
            dimension: table.dimension, for: table.metrics)
        let query = Query(days: facts.days, metrics: table.metrics, dimension: table.dimension)
        let answer = QueryAnswer(site: facts.site, query: query, figures: figures)
        if table.isOptional, answer.rows.allSatisfy({ $0.value == Dimension.unknownValue }) {
            return nil
        }
        let total = answer.metrics.first?.isCount == true ? answer.totals.first ?? nil : nil
        return ReportTable(
            title: table.title, dimension: table.dimension, metrics: answer.metrics,
            rows: answer.rows.prefix(table.limit).map { row in
                let share = (row.figures.first ?? nil).flatMap { value in
                    total.flatMap { $0 > 0 ? value / $0 : nil }
                }
                return ReportTable.Row(value: row.value, figures: row.figures, share: share)
            },
            valueCount: answer.rows.count, isAtLeast: answer.atLeast)
    }

    // MARK: Notes

    private func notes(
        _ facts: PeriodFacts, _ panels: [DashboardReport.Panel], _ state: DashboardReport.State
    ) throws(StorageError) -> [Note] {
        var notes: [Note] = []
        if let late = try lateAggregation(facts) { notes.append(late) }
        for failed in facts.current.unreadable {
            notes.append(
                Note(
                    """
                    The raw events in \(failed.file.name) cannot be read: days that need them show \
                    the figures of their last aggregation, or none. 'footfall doctor' tells more.
                    """, isWarning: true))
        }
        guard state == .figures else { return notes }
        if facts.days.count > 1, !facts.isExact {
            notes.append(
                Note(
                    """
                    Daily visitors are the sum of each day's visitors: who comes on three days \
                    counts three times.
                    """))
        }
        let isAtLeast = panels.contains { panel in
            if case .table(let table) = panel { table.isAtLeast } else { false }
        }
        if isAtLeast {
            notes.append(
                Note(
                    """
                    At least: on a day with very many values only the largest are kept apart, the \
                    rest are (other), so a value may have more than is said here.
                    """))
        }
        return notes
    }

    /// A day and an hour after which an hourly or daily cron job must have run (DESIGN §5).
    private static let patience = TimeSpan.hours(25)

    private func lateAggregation(_ facts: PeriodFacts) throws(StorageError) -> Note? {
        guard let firstDay = facts.firstDay else { return nil }
        let advice = "Let cron run 'footfall aggregate' every hour; 'footfall doctor' tells more."
        let last = try database.note(.lastAggregation).map(Instant.init(milliseconds:))
        if let last {
            guard facts.now - last > Self.patience else { return nil }
            let moment = LocalMoment(last, in: facts.site.calendar)
            return Note(
                "No aggregation has run since \(moment.day) \(moment.clock). \(advice)",
                isWarning: true)
        }
        guard facts.now - facts.site.calendar.end(of: firstDay) > Self.patience else { return nil }
        return Note("No aggregation has ever run. \(advice)", isWarning: true)
    }
}
