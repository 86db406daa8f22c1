import Analytics
import GRDB
import GRDBSQLite

/// Writes the rows of one day within its transaction, by SQLite's own interface: a day of a small site
/// has a thousand rows.
struct RollupWriter {
    private let database: Database
    private let site: SiteID
    private let day: Int64
    private let row: Statement
    private let takings: Statement
    private let findTerm: Statement
    private let addTerm: Statement
    /// Pages are entry and exit pages as well: each text is looked for once. Not kept over the
    /// transaction's end: another process may then remove a term that no row uses.
    private var terms: [String: Int64] = [:]

    init(_ database: Database, _ site: SiteID, _ day: LocalDay) throws {
        self.database = database
        self.site = site
        self.day = Int64(day.daysSince1970)
        row = try database.cachedStatement(
            sql: "INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        takings = try database.cachedStatement(
            sql: "INSERT INTO takings VALUES (?, ?, ?, ?, ?, ?, ?)")
        findTerm = try database.cachedStatement(sql: "SELECT id FROM term WHERE text = ?")
        addTerm = try database.cachedStatement(sql: "INSERT INTO term (text) VALUES (?)")
    }

    mutating func insert(_ figures: DayFigures) throws {
        try insert(Dimension.codeOfTotals, try term(""), figures.totals)
        // In the order of the table's key, so that each row is put at its end.
        for (dimension, values) in figures.rows.sorted(by: { $0.key.code < $1.key.code }) {
            var rows: [(term: Int64, figures: Figures)] = []
            for (text, figures) in values { rows.append((try term(text), figures)) }
            for row in rows.sorted(by: { $0.term < $1.term }) {
                try insert(dimension.code, row.term, row.figures)
            }
        }
    }

    private func insert(_ code: Int64, _ term: Int64, _ figures: Figures) throws {
        let counts =
            [
                figures.visitors, figures.newVisitors, figures.sessions, figures.pageviews,
                figures.events, figures.bounces, figures.engagedSessions,
            ].map(Int64.init) + [figures.sessionMilliseconds, figures.engagedMilliseconds]
        try row.run { handle in
            bindKey(code, term, handle)
            for (index, count) in counts.enumerated() {
                sqlite3_bind_int64(handle, Int32(5 + index), count)
            }
            bind(figures.durations, 14, handle)
            bind(figures.engagements, 15, handle)
            sqlite3_bind_int64(handle, 16, Int64(figures.scrollDepthSum))
            sqlite3_bind_int64(handle, 17, Int64(figures.scrolledSessions))
        }
        for (currency, taken) in figures.takings {
            try takings.run { handle in
                bindKey(code, term, handle)
                bind(currency, 5, handle)
                sqlite3_bind_int64(handle, 6, Int64(taken.orders))
                sqlite3_bind_int64(handle, 7, taken.minorUnits)
            }
        }
    }

    private mutating func term(_ text: String) throws -> Int64 {
        if let known = terms[text] { return known }
        var term: Int64?
        try findTerm.run {
            bind(text, 1, $0)
        } row: {
            term = sqlite3_column_int64($0, 0)
        }
        if term == nil {
            try addTerm.run { bind(text, 1, $0) }
            term = sqlite3_last_insert_rowid(database.sqliteConnection)
        }
        terms[text] = term
        return term!
    }

    // MARK: SQLite

    private func bindKey(_ code: Int64, _ term: Int64, _ handle: OpaquePointer) {
        sqlite3_bind_int64(handle, 1, site)
        sqlite3_bind_int64(handle, 2, day)
        sqlite3_bind_int64(handle, 3, code)
        sqlite3_bind_int64(handle, 4, term)
    }

    private func bind(_ text: String, _ position: Int32, _ handle: OpaquePointer) {
        var text = text
        // SQLite copies the bytes before the call returns.
        text.withUTF8 { bytes in
            // The same bytes under C's name for them.
            bytes.withMemoryRebound(to: CChar.self) {
                _ = sqlite3_bind_text(
                    handle, position, $0.baseAddress, Int32($0.count), Self.copies)
            }
        }
    }

    private func bind(_ histogram: Histogram, _ position: Int32, _ handle: OpaquePointer) {
        guard !histogram.isEmpty else {
            sqlite3_bind_null(handle, position)
            return
        }
        let bytes = histogram.encoded
        sqlite3_bind_blob(handle, position, bytes, Int32(bytes.count), Self.copies)
    }

    /// `SQLITE_TRANSIENT`, a macro that Swift does not see.
    private static let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
