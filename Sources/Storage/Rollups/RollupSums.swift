package import Analytics
import GRDB
import GRDBSQLite

/// What of a row's figures is wanted beside its counts; each costs a query time.
package struct FigureParts: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Histograms of durations and engaged times.
    package static let times = FigureParts(rawValue: 1)
    /// Orders and revenue.
    package static let takings = FigureParts(rawValue: 2)
    package static let all: FigureParts = [.times, .takings]

    /// What some metrics are worked out from.
    package init(for metrics: [Metric]) {
        self = []
        if metrics.contains(where: \.isOfTimes) { insert(.times) }
        if metrics.contains(where: { $0.isMoney || $0 == .orders }) { insert(.takings) }
    }
}

/// Sums of rollups over days. Whole months come from the rows of months (`MonthRollups`), so that a
/// year costs as much as twelve days.
extension MainDatabase {
    /// The sums over the stored days of a range.
    package func sum(
        of site: Site, on days: Set<LocalDay>, dimension: Dimension?, parts: FigureParts = .all,
        usesMonths: Bool = true
    ) throws(StorageError) -> (totals: Figures, rows: [String: Figures]) {
        try read { database in
            var rest = days
            var months: [LocalDay] = []
            if usesMonths {
                for month in try Self.months(of: site, database) where month.isWithin(days) {
                    months.append(month.start)
                    rest.subtract(month.start...month.through)
                }
            }
            func sums(of code: Int64) throws -> RollupSums {
                var sums = RollupSums(site: site.id, dimension: code, parts: parts)
                try sums.add(months, from: .months, database)
                try sums.add(rest.sorted(), from: .days, database)
                return sums
            }
            let totals = try sums(of: Dimension.codeOfTotals).byText(database)
            let rows = try dimension.map { try sums(of: $0.code).byText(database) } ?? [:]
            return (totals[""] ?? Figures(), rows)
        }
    }

    /// Totals by day, of the days that are stored.
    package func totals(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> [LocalDay: Figures] {
        let stored = try rollupDays(of: site).keys.filter(days.contains)
        return try read { database in
            var totals: [LocalDay: Figures] = [:]
            for day in stored {
                var sums = RollupSums(site: site.id, dimension: Dimension.codeOfTotals, parts: .all)
                try sums.add([day], from: .days, database)
                totals[day] = try sums.byText(database)[""]
            }
            return totals
        }
    }

    /// The first day whose rollup has any pageview or event.
    package func firstDayWithEvents(of site: Site) throws(StorageError) -> LocalDay? {
        try read { database in
            let day = try Int64.fetchOne(
                database,
                sql: """
                    SELECT day FROM rollup
                    WHERE site = ? AND dimension = ? AND pageviews + events > 0
                    ORDER BY day LIMIT 1
                    """,
                arguments: [site.id, Dimension.codeOfTotals])
            return day.map { LocalDay(daysSince1970: Int32($0)) }
        }
    }
}

/// One dimension's rows of several days or months, summed by value.
private struct RollupSums {
    /// Two tables of the same columns: the key of the second is a month's first day.
    enum Source {
        case days, months

        var rows: String { self == .days ? "rollup" : "month_rollup" }
        var takings: String { self == .days ? "takings" : "month_takings" }
        var key: String { self == .days ? "day" : "month" }
    }

    private let site: SiteID
    private let dimension: Int64
    private let parts: FigureParts
    private var sums: [Figures] = []
    /// Term → its position in `sums`.
    private var positions: [Int64: Int] = [:]

    init(site: SiteID, dimension: Int64, parts: FigureParts) {
        self.site = site
        self.dimension = dimension
        self.parts = parts
    }

    mutating func add(_ keys: [LocalDay], from source: Source, _ database: Database) throws {
        guard !keys.isEmpty else { return }
        let times = parts.contains(.times) ? ", durations, engagements" : ""
        let rows = try database.cachedStatement(
            sql: """
                SELECT term, visitors, new_visitors, sessions, pageviews, events, bounces,
                    engaged_sessions, session_ms, engaged_ms, scroll_depth_sum,
                    scrolled_sessions\(times)
                FROM \(source.rows) WHERE site = ? AND \(source.key) = ? AND dimension = ?
                """)
        for key in keys {
            try rows.run {
                bind(key, $0)
            } row: {
                addRow($0)
            }
        }
        guard parts.contains(.takings) else { return }
        let takings = try database.cachedStatement(
            sql: """
                SELECT term, currency, orders, minor_units
                FROM \(source.takings) WHERE site = ? AND \(source.key) = ? AND dimension = ?
                """)
        for key in keys {
            try takings.run {
                bind(key, $0)
            } row: { handle in
                guard let position = positions[sqlite3_column_int64(handle, 0)],
                    let currency = sqlite3_column_text(handle, 1)
                else { return }
                sums[position].takings[String(cString: currency), default: Takings()] += Takings(
                    orders: Int(sqlite3_column_int64(handle, 2)),
                    minorUnits: sqlite3_column_int64(handle, 3))
            }
        }
    }

    private func bind(_ key: LocalDay, _ handle: OpaquePointer) {
        sqlite3_bind_int64(handle, 1, site)
        sqlite3_bind_int64(handle, 2, Int64(key.daysSince1970))
        sqlite3_bind_int64(handle, 3, dimension)
    }

    private mutating func addRow(_ row: OpaquePointer) {
        let term = sqlite3_column_int64(row, 0)
        var position = positions[term] ?? -1
        if position < 0 {
            position = sums.count
            positions[term] = position
            sums.append(Figures())
        }
        sums[position].addRow(row, parts)
    }

    func byText(_ database: Database) throws -> [String: Figures] {
        let texts = try database.cachedStatement(sql: "SELECT text FROM term WHERE id = ?")
        var rows: [String: Figures] = [:]
        rows.reserveCapacity(positions.count)
        for (term, position) in positions {
            var found: String?
            try texts.run {
                sqlite3_bind_int64($0, 1, term)
            } row: {
                guard let text = sqlite3_column_text($0, 0) else { return }
                // Of the text's own length, read before the next step.
                let bytes = UnsafeRawBufferPointer(
                    start: text, count: Int(sqlite3_column_bytes($0, 0)))
                found = String(decoding: bytes, as: UTF8.self)
            }
            guard let found else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "a rollup's term is not there")
            }
            rows[found] = sums[position]
        }
        return rows
    }
}

extension Figures {
    /// Adds a row of the columns that `RollupSums` asks for.
    fileprivate mutating func addRow(_ row: OpaquePointer, _ parts: FigureParts) {
        func count(_ column: Int32) -> Int { Int(sqlite3_column_int64(row, column)) }
        visitors += count(1)
        newVisitors += count(2)
        sessions += count(3)
        pageviews += count(4)
        events += count(5)
        bounces += count(6)
        engagedSessions += count(7)
        sessionMilliseconds += sqlite3_column_int64(row, 8)
        engagedMilliseconds += sqlite3_column_int64(row, 9)
        scrollDepthSum += count(10)
        scrolledSessions += count(11)
        guard parts.contains(.times) else { return }
        func blob(_ column: Int32) -> UnsafeRawBufferPointer? {
            // NULL, as rows of events have it, is no pointer.
            guard let start = sqlite3_column_blob(row, column) else { return nil }
            // What SQLite lends until the next step is read at once.
            return UnsafeRawBufferPointer(
                start: start, count: Int(sqlite3_column_bytes(row, column)))
        }
        if let bytes = blob(12) { _ = durations.add(encoded: bytes) }
        if let bytes = blob(13) { _ = engagements.add(encoded: bytes) }
    }
}
