import Analytics
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
    private let queue: DatabaseQueue
    private let log = LogPages()
    private var dictionaries: PartitionDictionaries
    private var setAsideCount: Int64
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
        (queue, dictionaries, setAsideCount, nextSequence) = try naming(file.path) {
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
                        database, sql: "SELECT coalesce(max(seq), 0) + 1 FROM event")!
                )
            }
        }
    }

    /// Texts that became `(other)` since the partition was opened.
    var otherCount: Int { dictionaries.otherCount }

    /// Writes entries and their books in one transaction, which is synced when this returns.
    func write(_ entries: some Sequence<JournalEntry>) throws(StorageError) {
        let (sequence, aside) = (nextSequence, setAsideCount)
        do {
            try naming(file.path) {
                try queue.inTransaction(.immediate) { database in
                    var books: [BooksKey: Int64] = [:]
                    for entry in entries { try write(entry, &books, database) }
                    try add(books, database)
                    return .commit
                }
            }
            dictionaries.commit()
        } catch {
            dictionaries.rollBack()
            (nextSequence, setAsideCount) = (sequence, aside)
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
        if let revenue = event.revenue {
            try database.cachedStatement(sql: "INSERT INTO revenue VALUES (?, ?, ?)")
                .execute(arguments: [sequence, revenue.currency, revenue.minorUnits])
        }
        for property in event.properties {
            let name = try dictionaries.number(ofText: property.name, event.site, database)
            let value = try dictionaries.number(ofText: property.value, event.site, database)
            try database.cachedStatement(sql: "INSERT OR REPLACE INTO property VALUES (?, ?, ?)")
                .execute(arguments: [sequence, name, value])
        }
    }

    private func setAside(_ event: Event, _ rule: String, _ database: Database) throws {
        let rule = try dictionaries.number(ofText: rule, event.site, database)
        let statement = try database.cachedStatement(
            sql: "INSERT INTO set_aside VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        try execute(statement, first: nil, event, last: rule, database)
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
        // The statement object is kept alive while its handle is used.
        let result = withExtendedLifetime(statement) {
            let handle = statement.sqliteStatement
            sqlite3_reset(handle)
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
            let result = sqlite3_step(handle)
            sqlite3_reset(handle)
            return result
        }
        guard result == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: result),
                message: String(cString: sqlite3_errmsg(database.sqliteConnection)))
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

/// The pages in a connection's write-ahead log, as of its last commit.
///
/// Told by SQLite itself: the file's size says nothing, since a log that was moved into the main
/// file is written over from its start.
// Unchecked: touched by the connection's own thread of work alone, which is the writer's.
private final class LogPages: @unchecked Sendable {
    private(set) var count: Int32 = 0

    func watch(_ database: Database) {
        // The writer keeps this object as long as its connection, which alone calls the hook.
        let this = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            database.sqliteConnection,
            { this, _, _, count in
                // The object that was given above, and lives.
                Unmanaged<LogPages>.fromOpaque(this!).takeUnretainedValue().count = count
                return SQLITE_OK
            }, this)
    }
}
