package import Analytics
import Foundation
import GRDB
import GRDBSQLite

/// The raw events of some sites in a window of time, with the books of the partitions read.
package struct EventWindow: Sendable {
    /// Of the sites that have any; within a list in the order read: by partition, then `seq`.
    package var events: [SiteID: EventBuckets] = [:]
    package var vocabulary = Vocabulary()
    package var books: [SiteID: [LocalDay: Books]] = [:]
    /// Partitions of the window that could not be read; nothing of what they hold is here.
    package var unreadable: [UnreadablePartition] = []
    /// Transactions read so far.
    private var transactions: Set<SiteTransaction> = []

    private struct SiteTransaction: Hashable {
        var site: SiteID
        var visitor: UInt64
        var key: TransactionKey
        var hasRevenue: Bool
    }

    /// The number of an event that brings something. One by which a visitor repeats a transaction,
    /// as when somebody loads the page again that thanks for an order, only shows that he is still
    /// there: it counts as an engagement update without time.
    mutating func number(
        of event: FoldEvent, of site: SiteID, bringing properties: [EventProperty],
        _ revenue: Revenue?, _ transaction: TransactionKey?
    ) -> Int32 {
        if let transaction, repeats(transaction, event.visitor, site, revenue) {
            return FoldEvent.engagement
        }
        guard !properties.isEmpty || revenue != nil else { return event.name }
        return vocabulary.number(of: event.name, bringing: properties, revenue)
    }

    /// Another visitor's event repeats nothing: who makes up numbers takes nobody's order away. A
    /// refund repeats nothing, and an event without revenue takes none from one that has it.
    private mutating func repeats(
        _ key: TransactionKey, _ visitor: UInt64, _ site: SiteID, _ revenue: Revenue?
    ) -> Bool {
        guard visitor != FoldEvent.noVisitor, revenue.map({ $0.minorUnits >= 0 }) ?? true else {
            return false
        }
        var transaction = SiteTransaction(
            site: site, visitor: visitor, key: key, hasRevenue: true)
        if revenue != nil { return !transactions.insert(transaction).inserted }
        let isKnown = transactions.contains(transaction)
        transaction.hasRevenue = false
        return !transactions.insert(transaction).inserted || isKnown
    }

    /// The events of a site in the fold's order.
    package func ordered(_ site: SiteID) -> [FoldEvent] {
        EventOrder.sort(events[site]?.all ?? [])
    }
}

/// Takes the events of one site after the other out of a window, each with a vocabulary of its own
/// where several were read.
package struct SiteVocabularies {
    private let shared: Vocabulary
    private var compactor: Vocabulary.Compactor?

    package init(_ window: EventWindow) {
        shared = window.vocabulary
        if window.events.count > 1 { compactor = Vocabulary.Compactor(shared) }
    }

    /// The events of a site; the window has them no more.
    package mutating func take(
        _ site: SiteID, from window: inout EventWindow
    ) -> (events: EventBuckets, vocabulary: Vocabulary) {
        var events = window.events.removeValue(forKey: site) ?? EventBuckets()
        let vocabulary = compactor?.compact(&events) ?? shared
        return (events, vocabulary)
    }
}

/// A partition that is damaged, or not this user's to read.
package struct UnreadablePartition: Hashable, Sendable {
    package var file: PartitionFile
    package var cause: String

    package var error: StorageError { .unreadablePartition(path: file.path, cause: cause) }
}

