import Analytics
import Foundation
import GRDB
import GRDBSQLite

/// Writes one partition: the collector's for its UTC day, or one of an import. Its only writer
/// and checkpointer; not for two threads at once.
final class PartitionWriter {
    /// Most set-aside rows of a partition (I11); past it a bot is counted only.
    static let setAsideLimit: Int64 = 200_000
    /// A checkpoint is due when the log holds this many pages of 4 KiB.
    private static let checkpointPages: Int32 = 1_000

    let file: PartitionFile
    /// Set once the file was found to be damaged: nothing more is written to it.
    private(set) var isDamaged = false
    /// Whether the connection can't go on, and another one might.
    ///
    /// After a full disk or a failed sync it goes on: the next commit then writes over what the
    /// failed one left in the log. A new connection would take that for a commit, and find events
    /// there that were refused.
    private(set) var mustReopen = false
    private let identities: PartitionIdentities
    private let queue: DatabaseQueue
    private let log = LogPages()
    private var dictionaries: PartitionDictionaries
    private var setAsideCount: Int64
    private var lastSetAside: Int64
    private var nextSequence: Int64
    private let dayStart: Int64

    /// - Parameters:
    ///   - isSynced: `false` only for an import's draft, which is synced when complete.
    ///   - synchronous: what the connection is opened with in place of what `isSynced` needs, so
    ///     that a test sees a connection that does not sync refused.
    init(
        _ file: PartitionFile, isSynced: Bool = true, synchronous: String? = nil,
        newEntriesPerSite: Int = PartitionDictionaries.standardLimitPerSite
    ) throws(StorageError) {
        self.file = file
        dayStart = file.day.startInUTC.milliseconds
        let log = log
        (queue, dictionaries, setAsideCount, lastSetAside, nextSequence) = try namingDamage(
            file.path
        ) {
            let isNew = !file.exists
            let queue = try SQLiteFile.openWriter(
                file.path, synchronous: synchronous ?? (isSynced ? "FULL" : "OFF"))
            if isSynced, try !SQLiteFile.isSynchronous(queue) {
                throw StorageError.notSynchronous(path: file.path)
            }
            try queue.write { database in
                if try Int.fetchOne(database, sql: "PRAGMA user_version") == 0 {
                    try PartitionSchema.create(in: database)
                }
                try PartitionSchema.check(database, path: file.path)
                try PartitionSchema.migrate(database)
                log.watch(database)
            }
            // The new file's name must survive a power loss, not only its pages.
            if isNew { try syncFolder(file.folder) }
            return try queue.read { database in
                (
                    queue,
                    try PartitionDictionaries(
                        loadingFrom: database, limitPerSite: newEntriesPerSite),
                    try Int64.fetchOne(database, sql: "SELECT count(*) FROM set_aside")!,
                    try Int64.fetchOne(
                        database, sql: "SELECT coalesce(max(seq), 0) FROM set_aside")!,
                    try Int64.fetchOne(
                        database, sql: "SELECT coalesce(max(seq), 0) + 1 FROM event")!
                )
            }
        }
        identities = PartitionIdentities(path: file.path)
    }

    /// Texts that became `(other)` since the partition was opened.
    var otherCount: Int { dictionaries.otherCount }

    /// Writes entries and their books in one transaction, which is synced when this returns.
    func write(_ entries: some Sequence<JournalEntry>) throws(StorageError) {
        if isDamaged { throw damage }
        let before = (nextSequence, setAsideCount, lastSetAside)
        do {
            try namingDamage(file.path) {
                do {
                    try queue.inTransaction(.immediate) { database in
                        var books: [BooksKey: Int64] = [:]
                        for entry in entries { try write(entry, &books, database) }
                        try add(books, database)
                        return .commit
                    }
                } catch let error as DatabaseError {
                    note(error)
                    throw error
                }
            }
            dictionaries.commit()
        } catch {
            dictionaries.rollBack()
            (nextSequence, setAsideCount, lastSetAside) = before
            throw error
        }
    }

    private enum Line: Hashable {
        case received
        case dropped(DropReason)
        case refused(Refusal)

