import GRDB

/// How each kind of file is opened (DESIGN §6).
enum SQLiteFile {
    /// `footfall.sqlite`: a rollback journal, since several processes write it in short
    /// transactions, and a WAL that two connections reset at once can be corrupted by SQLite
    /// before 3.51.3.
    static func openShared(
        _ path: String, patience: Duration = MainDatabase.standardPatience
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "footfall.sqlite"
        configuration.busyMode = .timeout(patience / .seconds(1))
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            database.add(function: MainDatabase.mergeHistograms)
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// A partition, for its one writer. GRDB's own WAL set-up would put `synchronous` to NORMAL
    /// after everything else, so it is not used, and the setting is read back.
    static func openWriter(
        _ path: String, synchronous: String = "FULL"
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "partition"
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            // Checkpoints are made between batches, never inside a commit that beacons wait for.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
        }
        return queue
    }

    /// Whether each commit is synced before it returns: `PRAGMA synchronous` reads 2.
    static func isSynchronous(_ queue: DatabaseQueue) throws -> Bool {
        try queue.writeWithoutTransaction { database in
            try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2
        }
    }

    static func openReader(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}

/// Runs what talks to SQLite and says which file failed.
func naming<Value>(_ path: String, _ body: () throws -> Value) throws(StorageError) -> Value {
    do {
        return try body()
    } catch let error as StorageError {
        throw error
    } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
    {
        throw .locked(path: path)
    } catch let error as DatabaseError {
        throw .database(path: path, cause: error.message ?? "\(error.resultCode)")
    } catch {
        throw .database(path: path, cause: "\(error)")
    }
}