/// Reads partitions without ever writing to them.
///
/// One that can't be read stops no other: who must know that something is missing asks
/// `readWhole`, or looks at what is said to be unreadable.
package struct EventReader: Sendable {
    /// More events of a site are read into several lists.
    private static let mostInOneList = 500_000

    let folder: DataFolder

    package init(folder: DataFolder) {
        self.folder = folder
    }

    /// Every event of the sites with `start <= time < end`, in one pass over each partition, with
    /// those that were set aside as bots by a rule that their site allows.
    ///
    /// - Parameters:
    ///   - known: partitions that can't be read, as is known already: passed over, and not told
    ///     again.
    ///   - expected: how many events there are, at most; of very many it makes several lists.
    package func read(
        sites: [Site], from start: Instant, to end: Instant,
        passingOver known: Set<PartitionFile> = [], expecting expected: Int = 0
    ) throws(StorageError) -> EventWindow {
        var unreadable: [UnreadablePartition] = []
        while true {
            var window = EventWindow()
            let passedOver = known.union(unreadable.map(\.file))
            if expected / max(1, sites.count) > Self.mostInOneList {
                for site in sites {
                    // Of several nobody knows which has how many.
                    window.events[site.id] = EventBuckets(
                        count: 64, capacity: sites.count == 1 ? expected : 0)
                }
            }
            let failed = try read(
                sites: sites, from: start, to: end, passingOver: passedOver, into: &window)
            guard let failed else {
                window.unreadable = unreadable
                return window
            }
            // What was taken of it before it failed is given up with the window.
            unreadable.append(failed)
        }
    }

    /// - Returns: the partition that stopped it.
    private func read(
        sites: [Site], from start: Instant, to end: Instant,
        passingOver known: Set<PartitionFile>, into window: inout EventWindow
    ) throws(StorageError) -> UnreadablePartition? {
        let last = (end - TimeSpan(milliseconds: 1)).utcDay
        for file in try folder.partitions()
        where file.day >= start.utcDay && file.day <= last && !known.contains(file) {
            let failed = try failure(of: file) { database in
                try readBooks(database, of: file, sites, &window)
                try PartitionReading(
                    file: file, start: start, end: end, sites: Set(sites.map(\.id)),
                    allowedBots: AllowedBots(sites, database)
                ).read(database, into: &window)
            }
            if let failed { return failed }
        }
        return nil
    }

    /// The same, or nothing.
    ///
    /// - Throws: `unreadablePartition`.
    package func readWhole(
        sites: [Site], from start: Instant, to end: Instant
    ) throws(StorageError) -> EventWindow {
        let window = try read(sites: sites, from: start, to: end)
        if let failed = window.unreadable.first { throw failed.error }
        return window
    }

    /// How many raw events the sites have in a window, at most: partitions are counted whole.
    package func countOfEvents(from start: Instant, to end: Instant) throws(StorageError) -> Int {
        var count = 0
        let last = (end - TimeSpan(milliseconds: 1)).utcDay
        for file in try folder.partitions() where file.day >= start.utcDay && file.day <= last {
            _ = try failure(of: file) { database in
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
            _ = try failure(of: file) { database in
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

    /// How many visitors of a site have an event since `start`, in what can be read.
    package func visitors(of site: Site, since start: Instant) throws(StorageError) -> Int {
        var visitors: Set<Int64> = []
        for file in try folder.partitions() where file.day >= start.utcDay {
            _ = try failure(of: file) { database in
                // The newest have the highest numbers: only the end of a table is read.
                func add(_ table: String, _ rule: String, where counts: (Int64) -> Bool) throws {
                    let rows = try Row.fetchCursor(
                        database,
                        sql: "SELECT site, visitor, time, \(rule) FROM \(table) ORDER BY seq DESC")
                    while let row = try rows.next() {
                        guard file.day.startInUTC + TimeSpan(milliseconds: row[2]) >= start else {
                            break
                        }
                        if row[0] == site.id, counts(row[3]), let visitor = row[1] as Int64? {
                            visitors.insert(visitor)
                        }
                    }
                }
                try add("event", "0") { _ in true }
                let allowed = try AllowedBots([site], database)
                guard !allowed.isEmpty else { return }
                try add("set_aside", "rule") { allowed.contains(rule: $0, of: site.id) }
            }
        }
        return visitors.count
    }

    /// The partitions that can't be read. Events are not read one by one: a fold may still come
    /// upon one that fails.
    package func unreadablePartitions() throws(StorageError) -> [UnreadablePartition] {
        var unreadable: [UnreadablePartition] = []
        for file in try folder.partitions() {
            let failed = try failure(of: file) { database in
                for table in ["books", "page", "acquisition", "profile", "name"] {
                    _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)")
                }
                _ = try Int.fetchOne(database, sql: "SELECT max(seq) FROM event")
            }
            if let failed { unreadable.append(failed) }
        }
        return unreadable
    }

    /// The time of the newest event of any partition, or of those before an instant: of the last
    /// that was written, where the clock was put back within a UTC day.
    package func newestEvent(before end: Instant? = nil) throws(StorageError) -> Instant? {
        for file in try folder.partitions().reversed() {
            let limit = end.map { ($0 - file.day.startInUTC).milliseconds } ?? .max
            guard limit > 0 else { continue }
            var newest: Int64?
            _ = try failure(of: file) { database in
                newest = try Int64.fetchOne(
                    database,
                    sql: "SELECT time FROM event WHERE time < ? ORDER BY seq DESC LIMIT 1",
                    arguments: [limit])
            }
            if let newest { return file.day.startInUTC + TimeSpan(milliseconds: newest) }
        }
        return nil
    }

    /// `nil` when `body` came to its end; else what it has taken of the file by then stays.
    func failure(
        of file: PartitionFile, _ body: (Database) throws -> Void
    ) throws(StorageError) -> UnreadablePartition? {
        do {
            try snapshot(of: file, body)
            return nil
        } catch {
            return try unreadable(file, error)
        }
    }

    /// The same, for a look at one table.
    func briefFailure(
        of file: PartitionFile, _ body: (borrowing BriefConnection) throws -> Void
    ) throws(StorageError) -> UnreadablePartition? {
        guard file.exists else { return nil }
        do {
            try naming(file.path) {
                do {
                    let connection = try BriefConnection(file.path)
                    var version: Int64 = 0
                    try connection.forEachRow("PRAGMA user_version") {
                        version = sqlite3_column_int64($0, 0)
                    }
                    try PartitionSchema.check(version: Int(version), path: file.path)
                    // A file that was made, but whose tables were not committed yet.
                    if version > 0 { try body(connection) }
                } catch let error as DatabaseError
                    where error.resultCode == .SQLITE_CANTOPEN && !file.exists
                {
                    return
                }
            }
            return nil
        } catch {
            return try unreadable(file, error)
        }
    }

    private func unreadable(
        _ file: PartitionFile, _ error: StorageError
    ) throws(StorageError) -> UnreadablePartition {
        switch error {
        case .database(_, let cause): return UnreadablePartition(file: file, cause: cause)
        case .locked: return UnreadablePartition(file: file, cause: "locked by another process")
        default: throw error
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