        var text: String {
            switch self {
            case .received: "received"
            case .dropped(let reason): reason.rawValue
            case .refused(let refusal): refusal.rawValue
            }
        }
    }

    private struct BooksKey: Hashable {
        var site: SiteID
        var day: LocalDay
        var line: Line
    }

    private func write(
        _ entry: JournalEntry, _ books: inout [BooksKey: Int64], _ database: Database
    ) throws {
        func count(_ line: Line, _ number: Int = 1) {
            books[BooksKey(site: entry.site, day: entry.day, line: line), default: 0] +=
                Int64(number)
        }
        let reason: DropReason
        switch entry.fate {
        case .refused(let refusal, let number):
            count(.received, number)
            count(.refused(refusal), number)
            return
        case .kept(let event):
            try insert(event, database)
            count(.received)
            return
        case .setAside(let event, let cause, let rule):
            reason = cause
            if setAsideCount < Self.setAsideLimit {
                try setAside(event, rule, database)
                setAsideCount += 1
            }
        case .dropped(let cause): reason = cause
        }
        count(.received)
        count(.dropped(reason))
    }

    private func add(_ books: [BooksKey: Int64], _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO books VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """)
        for (key, count) in books {
            try statement.execute(arguments: [
                key.site, Int64(key.day.daysSince1970), key.line.text, count,
            ])
        }
    }

    private func insert(_ event: Event, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let sequence = nextSequence
        nextSequence += 1
        try execute(
            statement, first: sequence, event, last: event.retryKey.map { Int64($0.value) },
            database)
        try insertExtras(of: event, under: sequence, database)
    }

    /// What few events bring beside their row.
    private func insertExtras(
        of event: Event, under sequence: Int64, _ database: Database
    ) throws {
        if let revenue = event.revenue {
            try database.cachedStatement(sql: "INSERT INTO revenue VALUES (?, ?, ?)")
                .execute(arguments: [sequence, revenue.currency, revenue.minorUnits])
        }
        if let key = event.transactionKey {
            try database.cachedStatement(sql: "INSERT INTO transaction_key VALUES (?, ?)")
                .execute(arguments: [sequence, Int64(bitPattern: key.value)])
        }
        for property in event.properties {
            let name = try dictionaries.number(ofText: property.name, event.site, database)
            let value = try dictionaries.number(ofText: property.value, event.site, database)
            try database.cachedStatement(sql: "INSERT OR REPLACE INTO property VALUES (?, ?, ?)")
                .execute(arguments: [sequence, name, value])
        }
    }

    private func setAside(_ event: Event, _ rule: String, _ database: Database) throws {
        dictionaries.isForSetAside = true
        defer { dictionaries.isForSetAside = false }
        let rule = try dictionaries.number(ofText: rule, event.site, database)
        let statement = try database.cachedStatement(
            sql: "INSERT INTO set_aside VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let sequence = lastSetAside + 1
        lastSetAside = sequence
        try execute(statement, first: sequence, event, last: rule, database)
        try insertExtras(
            of: event, under: PartitionSchema.sequence(ofSetAside: sequence), database)
    }

    /// Binds and steps by SQLite's own interface: GRDB's arguments cost 2.6 µs an event more.
    private func execute(
        _ statement: Statement, first sequence: Int64?, _ event: Event, last: Int64?,
        _ database: Database
    ) throws {
        let (name, engaged, depth) = try code(of: event, database)
        let page = try dictionaries.number(of: event.page, event.site, database)
        let acquisition = try dictionaries.number(of: event.acquisition, event.site, database)
        let profile = try dictionaries.number(of: event.profile, event.site, database)
        try statement.run { handle in
            bind(sequence, 1, handle)
            bind(event.site, 2, handle)
            bind(event.visitor.map { Int64(bitPattern: $0.value) }, 3, handle)
            bind(event.time.milliseconds - dayStart, 4, handle)
            bind(name, 5, handle)
            bind(page, 6, handle)
            bind(acquisition, 7, handle)
            bind(profile, 8, handle)
            bind(engaged, 9, handle)
            bind(depth, 10, handle)
            bind(last, 11, handle)
        }
    }

    private func bind(_ value: Int64?, _ position: Int32, _ handle: OpaquePointer) {
        if let value {
            sqlite3_bind_int64(handle, position, value)
        } else {
            sqlite3_bind_null(handle, position)
        }
    }

    private func code(
        of event: Event, _ database: Database
    ) throws -> (name: Int64, engaged: Int64?, depth: Int64?) {
        switch event.kind {
        case .pageview: (Int64(FoldEvent.pageview), nil, nil)
        case .custom(let name, let isInteractive):
            (
                try dictionaries.number(
                    ofEvent: name, isInteractive: isInteractive, event.site, database),
                nil, nil
            )
        case .engagement(let milliseconds, let depth):
            (Int64(FoldEvent.engagement), milliseconds, depth.map(Int64.init))
        }
    }

    // MARK: The file under the connection

    private func note(_ error: DatabaseError) {
        if error.tellsDamage { isDamaged = true }
        switch error.resultCode {
        case .SQLITE_READONLY, .SQLITE_CANTOPEN: mustReopen = true
        default: break
        }
    }

    /// One look at each of the three names; cheap enough for every commit.
    var place: PartitionPlace { identities.place }

    /// Finds out whether the begin of the file, which connections read when they open it, is still
    /// a database's: damage that this one does not see would be seen at the next start.
    ///
    /// - Throws: `damagedPartition`.
    func lookForDamage() throws(StorageError) {
        // Read through the connection's own descriptor: to close another one of the same file would
        // give up the locks that SQLite holds on it (sqlite.org/howtocorrupt.html, 2.2).
        let begin = queue.unsafeReentrantRead { database -> [UInt8]? in
            var file: UnsafeMutablePointer<sqlite3_file>?
            sqlite3_file_control(
                database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
            guard let file, let methods = file.pointee.pMethods else { return nil }
            var bytes = [UInt8](repeating: 0, count: Self.fileHead.count)
            // As many bytes as there is room for, of a file that is open as long as the connection.
            let result = methods.pointee.xRead(file, &bytes, Int32(bytes.count), 0)
            return result == SQLITE_OK || result == Self.shortRead ? bytes : nil
        }
        if let begin, begin != Self.fileHead { isDamaged = true }
        if isDamaged { throw damage }
    }

    private var damage: StorageError {
        .damagedPartition(
            path: file.path, cause: "it was written over while the collector had it open")
    }

    /// SQLite format 3 (sqlite.org/fileformat.html, 1.3.1).
    private static let fileHead = Array("SQLite format 3\0".utf8)
    /// SQLITE_IOERR_SHORT_READ, a macro that Swift does not see.
    private static let shortRead = SQLITE_IOERR | (2 << 8)

    /// Moves what the connection holds of a log that lost its name into the main file, so that the
    /// partition can be opened anew with all that was kept.
    ///
    /// - Throws: `locked` while a reader is in the way.
    func saveLog() throws(StorageError) {
        try naming(file.path) {
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try queue.close()
        }
    }

    /// Closes the connection to a file that is gone from its name, and removes what is left beside
    /// the name: the log of one file would be taken for that of the next.
    func abandon() {
        // Into the file, wherever it is now: a partition that was moved is whole without its log.
        try? queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        if place == .fileGone {
            for name in identities.leftNames { unlink(name) }
        }
        // SQLite looks whether the name still is the file's before it touches what is beside it.
        try? queue.close()
    }

    // MARK: Checkpoints

    /// Moves the log into the main file when it has grown; between batches, so that no beacon
    /// waits for it inside its commit.
    func checkpointIfDue() throws(StorageError) {
        guard log.count > Self.checkpointPages else { return }
        try naming(file.path) {
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
        }
    }

    /// Moves all of the log into the main file and gives up the write-ahead log, so that the
    /// file stands alone; the writer can't be used afterwards.
    ///
    /// - Returns: `false` when a reader is in the way; the file is then closed by a later call.
    @discardableResult
    func close() throws(StorageError) -> Bool {
        try naming(file.path) {
            let isAlone = try queue.writeWithoutTransaction { database in
                do {
                    try database.checkpoint(.truncate)
                    return try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
                        == "delete"
                } catch let error as DatabaseError
                    where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
                {
                    return false
                }
            }
            try queue.close()
            return isAlone
        }
    }
}
