import Analytics
import Foundation
import GRDB

/// Deletes what is past its term, whole files only, once no day needs it any more; and not while
/// the clock may be wrong (DESIGN §5, I8).
struct Retention {
    /// A partition whose days can't be folded goes this much later all the same: the promise to
    /// visitors wins.
    private static let patience = TimeSpan.days(3)
    /// A clock this far past every witness may be wrong.
    private static let suspiciousLead = TimeSpan.days(7)
    private static let secondWitness = TimeSpan.hours(24)

    let aggregator: Aggregator
    let sites: [Site]
    let input: FoldInput
    /// Whether this run has folded all days of all sites that could be folded. Only such a run may
    /// give a day up.
    let isWhole: Bool
    let now: Instant

    private var folder: DataFolder { aggregator.folder }
    private var database: MainDatabase { aggregator.database }
    private var damaged: Set<PartitionFile> { Set(input.unreadable.map(\.file)) }

    func run(_ report: inout AggregationReport) throws(StorageError) {
        if try isClockTrusted(&report) {
            try database.setNote(.lastFold, now.milliseconds)
            if isWhole { try database.setNote(.lastAggregation, now.milliseconds) }
            try removePartitions(&report)
            try removeSitesThatAreNoMore(&report)
            for site in sites {
                let first = aggregator.terms.firstRollupDay(on: site.calendar.day(of: now))
                report.removedRollupDays += try database.removeRollups(before: first, of: site)
            }
        }
        let losses = try Losses(in: database)
        if losses.areRecent(at: now) {
            report.problems.append(
                """
                Raw events were deleted at the end of their term before they could be folded: \
                \(losses.names). Nothing brings them back; this is told for 30 days.
                """)
        }
    }

    /// Two witnesses: a run that finds the clock more than 7 days past the newest event, the last
    /// run and the owner's last act notes that and deletes nothing; the first run at least 24 h
    /// after that note deletes. Events of the last 24 h are stamped by the clock in question, and
    /// don't speak for it where there are older ones.
    private func isClockTrusted(_ report: inout AggregationReport) throws(StorageError) -> Bool {
        let lastRun = try database.note(.lastFold).map(Instant.init(milliseconds:))
        let events = EventReader(folder: folder)
        let older = try events.newestEvent(before: now - Self.secondWitness)
        let newestEvent = try older == nil ? events.newestEvent() : older
        let witnesses = [newestEvent, lastRun, try database.lastOwnersAct()].compactMap { $0 }
        guard let newest = witnesses.max(), now - newest > Self.suspiciousLead else {
            try database.setNote(.clockAheadSince, nil)
            return true
        }
        if let noted = try database.note(.clockAheadSince).map(Instant.init(milliseconds:)),
            noted <= now
        {
            if now - noted >= Self.secondWitness {
                try database.setNote(.clockAheadSince, nil)
                return true
            }
        } else {
            try database.setNote(.clockAheadSince, now.milliseconds)
        }
        report.problems.append(
            """
            The clock (\(now)) is more than 7 days past the newest event and the last run \
            (\(newest)), so nothing was deleted. Check the clock; if it is right, the first run \
            24 hours from now deletes what is past its term.
            """)
        return false
    }

    // MARK: Partitions

    private func removePartitions(_ report: inout AggregationReport) throws(StorageError) {
        let term = TimeSpan.days(Int64(aggregator.terms.rawDays))
        var pending = try PendingDays(
            sites: sites, input: input, terms: aggregator.terms, at: now, database)
        var waiting: [PartitionFile] = []
        for file in try folder.partitions() {
            let due = file.day.advanced(by: 1).startInUTC + term
            guard now >= due else { continue }
            let needing = pending.needing(file)
            if !needing.isEmpty, !isWhole || now < due + Self.patience {
                waiting.append(file)
                continue
            }
            guard try closeIfPossible(file) else {
                report.problems.append("\(file.name) is past its term, but is still being written.")
                continue
            }
            for day in needing where day.isCurrent {
                try database.seal([day.day], of: day.site)
            }
            for day in needing where !day.isCurrent { try giveUp(day.day, of: day.site) }
            for (site, day) in try neverFolded(in: file) { try giveUp(day, of: site) }
            // Noted first: a crash in between leaves a file that counts as gone, and it is
            // deleted by the next run; never a day that counts as foldable without its events.
            try database.noteDeletion(of: file)
            try file.delete()
            report.deletedPartitions.append(file.name)
            pending.giveUp(needing)
        }
        tell(waiting, pending, &report)
    }

