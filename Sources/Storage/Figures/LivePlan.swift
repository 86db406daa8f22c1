package import Analytics

/// Which days of a range rollups answer, and which a fold of raw events.
struct LivePlan {
    enum Outcome {
        case figures([DayFigures])
        /// Reading came upon partitions that nobody knew to be damaged.
        case unreadable([UnreadablePartition])
    }

    private let days: RangeDays
    private let filter: SessionFilter?
    private let countsFromRangeStart: Bool
    let countsVisitorsExactly: Bool
    private(set) var stored: Set<LocalDay> = []
    /// Days that need a fold.
    private(set) var live: Set<LocalDay> = []
    /// What can't be read of that which the days without a sealed rollup need.
    private(set) var unreadable: [UnreadablePartition] = []
    private(set) var asOf: Instant

    /// - Throws: `frozenDay` or `unreadablePartition` when a filter asks for raw events that are not
    ///   to be had.
    init(
        reader: FigureReader, site: Site, days range: ClosedRange<LocalDay>,
        filter: SessionFilter?, _ input: FoldInput
    ) throws(StorageError) {
        // Inside one salt period visitors are known again: a range of days has an exact count.
        let calendar = site.calendar
        let isOneDay = range.lowerBound == range.upperBound
        let period = calendar.saltPeriod(containing: calendar.start(of: range.lowerBound))
        let isInPeriod = calendar.end(of: range.upperBound) <= period.end
        let startsPeriod = calendar.start(of: range.lowerBound) <= period.start
        let mayCountFromRangeStart = !isOneDay && isInPeriod && !startsPeriod
        let days = try RangeDays(
            site: site, range: range, input: input, reader,
            foldsSealed: filter != nil || mayCountFromRangeStart)
        self.days = days
        self.filter = filter
        asOf = reader.clock.now()
        if mayCountFromRangeStart, days.known.allSatisfy(days.canBeFoldedWhole) {
            countsFromRangeStart = try reader.isSmallEnough(range, calendar)
        } else {
            countsFromRangeStart = false
        }
        countsVisitorsExactly = isOneDay || isInPeriod && (startsPeriod || countsFromRangeStart)

        if filter != nil { try days.checkRawEvents() }
        let mustFoldAll = filter != nil || countsFromRangeStart
        for day in range { sort(day, mustFold: mustFoldAll) }
        guard let first = live.min(), let last = live.max(), !mustFoldAll,
            try !reader.isSmallEnough(first...last, calendar)
        else { return }
        // Too much to fold while somebody waits.
        for day in live { takeRollup(of: day) }
        live = []
    }

    private mutating func sort(_ day: LocalDay, mustFold: Bool) {
        let rollup = days.rollups[day]
        if !mustFold, rollup?.isSealed == true {
            stored.insert(day)
        } else if let failed = days.unreadable(for: day) {
            if !unreadable.contains(failed) { unreadable.append(failed) }
            takeRollup(of: day)
        } else if !days.known.contains(day) {
            return
        } else if !mustFold, days.isCurrent(day) {
            stored.insert(day)
        } else if days.isFoldable(day) {
            live.insert(day)
        } else if rollup != nil {
            stored.insert(day)
        }
    }

    /// The last rollup answers, as of its run.
    private mutating func takeRollup(of day: LocalDay) {
        guard let rollup = days.rollups[day] else { return }
        stored.insert(day)
        asOf = min(asOf, rollup.foldedAt)
    }

    /// Folds the live days: all at once if they are few events, as they are without a filter.
    ///
    /// - Parameter progress: called with the days done and the days in all.
    func fold(
        _ reader: FigureReader, _ dimensions: Set<Dimension>, _ progress: (Int, Int) -> Void
    ) throws(StorageError) -> Outcome {
        var figures: [DayFigures] = []
        var rest = live.sorted()[...]
        while let first = rest.first {
            var last = first
            for day in rest.dropFirst() {
                guard try reader.isSmallEnough(first...day, days.calendar) else { break }
                last = day
            }
            switch try fold(first...last, reader, dimensions) {
            case .figures(let folded): figures += folded.filter { live.contains($0.day) }
            case .unreadable(let failed): return .unreadable(failed)
            }
            rest = rest.drop { $0 <= last }
            progress(live.count - rest.count, live.count)
        }
        return .figures(figures)
    }

