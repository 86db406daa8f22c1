import GRDB
import GRDBSQLite

/// The pages in a connection's write-ahead log, as of its last commit.
///
/// Told by SQLite itself: the file's size says nothing, since a log that was moved into the main
/// file is written over from its start.
// Unchecked: touched by the connection's own thread of work alone, which is the writer's.
final class LogPages: @unchecked Sendable {
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
