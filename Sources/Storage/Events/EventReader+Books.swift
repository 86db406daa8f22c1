package import Analytics
import GRDB
import GRDBSQLite

/// How many beacons came, by site, local day and name of the partition.
package struct ReceivedCounts: Sendable {
    package var bySite: [SiteID: [LocalDay: [String: Int]]] = [:]
    /// Partitions whose counts could not be read.
    package var unreadable: [UnreadablePartition] = []
}

/// The books that partitions hold, and what can be told of them without reading events.
extension EventReader {
    /// What every partition received of each site and local day: cheap, and it changes with every
    /// event, so it tells whether a day's input has changed since it was folded.
    package func received() throws(StorageError) -> ReceivedCounts {
        var counts = ReceivedCounts()
        for file in try folder.partitions() {
            var bySite: [SiteID: [LocalDay: Int]] = [:]
            var isDamaged = false
            let failed = try briefFailure(of: file) { connection in
                try connection.forEachRow(
                    "SELECT site, day, count FROM books WHERE reason = 'received'"
                ) { row in
                    guard let day = file.localDay(numbered: sqlite3_column_int64(row, 1)) else {
                        isDamaged = true
                        return
                    }
                    bySite[sqlite3_column_int64(row, 0), default: [:]][day] = Int(
                        sqlite3_column_int64(row, 2))
                }
                if isDamaged { throw Self.wrongDay }
            }
            if let failed {
                counts.unreadable.append(failed)
                continue
            }
            for (site, days) in bySite {
                for (day, count) in days {
                    counts.bySite[site, default: [:]][day, default: [:]][file.name] = count
                }
            }
        }
        return counts
    }

    /// The local days that a partition has beacons of, by site.
    package func days(in file: PartitionFile) throws(StorageError) -> [SiteID: Set<LocalDay>] {
        var days: [SiteID: Set<LocalDay>] = [:]
        _ = try failure(of: file) { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT DISTINCT site, day FROM books")
            while let row = try rows.next() {
                guard let day = file.localDay(numbered: row[1]) else { throw Self.wrongDay }
                days[row[0], default: []].insert(day)
            }
        }
        return days
    }

    /// The books of a site's local days as the partitions have them, kept counted from the rows.
    ///
    /// - Throws: `unreadablePartition` when one that shares an instant with the days can't be read.
    package func books(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> [LocalDay: Books] {
        let (books, unreadable) = try countedBooks(of: site, on: days)
        if let failed = unreadable.first { throw failed.error }
        return books
    }

    /// The same, of the partitions that can be read.
    func readableBooks(of site: Site, on day: LocalDay) throws(StorageError) -> Books? {
        try countedBooks(of: site, on: day...day).books[day]
    }

    /// Rows are counted, not held: a day may have millions, and somebody waits.
    private func countedBooks(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> (books: [LocalDay: Books], unreadable: [UnreadablePartition]) {
        let calendar = site.calendar
        let start = calendar.start(of: days.lowerBound)
        var finder = DayFinder(calendar: calendar, near: start)
        var books: [LocalDay: Books] = [:]
        var unreadable: [UnreadablePartition] = []
        let last = (calendar.end(of: days.upperBound) - TimeSpan(milliseconds: 1)).utcDay
        for file in try folder.partitions() where file.day >= start.utcDay && file.day <= last {
            var window = EventWindow()
            var kept: [LocalDay: Int] = [:]
            let failed = try failure(of: file) { database in
                try readBooks(database, of: file, [site], &window)
                kept = try AllowedBots([site], database).days(of: site, in: file, database)
                let times = try Int64.fetchCursor(
                    database, sql: "SELECT time FROM event WHERE site = ?", arguments: [site.id])
                while let time = try times.next() {
                    let instant = file.day.startInUTC + TimeSpan(milliseconds: time)
                    kept[finder.day(of: instant), default: 0] += 1
                }
            }
            if let failed {
                unreadable.append(failed)
                continue
            }
            for (day, found) in window.books[site.id] ?? [:] {
                books[day, default: Books()] += found
            }
            for (day, count) in kept { books[day, default: Books()].kept += count }
        }
        return (books.filter { days.contains($0.key) }, unreadable)
    }

    struct DayCounts {
        var kept = 0
        /// Those whose page's address has a mark.
        var scrubbed = 0

        static func += (counts: inout DayCounts, other: DayCounts) {
            counts.kept += other.kept
            counts.scrubbed += other.scrubbed
        }
    }

    /// Event rows by local day.
    ///
    /// - Parameter scrubbedPages: of the vocabulary's pages, by number.
    static func counts(
        _ events: EventBuckets, _ calendar: SiteCalendar, scrubbedPages: [Bool]
    ) -> [LocalDay: DayCounts] {
        var counts: [LocalDay: DayCounts] = [:]
        for events in events.lists {
            guard let first = events.first else { continue }
            var finder = DayFinder(calendar: calendar, near: Instant(milliseconds: first.time))
            // Events come by partition and nearly by time: a day's stand together.
            var (day, count) = (
                finder.day(of: Instant(milliseconds: first.time)), DayCounts()
            )
            for event in events {
                let next = finder.day(of: Instant(milliseconds: event.time))
                if next != day {
                    counts[day, default: DayCounts()] += count
                    (day, count) = (next, DayCounts())
                }
                count.kept += 1
                if scrubbedPages[Int(event.page)] { count.scrubbed += 1 }
            }
            counts[day, default: DayCounts()] += count
        }
        return counts
    }

    /// Counts of the installation: beacons of unknown sites.
    package func installationBooks() throws(StorageError) -> Books {
        var window = EventWindow()
        for file in try folder.partitions() {
            _ = try failure(of: file) {
                try readBooks($0, of: file, [JournalEntry.installation], &window)
            }
        }
        return (window.books[JournalEntry.installation] ?? [:]).values.reduce(into: Books(), +=)
    }

    /// What sites let in of the bots that were set aside is no drop of theirs.
    func readBooks(
        _ database: Database, of file: PartitionFile, _ sites: [Site], _ window: inout EventWindow
    ) throws {
        try readBooks(database, of: file, Set(sites.map(\.id)), &window)
        let allowed = try AllowedBots(sites, database)
        for site in sites {
            for (day, count) in try allowed.days(of: site, in: file, database) {
                window.books[site.id]?[day]?.letIn(count, droppedAs: .bot)
            }
        }
    }

    private static let wrongDay = DatabaseError(
        resultCode: .SQLITE_CORRUPT, message: "its books are of a day that is not its own")

    private func readBooks(
        _ database: Database, of file: PartitionFile, _ sites: Set<SiteID>,
        _ window: inout EventWindow
    ) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT site, day, reason, count FROM books")
        while let row = try rows.next() {
            let site: SiteID = row[0]
            guard sites.contains(site) else { continue }
            guard let day = file.localDay(numbered: row[1]) else { throw Self.wrongDay }
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
}