    private func fold(
        _ range: ClosedRange<LocalDay>, _ reader: FigureReader, _ dimensions: Set<Dimension>
    ) throws(StorageError) -> Outcome {
        let window = try EventReader(folder: reader.folder).read(
            sites: [days.site], from: FoldWindow.start(of: range.lowerBound, in: days.calendar),
            to: FoldWindow.end(of: range.upperBound, in: days.calendar),
            passingOver: Set(days.input.unreadable.map(\.file)))
        guard window.unreadable.isEmpty else { return .unreadable(window.unreadable) }
        return .figures(
            SiteFold(
                site: days.site, vocabulary: window.vocabulary, filter: filter,
                countsNewVisitorsFrom: countsFromRangeStart ? .rangeStart : .saltPeriod,
                showsExcluded: reader.showsExcluded, dimensions: dimensions
            ).figures(of: window.ordered(days.site.id), on: range))
    }
}

/// What is known of a range of a site's days before any raw event is read.
private struct RangeDays {
    let site: Site
    let calendar: SiteCalendar
    let input: FoldInput
    let rollups: [LocalDay: RollupDay]
    /// Those with raw events or a rollup.
    let known: Set<LocalDay>
    private let imported: [LocalDay: Int64]
    private let vanished: Set<LocalDay>

    /// - Parameter foldsSealed: whether days that are sealed may be folded, too.
    init(
        site: Site, range: ClosedRange<LocalDay>, input: FoldInput, _ reader: FigureReader,
        foldsSealed: Bool = true
    ) throws(StorageError) {
        self.site = site
        self.input = input
        calendar = site.calendar
        rollups = try reader.database.rollupDays(of: site).filter { range.contains($0.key) }
        known = input.days(of: site).filter(range.contains).union(rollups.keys)
        imported = try reader.database.importedDays(of: site)
        vanished = try input.vanishedDays(
            of: site, among: rollups.values.filter { foldsSealed || !$0.isSealed },
            reader.database)
    }

    func isFoldable(_ day: LocalDay) -> Bool {
        !vanished.contains(day)
            && input.isFoldable(day, calendar: calendar, importID: imported[day])
    }

    /// A partition that the day's figures need and that can't be read.
    func unreadable(for day: LocalDay) -> UnreadablePartition? {
        input.partition(hiding: day, of: site)
            ?? (known.contains(day) ? input.partition(hidingInputOf: day, of: site) : nil)
    }

    func canBeFoldedWhole(_ day: LocalDay) -> Bool {
        isFoldable(day) && unreadable(for: day) == nil
    }

    func isCurrent(_ day: LocalDay) -> Bool {
        guard let rollup = rollups[day] else { return false }
        return rollup.rulesVersion == FoldInput.rulesVersion(of: site)
            && rollup.input == input.fingerprint(of: day, site, calendar)
    }

    /// - Throws: `frozenDay` or `unreadablePartition` unless all of the days can be folded.
    func checkRawEvents() throws(StorageError) {
        if let frozen = known.filter({ !isFoldable($0) }).min() {
            throw .frozenDay(
                frozen, answerableFrom: input.firstFoldableDay(of: site, imported))
        }
        if let failed = known.sorted().lazy.compactMap(unreadable).first { throw failed.error }
    }
}

extension FigureReader {
    /// As many of the last of these days as a filter can be answered for: those since the last one
    /// whose raw events are gone.
    ///
    /// - Throws: `frozenDay` when that is the last day itself.
    package func foldableDays(
        endingLike days: ClosedRange<LocalDay>, of site: Site
    ) throws(StorageError) -> ClosedRange<LocalDay> {
        let input = try FoldInput(folder: folder, database: database)
        let range = try RangeDays(site: site, range: days, input: input, self)
        guard let frozen = range.known.filter({ !range.isFoldable($0) }).max() else { return days }
        guard frozen < days.upperBound else {
            try range.checkRawEvents()
            return days
        }
        return frozen.advanced(by: 1)...days.upperBound
    }

    /// The first day that a change of the site's rules reaches: the one after the last whose raw
    /// events are gone; `nil` while none are.
    package func firstDayOfNewRules(of site: Site) throws(StorageError) -> LocalDay? {
        let input = try FoldInput(folder: folder, database: database)
        let always =
            LocalDay(year: 1970, month: 1, day: 1)...LocalDay(year: 9999, month: 12, day: 31)
        let range = try RangeDays(site: site, range: always, input: input, self)
        return range.known.filter { !range.isFoldable($0) }.max()?.advanced(by: 1)
    }

    fileprivate func isSmallEnough(
        _ days: ClosedRange<LocalDay>, _ calendar: SiteCalendar
    ) throws(StorageError) -> Bool {
        let count = try EventReader(folder: folder).countOfEvents(
            from: calendar.start(of: days.lowerBound), to: calendar.end(of: days.upperBound))
        return count < Self.liveLimit
    }
}