    /// Days of the file that nothing was ever folded of, and can't be any more: the events came
    /// when others that they need were gone already (a clock that was put back by more than the
    /// term).
    private func neverFolded(
        in file: PartitionFile
    ) throws(StorageError) -> [(site: Site, day: LocalDay)] {
        let days = try EventReader(folder: folder).days(in: file)
        var found: [(site: Site, day: LocalDay)] = []
        for site in sites {
            guard let known = days[site.id] else { continue }
            let stored = try database.rollupDays(of: site)
            let first = aggregator.terms.firstRollupDay(on: site.calendar.day(of: now))
            for day in known where stored[day] == nil && day >= first {
                let books = try database.books(of: site, on: day...day)[day]
                if books?.lost != true { found.append((site, day)) }
            }
        }
        return found
    }

    /// A day that can't be folded any more keeps the figures that it has; what was never folded of
    /// it is lost.
    private func giveUp(_ day: LocalDay, of site: Site) throws(StorageError) {
        let stored = try database.books(of: site, on: day...day)[day] ?? Books()
        let raw = try EventReader(folder: folder).readableBooks(of: site, on: day)
        var books = stored
        // A file that can't be read may have had more than what the others tell.
        if let raw, raw.received > stored.received {
            books = raw
            books.kept = min(stored.kept, raw.kept)
            books.lostEvents = raw.kept - books.kept
        }
        books.lost = true
        try database.markLost(books, on: day, of: site, at: now)
    }

    private func tell(
        _ waiting: [PartitionFile], _ pending: PendingDays, _ report: inout AggregationReport
    ) {
        guard let first = waiting.first else { return }
        let days = pending.days.filter { day in waiting.contains(where: day.needs) }
            .map { "\($0.site.domain) \($0.day)" }
        let term = TimeSpan.days(Int64(aggregator.terms.rawDays))
        let end = first.day.advanced(by: 1).startInUTC + term + Self.patience
        let prospect =
            isWhole
            ? "\(first.name) is kept until \(end)."
            : "A run over all sites folds what can be folded: footfall aggregate"
        report.problems.append(
            """
            Past the term, but needed by days that are not sealed: \
            \(waiting.map(\.name).joined(separator: ", ")), by \
            \(days.joined(separator: ", ")). \(prospect)
            """)
    }

    /// A partition that a stopped collector left open is closed here, under the collector's lock.
    private func closeIfPossible(_ file: PartitionFile) throws(StorageError) -> Bool {
        if file.isClosed || damaged.contains(file) { return true }
        guard let lock = try FileLock(path: folder.collectorLockPath) else { return false }
        defer { withExtendedLifetime(lock) {} }
        return try PartitionWriter(file).close()
    }

    // MARK: Removed sites

    /// Rewrites closed partitions that still hold events of sites that were removed, so that
    /// their bytes are gone too; the open one is rewritten once it is closed.
    private func removeSitesThatAreNoMore(_ report: inout AggregationReport) throws(StorageError) {
        let known = Set(sites.map(\.id) + [JournalEntry.installation])
        // A day that is just over may still be in the collector's hands.
        let today = (now - .minutes(5)).utcDay
        for file in try folder.partitions()
        where file.day < today && file.isClosed && !damaged.contains(file) {
            let gone = try EventReader(folder: folder).days(in: file).keys.filter {
                !known.contains($0)
            }
            guard !gone.isEmpty else { continue }
            do throws(StorageError) {
                try naming(file.path) {
                    let queue = try SQLiteFile.openShared(file.path)
                    try queue.write { try PartitionSchema.migrate($0) }
                    for site in gone {
                        try queue.write { try PartitionSchema.removeSite(site, from: $0) }
                    }
                    try queue.vacuum()
                    try queue.close()
                }
            } catch {
                report.problems.append(
                    "Events of a removed site are still in \(file.name): \(error) The next run "
                        + "tries again.")
            }
        }
    }
}
