package import Analytics

/// The cron job: fold, seal, retain, destroy salts (DESIGN §5).
package struct Aggregator: Sendable {
    package enum Mode: Hashable, Sendable {
        case fold
        /// Recompute each foldable day and compare; write nothing.
        case verify
        /// Fold these days again even if nothing changed.
        case rebuild(Set<LocalDay>)
    }

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
    ///   - domain: only this site; salts are destroyed for all, and of raw events only those go
    ///     that no site needs any more.
    ///   - remakesMonths: whether sums of months are made anew from their days.
    ///   - progress: called with the days done and the days in all.
    /// - Throws: `invalidSetting`, before anything is done, when the terms are too short for a
    ///   site; `aggregationRuns` when another run holds the lock; `frozenDay` or
    ///   `unreadablePartition` when a day to be rebuilt can't be folded.
    package func run(
        _ mode: Mode = .fold, only domain: Domain? = nil, remakesMonths: Bool = false,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(StorageError) -> AggregationReport {
        guard let lock = try FileLock(path: folder.aggregateLockPath) else {
            throw .aggregationRuns(path: folder.path)
        }
        defer { withExtendedLifetime(lock) {} }
        let now = clock.now()
        let sites = try database.sites()
        let faults = terms.problems(with: sites, at: now)
        guard faults.isEmpty else { throw .invalidSetting(faults.joined(separator: " ")) }
        let (destroyed, saltFailure) = destroySalts(now)
        let leftovers =
            mode == .verify ? [] : try ImportLeftovers.clearIfIdle(in: folder, database)
        let chosen = domain.map { domain in sites.filter { $0.domain == domain } } ?? sites
        var run = try FoldRun(aggregator: self, mode: mode, now: now)
        try run.fold(chosen, progress)
        var report = run.report
        report.destroyedSalts = destroyed
        if let saltFailure { report.problems.append(saltFailure.description) }
        report.deletedPartitions = leftovers
        if mode != .verify {
            let retention = Retention(
                aggregator: self, sites: sites, input: run.input,
                isWhole: mode == .fold && chosen.count == sites.count, now: now)
            try retention.run(&report)
            // A running collector learns of sealed days by it, also where `lastAggregation` stays.
            if report.sealed > 0 {
                try database.write { database in
                    try MainDatabase.raiseRegistryVersion(database)
                    // Earlier folds of the day named values that are in `(other)` now.
                    try MainDatabase.collectTerms(database)
                }
            }
        }
        for site in chosen where mode != .verify {
            if remakesMonths { try database.removeMonths(of: site) }
            report.problems += try database.extendMonths(
                of: site, keptSince: terms.firstRollupDay(on: site.calendar.day(of: now)))
        }
        // A day that is wrong, and mended, makes its month anew.
        for site in chosen where mode == .verify && run.report.problems.isEmpty {
            report.problems += try database.wrongMonths(of: site).map { month in
                """
                The sums of the month of \(site.domain) that begins on \(month) differ from its \
                days. Mend it: footfall aggregate --site \(site.domain) --rebuild-months
                """
            }
        }
        try findOldest(&report)
        return report
    }

    /// What stands in its way keeps nothing else from being done.
    private func destroySalts(_ now: Instant) -> (destroyed: Int, failure: StorageError?) {
        do throws(StorageError) {
            let salts = SaltStore(folder: folder)
            return (try salts.destroyExpired(sites: database.sites(), at: now), nil)
        } catch {
            return (0, error)
        }
    }

    /// Whether the last run over all sites is 25 h ago, on a folder that has events to fold.
    package func isOverdue() throws(StorageError) -> Bool {
        let now = clock.now()
        if let last = try database.note(.lastAggregation).map(Instant.init(milliseconds:)) {
            return now - last > Self.longestPause
        }
        guard let first = try folder.partitions().first else { return false }
        return now - first.day.startInUTC > TimeSpan.hours(49)
    }

    private static let longestPause = TimeSpan.hours(25)

    private func findOldest(_ report: inout AggregationReport) throws(StorageError) {
        report.oldestRawEvent = try folder.partitions().first?.day
        report.oldestRollup = try database.oldestRollup()
        // Where they can't be listed, that was told.
        report.oldestSalt = try? SaltStore(folder: folder).entries().map(\.start).min()
    }
}
