import GRDB
import GRDBSQLite

extension Statement {
    /// Binds and steps to the end by SQLite's own interface, for statements that run once an event
    /// or read many rows: GRDB's arguments and rows take more time than SQLite. What was bound
    /// before and is not bound again stays.
    ///
    /// - Parameter row: called with the statement standing on each row.
    @inline(__always)
    func run(
        binding bind: (OpaquePointer) -> Void = { _ in },
        row: (OpaquePointer) throws -> Void = { _ in }
    ) throws {
        // The statement object is kept alive while its handle is used.
        try withExtendedLifetime(self) {
            let handle = sqliteStatement
            sqlite3_reset(handle)
            // Also where `row` throws, so that no transaction is held open.
            defer { sqlite3_reset(handle) }
            bind(handle)
            var result = sqlite3_step(handle)
            while result == SQLITE_ROW {
                try row(handle)
                result = sqlite3_step(handle)
            }
            guard result == SQLITE_DONE else {
                throw DatabaseError(result, sqlite3_db_handle(handle))
            }
        }
    }
}

extension DatabaseError {
    /// A result of SQLite's own interface, with what the connection says of it.
    init(_ result: Int32, _ connection: OpaquePointer?) {
        self.init(
            resultCode: ResultCode(rawValue: result),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}
