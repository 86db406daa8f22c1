package import Analytics
import Foundation

/// How long things are kept; fixed for the installation.
package struct RetentionTerms: Hashable, Sendable {
    /// Raw events, in days.
    package var rawDays: Int
    /// Rollups and books, in months: 25 is the French regulator's ceiling for exempt audience
    /// measurement.
    package var rollupMonths: Int

    package init(rawDays: Int = 30, rollupMonths: Int = 25) {
        self.rawDays = rawDays
        self.rollupMonths = rollupMonths
    }
}

/// The cron job: fold, seal, retain, destroy salts (DESIGN §5).
package struct Aggregator: Sendable {
    package enum Mode: Hashable, Sendable {
        case fold
        /// Recompute each foldable day and compare; write nothing.
        case verify
        /// Fold these days again even if nothing changed.
        case rebuild(Set<LocalDay>)
    }

    /// Events that are folded at once; more are folded in several passes, day by day.
    private static let eventsAtOnce = 4_000_000

    let folder: DataFolder
    let database: MainDatabase
    let clock: Clock
    let terms: RetentionTerms

    package init(
        folder: DataFolder, database: MainDatabase, clock: Clock, terms: RetentionTerms
    ) {
        self.folder = folder
        self.database = database
        self.clock = clock
        self.terms = terms
    }

    /// - Parameters:
    ///   - domain: only this site; retention and salts are done for all.
    ///   - progress: called with the days done and the days in all.
    /// - Throws: `aggregationRuns` when another run holds the lock; `frozenDay` when a day to be
    ///   rebuilt can't be folded any more.
    package func run(
        _ mode: Mode = .fold, only domain: Domain? = nil,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(StorageError) -> AggregationReport {
        guard let lock = try FileLock(path: folder.aggregateLockPath) else {
            throw .aggregationRuns(path: folder.path)
        }
        defer { withExtendedLifetime(lock) {} }
        var report = AggregationReport()
        let now = clock.now()
        let sites = try database.sites()
        report.destroyedSalts = try SaltStore(folder: folder).destroyExpired(sites: sites, at: now)
        let damaged = try EventReader(folder: folder).damagedPartitions()
        for file in damaged {
            report.problems.append(
                """
                \(file.name) can't be read; its days are not folded. Restore it from a backup, then \
                fold the days beside it again: footfall aggregate --rebuild DAY
                """)
        }
        let chosen = domain.map { domain in sites.filter { $0.domain == domain } } ?? sites
        try fold(chosen, mode, damaged, now, &report, progress)
        if mode != .verify {
            try Retention(aggregator: self, sites: sites, damaged: Set(damaged), now: now)
                .run(&report)
        }
        try findOldest(&report)
        return report
    }

    /// Whether the last run is 25 h ago, on a folder that has events to fold.
    package func isOverdue() throws(StorageError) -> Bool {
        let now = clock.now()
        if let last = try database.note(.lastAggregation).map(Instant.init(milliseconds:)) {
            return now - last > Self.longestPause
        }
        guard let first = try folder.partitions().first else { return false }
        return now - first.day.startInUTC > TimeSpan.hours(49)
    }

    private static let longestPause = TimeSpan.hours(25)

    // MARK: Days to fold

    private struct Work {
        var site: Site
        var calendar: SiteCalendar
        var stored: [LocalDay: RollupDay]
        var days: Set<LocalDay>
    }

    private func fold(
        _ sites: [Site], _ mode: Mode, _ damaged: [PartitionFile], _ now: Instant,
        _ report: inout AggregationReport, _ progress: (Int, Int) -> Void
    ) throws(StorageError) {
        let input = try FoldInput(folder: folder, database: database)
        var work: [Work] = []
        for site in sites {
            var next = try workload(of: site, mode, input, &report)
            next.days = next.days.filter { day in
                let bounds = next.calendar.start(of: day)..<next.calendar.end(of: day)
                return !damaged.contains { $0.touches(bounds) }
            }
            if mode == .fold { try refreshBooks(of: next, input) }
            if !next.days.isEmpty { work.append(next) }
        }
        let days = Set(work.flatMap(\.days)).sorted()
        let total = days.count
        var rest = days[...]
        while let first = rest.first {
            let chunk = try nextChunk(of: rest, starting: first, work)
            try fold(chunk, work, mode, input, now, &report)
            rest = rest.drop { chunk.contains($0) }
            progress(total - rest.count, total)
        }
    }

    /// Sealed days are folded no more, but what comes for them late is counted.
    private func refreshBooks(of work: Work, _ input: FoldInput) throws(StorageError) {
        let changed = work.stored.values.filter { stored in
            stored.isSealed && input.hasBeacons(of: work.site, on: stored.day)
                && input.fingerprint(of: stored.day, work.site, work.calendar) != stored.input
        }
        guard let first = changed.map(\.day).min(), let last = changed.map(\.day).max() else {
            return
        }
        let known = try database.books(of: work.site, on: first...last)
        let counts = try EventReader(folder: folder).beaconCounts(of: work.site)
        for var day in changed {
            // Deleted partitions count no more: books only grow.
            guard var books = counts[day.day], let before = known[day.day],
                books.received > before.received
            else { continue }
            books.kept = before.kept
            day.input = input.fingerprint(of: day.day, work.site, work.calendar)
            try database.replaceBooks(books, as: day, of: work.site)
        }
    }

    /// The days of a site that this run has to fold.
    private func workload(
        of site: Site, _ mode: Mode, _ input: FoldInput, _ report: inout AggregationReport
    ) throws(StorageError) -> Work {
        let calendar = site.calendar
        let stored = try database.rollupDays(of: site)
        let imported = try database.importedDays(of: site)
        var days: Set<LocalDay> = []
        let known = input.days(of: site).union(stored.keys)
        for day in known {
            let isFoldable = input.isFoldable(day, calendar: calendar, importID: imported[day])
            switch mode {
            case .fold:
                guard let before = stored[day] else {
                    if isFoldable { days.insert(day) }
                    continue
                }
                let isCurrent = before.rulesVersion == FoldInput.rulesVersion
                guard !before.isSealed || !isCurrent else { continue }
                if isFoldable {
                    let print = input.fingerprint(of: day, site, calendar)
                    if print != before.input || !isCurrent || mayBeSealed(day, calendar) {
                        days.insert(day)
                    }
                } else {
                    report.frozen += 1
                }
            case .verify:
                guard stored[day] != nil else { continue }
                if isFoldable { days.insert(day) } else { report.frozen += 1 }
            case .rebuild(let wanted):
                guard wanted.contains(day) else { continue }
                guard isFoldable else {
                    let first = known.filter {
                        input.isFoldable($0, calendar: calendar, importID: imported[$0])
                    }.min()
                    throw .frozenDay(day, answerableFrom: first)
                }
                days.insert(day)
            }
        }
        return Work(site: site, calendar: calendar, stored: stored, days: days)
    }

    private func mayBeSealed(_ day: LocalDay, _ calendar: SiteCalendar) -> Bool {
        clock.now() > calendar.end(of: day) + FoldWindow.lateness
    }

    /// As many of the next days as can be read at once.
    private func nextChunk(
        of days: ArraySlice<LocalDay>, starting first: LocalDay, _ work: [Work]
    ) throws(StorageError) -> ClosedRange<LocalDay> {
        var last = first
        for candidate in days.dropFirst() {
            guard first.distance(to: candidate) < 16 else { break }
            let bounds = bounds(of: first...candidate, work)
            let count = try EventReader(folder: folder)
                .countOfEvents(from: bounds.lowerBound, to: bounds.upperBound)
            guard count <= Self.eventsAtOnce else { break }
            last = candidate
        }
        return first...last
    }

    private func bounds(of days: ClosedRange<LocalDay>, _ work: [Work]) -> Range<Instant> {
        let starts = work.map { FoldWindow.start(of: days.lowerBound, in: $0.calendar) }
        let ends = work.map { FoldWindow.end(of: days.upperBound, in: $0.calendar) }
        return starts.min()!..<ends.max()!
    }

    // MARK: Folding

    private func fold(
        _ chunk: ClosedRange<LocalDay>, _ work: [Work], _ mode: Mode, _ input: FoldInput,
        _ now: Instant, _ report: inout AggregationReport
    ) throws(StorageError) {
        let concerned = work.filter { $0.days.contains(where: chunk.contains) }
        let bounds = bounds(of: chunk, concerned)
        var window = try EventReader(folder: folder).read(
            sites: Set(concerned.map(\.site.id)), from: bounds.lowerBound, to: bounds.upperBound)
        for work in concerned {
            let site = work.site
            let kept = EventReader.kept(window.events[site.id] ?? [], work.calendar)
            let events = window.ordered(site.id)
            window.events[site.id] = nil
            let days = work.days.filter(chunk.contains)
            let folded = SiteFold(site: site, vocabulary: window.vocabulary)
                .figures(of: events, on: days.min()!...days.max()!)
            for figures in folded where days.contains(figures.day) {
                var books = window.books[site.id]?[figures.day] ?? Books()
                books.kept = kept[figures.day] ?? 0
                if !books.balances {
                    report.problems.append(
                        """
                        The books of \(site.domain) on \(figures.day) do not balance: received \
                        \(books.received), kept \(books.kept), dropped \
                        \(books.dropped.values.reduce(0, +)).
                        """)
                }
                if mode == .verify {
                    try verify(figures, books, work, input, &report)
                } else {
                    try store(figures, books, work, input, now, &report)
                }
            }
        }
    }

    private func store(
        _ figures: DayFigures, _ books: Books, _ work: Work, _ input: FoldInput, _ now: Instant,
        _ report: inout AggregationReport
    ) throws(StorageError) {
        let day = figures.day
        guard input.hasBeacons(of: work.site, on: day) || figures != DayFigures(day: day) else {
            // An import that was undone leaves no empty day behind.
            if work.stored[day] != nil {
                try database.removeRollup(of: day, work.site)
                report.written.append(.init(domain: work.site.domain, day: day))
            }
            return
        }
        let isSealed = isSealed(figures, work, now)
        let rollup = RollupDay(
            day: day, isSealed: isSealed, rulesVersion: FoldInput.rulesVersion,
            input: input.fingerprint(of: day, work.site, work.calendar), foldedAt: now)
        if try database.replace(figures, books: books, as: rollup, of: work.site) {
            report.written.append(.init(domain: work.site.domain, day: day))
        } else {
            report.unchanged += 1
        }
        if isSealed, work.stored[day]?.isSealed != true { report.sealed += 1 }
    }

    /// No event can reach the day any more: it is over, none of its sessions is open, and what was
    /// received is on disk.
    private func isSealed(_ figures: DayFigures, _ work: Work, _ now: Instant) -> Bool {
        let end = work.calendar.end(of: figures.day)
        guard now > end + FoldWindow.lateness else { return false }
        guard let activity = figures.lastActivity else { return true }
        return now > activity + work.calendar.epoch(at: now).sessionTimeout + FoldWindow.lateness
    }

    private func verify(
        _ figures: DayFigures, _ books: Books, _ work: Work, _ input: FoldInput,
        _ report: inout AggregationReport
    ) throws(StorageError) {
        guard let stored = try database.storedDay(figures.day, of: work.site) else { return }
        let print = input.fingerprint(of: figures.day, work.site, work.calendar)
        // A day that has received events since its fold is not wrong, only not folded again yet.
        guard stored.day.isSealed || stored.day.input == print else { return }
        report.verified += 1
        let storedBooks = try database.books(of: work.site, on: figures.day...figures.day)
        if stored.figures != figures || storedBooks[figures.day] != books {
            report.problems.append(
                """
                The rollup of \(work.site.domain) on \(figures.day) differs from its raw events. \
                Mend it: footfall aggregate --site \(work.site.domain) --rebuild \(figures.day)
                """)
        }
    }

    private func findOldest(_ report: inout AggregationReport) throws(StorageError) {
        report.oldestRawEvent = try folder.partitions().first?.day
        report.oldestRollup = try database.oldestRollup()
        report.oldestSalt = try SaltStore(folder: folder).entries().map(\.start).min()
    }
}
