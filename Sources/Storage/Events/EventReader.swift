package import Analytics
import Foundation
import GRDB

/// The raw events of some sites in a window of time, with the books of the partitions read.
package struct EventWindow: Sendable {
    /// In the order read: by partition, then `seq`.
    package var events: [SiteID: [FoldEvent]] = [:]
    package var vocabulary = Vocabulary()
    package var books: [SiteID: [LocalDay: Books]] = [:]

    /// The events of a site in the fold's order.
    package func ordered(_ site: SiteID) -> [FoldEvent] {
        EventOrder.sort(events[site] ?? [])
    }
}

/// Reads partitions without ever writing to them.
package struct EventReader: Sendable {
    private let folder: DataFolder

    package init(folder: DataFolder) {
        self.folder = folder
    }

    /// Every event of the sites with `start <= time < end`, in one pass over each partition.
    package func read(
        sites: Set<SiteID>, from start: Instant, to end: Instant
    ) throws(StorageError) -> EventWindow {
        var window = EventWindow()
        let last = (end - TimeSpan(milliseconds: 1)).utcDay
        for file in try folder.partitions() where file.day >= start.utcDay && file.day <= last {
            // A damaged partition stops no other day.
            _ = try snapshotIfReadable(of: file) { database in
                try readBooks(database, sites, &window)
                try PartitionReading(file: file, start: start, end: end, sites: sites)
                    .read(database, into: &window)
            }
        }
        return window
    }

    /// How many raw events the sites have in a window, at most: partitions are counted whole.
    package func countOfEvents(from start: Instant, to end: Instant) throws(StorageError) -> Int {
        var count = 0
        for file in try folder.partitions() where file.day >= start.utcDay && file.day <= end.utcDay
        {
            _ = try snapshotIfReadable(of: file) { database in
                count += try Int.fetchOne(database, sql: "SELECT coalesce(max(seq), 0) FROM event")!
            }
        }
        return count
    }

    /// The events since `start` that have a retry key, newest first; for the collector's start.
    package func recentRetryKeys(
        since start: Instant
    ) throws(StorageError) -> [(site: SiteID, visitor: Visitor?, key: RetryKey, time: Instant)] {
        var found: [(site: SiteID, visitor: Visitor?, key: RetryKey, time: Instant)] = []
        for file in try folder.partitions() where file.day >= start.utcDay && file.importID == nil {
            _ = try snapshotIfReadable(of: file) { database in
                guard try Int.fetchOne(database, sql: "PRAGMA user_version")! >= 2 else { return }
                // The newest have the highest numbers: only the end of the table is read.
                let rows = try Row.fetchCursor(
                    database,
                    sql: "SELECT site, visitor, time, retry_key FROM event ORDER BY seq DESC")
                while let row = try rows.next() {
                    let time = file.day.startInUTC + TimeSpan(milliseconds: row[2])
                    guard time >= start else { break }
                    guard let value = row[3] as Int64? else { continue }
                    let visitor = (row[1] as Int64?).map { Visitor(value: UInt64(bitPattern: $0)) }
                    found.append(
                        (row[0], visitor, RetryKey(value: UInt64(bitPattern: value)), time))
                }
            }
        }
        return found
    }

    /// The partitions that can't be read.
    package func damagedPartitions() throws(StorageError) -> [PartitionFile] {
        var damaged: [PartitionFile] = []
        for file in try folder.partitions() {
            let isReadable = try snapshotIfReadable(of: file) { database in
                _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM books")
            }
            if !isReadable { damaged.append(file) }
        }
        return damaged
    }

    /// Received and dropped as the partitions' books have them, `kept` not counted.
    package func beaconCounts(of site: Site) throws(StorageError) -> [LocalDay: Books] {
        var window = EventWindow()
        for file in try folder.partitions() {
            _ = try snapshotIfReadable(of: file) { try readBooks($0, [site.id], &window) }
        }
        return window.books[site.id] ?? [:]
    }

    /// What every partition received of each site and local day: cheap, and it changes with every
    /// event, so it tells whether a day's input has changed since it was folded.
    package func received() throws(StorageError) -> [SiteID: [LocalDay: [String: Int]]] {
        var received: [SiteID: [LocalDay: [String: Int]]] = [:]
        for file in try folder.partitions() {
            _ = try snapshotIfReadable(of: file) { database in
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT site, day, count FROM books WHERE reason = 'received'")
                while let row = try rows.next() {
                    received[row[0], default: [:]][
                        LocalDay(daysSince1970: row[1]), default: [:]][file.name] = row[2]
                }
            }
        }
        return received
    }

    /// The local days that a partition has beacons of, by site.
    package func days(in file: PartitionFile) throws(StorageError) -> [SiteID: Set<LocalDay>] {
        var days: [SiteID: Set<LocalDay>] = [:]
        _ = try snapshotIfReadable(of: file) { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT DISTINCT site, day FROM books")
            while let row = try rows.next() {
                days[row[0], default: []].insert(LocalDay(daysSince1970: row[1]))
            }
        }
        return days
    }

    /// The books of a site's local days as the partitions have them, kept counted from the rows.
    package func books(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> [LocalDay: Books] {
        let calendar = site.calendar
        let window = try read(
            sites: [site.id], from: calendar.start(of: days.lowerBound),
            to: calendar.end(of: days.upperBound))
        var books = (window.books[site.id] ?? [:]).filter { days.contains($0.key) }
        for (day, kept) in Self.kept(window.events[site.id] ?? [], calendar)
        where days.contains(day) {
            books[day, default: Books()].kept = kept
        }
        return books
    }

    /// Event rows by local day.
    static func kept(_ events: [FoldEvent], _ calendar: SiteCalendar) -> [LocalDay: Int] {
        guard let first = events.first else { return [:] }
        var finder = DayFinder(calendar: calendar, near: Instant(milliseconds: first.time))
        var counts: [LocalDay: Int] = [:]
        for event in events {
            counts[finder.day(of: Instant(milliseconds: event.time)), default: 0] += 1
        }
        return counts
    }

    /// The time of the newest event of any partition.
    package func newestEvent() throws(StorageError) -> Instant? {
        for file in try folder.partitions().reversed() {
            var newest: Int64?
            _ = try snapshotIfReadable(of: file) { database in
                newest = try Int64.fetchOne(database, sql: "SELECT max(time) FROM event")
            }
            if let newest { return file.day.startInUTC + TimeSpan(milliseconds: newest) }
        }
        return nil
    }

    /// Counts of the installation: beacons of unknown sites.
    package func installationBooks() throws(StorageError) -> Books {
        var window = EventWindow()
        for file in try folder.partitions() {
            _ = try snapshotIfReadable(of: file) {
                try readBooks($0, [JournalEntry.installation], &window)
            }
        }
        return (window.books[JournalEntry.installation] ?? [:]).values.reduce(into: Books(), +=)
    }

    /// `false` when the file is damaged; what `body` has taken of it by then stays.
    private func snapshotIfReadable(
        of file: PartitionFile, _ body: (Database) throws -> Void
    ) throws(StorageError) -> Bool {
        do {
            try snapshot(of: file, body)
            return true
        } catch {
            guard case .database = error else { throw error }
            return false
        }
    }

    private func readBooks(
        _ database: Database, _ sites: Set<SiteID>, _ window: inout EventWindow
    ) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT site, day, reason, count FROM books")
        while let row = try rows.next() {
            let site: SiteID = row[0]
            guard sites.contains(site) else { continue }
            let day = LocalDay(daysSince1970: row[1])
            let reason: String = row[2]
            let count: Int = row[3]
            if reason == "received" {
                window.books[site, default: [:]][day, default: Books()].received += count
            } else if let reason = DropReason(rawValue: reason) {
                window.books[site, default: [:]][day, default: Books()].dropped[
                    reason, default: 0] += count
            } else if let refusal = Refusal(rawValue: reason) {
                window.books[site, default: [:]][day, default: Books()].refused[
                    refusal, default: 0] += count
            }
        }
    }

    /// Runs `body` in one read transaction, so that books and events agree; a partition that
    /// retention deletes meanwhile is skipped.
    private func snapshot(
        of file: PartitionFile, _ body: (Database) throws -> Void
    ) throws(StorageError) {
        guard file.exists else { return }
        try naming(file.path) {
            do {
                let queue = try SQLiteFile.openReader(file.path)
                try queue.read { database in
                    try PartitionSchema.check(database, path: file.path)
                    // A file that was made, but whose tables were not committed yet.
                    guard try database.tableExists("event") else { return }
                    try body(database)
                }
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_CANTOPEN && !file.exists
            {
                return
            }
        }
    }
}
