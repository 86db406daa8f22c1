import GRDB
import GRDBSQLite

/// A connection for one short look at a file, by SQLite's own interface: GRDB's needs 0.4 ms to open
/// one, and each question about a site's figures looks at every partition.
struct BriefConnection: ~Copyable {
    private let handle: OpaquePointer?

    /// Opens a file to read.
    init(_ path: String) throws {
        var handle: OpaquePointer?
        let result = sqlite3_open_v2(
            path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        self.handle = handle
        guard result == SQLITE_OK else { throw DatabaseError(result, handle) }
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Calls `body` with a statement that stands on each of the rows.
    func forEachRow(_ sql: String, _ body: (OpaquePointer) -> Void) throws {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        var result = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard result == SQLITE_OK, let statement else { throw DatabaseError(result, handle) }
        result = sqlite3_step(statement)
        while result == SQLITE_ROW {
            body(statement)
            result = sqlite3_step(statement)
        }
        guard result == SQLITE_DONE else { throw DatabaseError(result, handle) }
    }
}
