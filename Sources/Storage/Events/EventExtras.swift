import Analytics
import GRDB
import GRDBSQLite

/// What few events bring beside their row: properties, revenue, the key of a transaction. Read
/// beside the events, whose order (`seq`) the three tables share.
final class EventExtras {
    private var properties: ExtraRows
    private var revenues: ExtraRows
    private var transactions: ExtraRows
    private var texts: [Int64: String] = [:]

    /// Whose extras: what a set-aside event brings stands under its number with the sign turned.
    enum Owner {
        case kept, setAside

        fileprivate var sequence: String { self == .kept ? "seq" : "-seq" }
        fileprivate var rows: String { self == .kept ? "WHERE seq > 0" : "WHERE seq < 0" }
        fileprivate var order: String { self == .kept ? "ORDER BY seq" : "ORDER BY seq DESC" }
    }

    init(_ database: Database, _ owner: Owner) throws {
        func rows(_ columns: String, _ table: String, then order: String = "") throws -> ExtraRows {
            try ExtraRows(
                database,
                """
                SELECT \(owner.sequence), \(columns) FROM \(table) \(owner.rows)
                \(owner.order)\(order)
                """)
        }
        properties = try rows("name, value", "property", then: ", name")
        revenues = try rows("minor_units, currency", "revenue")
        // Partitions of version 2 and before have none.
        transactions =
            try database.tableExists("transaction_key")
            ? try rows("key", "transaction_key") : try ExtraRows(database, nil)
        guard properties.next != nil else { return }
        let rows = try Row.fetchCursor(database, sql: "SELECT id, text FROM text")
        while let row = try rows.next() { texts[row[0]] = row[1] }
    }

    /// What the event of a number brings; events are asked for in rising order. `nil` for nearly
    /// all.
    ///
    /// - Throws: `SQLITE_CORRUPT` where a number stands for no text of the partition.
    func extras(
        of sequence: Int64
    ) throws -> (properties: [EventProperty], revenue: Revenue?, transaction: TransactionKey?)? {
        var found: [EventProperty] = []
        while try properties.seek(sequence) {
            guard let name = texts[properties.integer(1)], let value = texts[properties.integer(2)]
            else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "a property's number is no text's")
            }
            found.append(EventProperty(name: name, value: value))
            try properties.step()
        }
        var revenue: Revenue?
        if try revenues.seek(sequence) {
            revenue = Revenue(currency: revenues.text(2), minorUnits: revenues.integer(1))
        }
        var transaction: TransactionKey?
        if try transactions.seek(sequence) {
            transaction = TransactionKey(value: UInt64(bitPattern: transactions.integer(1)))
        }
        guard !found.isEmpty || revenue != nil || transaction != nil else { return nil }
        return (found, revenue, transaction)
    }
}

/// A statement's rows, of which the first column is a rising `seq`; by SQLite's own interface, as
/// the events are read.
private struct ExtraRows {
    private let statement: Statement?
    /// Of the row at hand; `nil` after the last.
    private(set) var next: Int64?

    /// - Parameter sql: `nil` has no rows.
    init(_ database: Database, _ sql: String?) throws {
        statement = try sql.map { try database.makeStatement(sql: $0) }
        try step()
    }

    mutating func step() throws {
        guard let statement else { return }
        // The statement object lives as long as this value.
        let handle = statement.sqliteStatement
        switch sqlite3_step(handle) {
        case SQLITE_ROW: next = sqlite3_column_int64(handle, 0)
        case SQLITE_DONE: next = nil
        case let result:
            throw DatabaseError(resultCode: ResultCode(rawValue: result), message: "reading extras")
        }
    }

    /// Whether there is a row of the number; passes over those before.
    mutating func seek(_ sequence: Int64) throws -> Bool {
        while let next, next < sequence { try step() }
        return next == sequence
    }

    func integer(_ column: Int32) -> Int64 {
        statement.map { sqlite3_column_int64($0.sqliteStatement, column) } ?? 0
    }

    func text(_ column: Int32) -> String {
        // Copied before the next step.
        guard let statement, let bytes = sqlite3_column_text(statement.sqliteStatement, column)
        else { return "" }
        return String(cString: bytes)
    }
}
