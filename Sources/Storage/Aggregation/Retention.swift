import Analytics
import Foundation
import GRDB

/// Deletes what is past its term, whole files only, once it was folded; and not while the clock
/// may be wrong (DESIGN §5, I8).
struct Retention {
    /// A partition whose fold fails goes this much later all the same: the promise to visitors
    /// wins.
    private static let patience = TimeSpan.days(3)
    /// A clock this far past every witness may be wrong.
    private static let suspiciousLead = TimeSpan.days(7)
    private static let secondWitness = TimeSpan.hours(24)

    let aggregator: Aggregator
    let sites: [Site]
    /// Partitions that can't be read.
    let damaged: Set<PartitionFile>
    let now: Instant

    private var folder: DataFolder { aggregator.folder }
    private var database: MainDatabase { aggregator.database }

    func run(_ report: inout AggregationReport) throws(StorageError) {
        guard try isClockTrusted(&report) else { return }
        try database.setNote(.lastAggregation, now.milliseconds)
        try removePartitions(&report)
        try removeSitesThatAreNoMore(&report)
        for site in sites {
            let today = site.calendar.day(of: now)
            let first = today.startOfMonth(advancedBy: -aggregator.terms.rollupMonths)
                .advanced(by: today.components.day - 1)
            report.removedRollupDays += try database.removeRollups(before: first, of: site)
        }
    }

    /// Two witnesses: a run that finds the clock more than 7 days past the newest event, the last
    /// run and the owner's last act notes that and deletes nothing; the first run at least 24 h
    /// after that note deletes.
    private func isClockTrusted(_ report: inout AggregationReport) throws(StorageError) -> Bool {
        let lastRun = try database.note(.lastAggregation).map(Instant.init(milliseconds:))
        let witnesses = [
            try EventReader(folder: folder).newestEvent(), lastRun, try database.lastOwnersAct(),
        ].compactMap { $0 }
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
        for file in try folder.partitions() {
            let due = file.day.advanced(by: 1).startInUTC + term
            guard now >= due else { continue }
            let unfolded = try daysNotSealed(touching: file)
            if !unfolded.isEmpty, now < due + Self.patience {
                report.problems.append(
                    """
                    \(file.name) is past its term, but \(unfolded.count) day(s) that need it could \
                    not be folded; it is kept until \(due + Self.patience).
                    """)
                continue
            }
            guard try closeIfPossible(file) else {
                report.problems.append("\(file.name) is past its term, but is still being written.")
                continue
            }
            for (site, day) in unfolded {
                try database.markLost(day, of: site)
                report.problems.append(
                    "The events of \(site.domain) on \(day) were deleted before they could be folded."
                )
            }
            // Noted first: a crash in between leaves a file that counts as gone, and it is
            // deleted by the next run; never a day that counts as foldable without its events.
            try database.noteDeletion(of: file)
            try file.delete()
            report.deletedPartitions.append(file.name)
        }
    }

    private func daysNotSealed(
        touching file: PartitionFile
    ) throws(StorageError) -> [(site: Site, day: LocalDay)] {
        let days = try EventReader(folder: folder).days(in: file)
        var open: [(site: Site, day: LocalDay)] = []
        for site in sites {
            let stored = try database.rollupDays(of: site)
            let touched =
                damaged.contains(file)
                ? localDays(of: site, touching: file) : days[site.id] ?? []
            open += touched.filter { stored[$0]?.isSealed != true }.map { (site, $0) }
        }
        return open
    }

    /// All local days that share an instant with a partition: nobody can say which have events.
    private func localDays(of site: Site, touching file: PartitionFile) -> Set<LocalDay> {
        let calendar = site.calendar
        let end = file.day.advanced(by: 1).startInUTC - TimeSpan(milliseconds: 1)
        return Set(calendar.day(of: file.day.startInUTC)...calendar.day(of: end))
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
        let today = now.utcDay
        for file in try folder.partitions()
        where file.day < today && file.isClosed && !damaged.contains(file) {
            let gone = try EventReader(folder: folder).days(in: file).keys.filter {
                !known.contains($0)
            }
            guard !gone.isEmpty else { continue }
            try naming(file.path) {
                let queue = try SQLiteFile.openShared(file.path)
                for site in gone {
                    try queue.write { try PartitionSchema.removeSite(site, from: $0) }
                }
                try queue.vacuum()
                try queue.close()
            }
        }
    }
}
