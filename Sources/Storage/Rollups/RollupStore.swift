package import Analytics
import struct Foundation.Data
import GRDB

/// What is known of a local day's rollup without reading its rows.
package struct RollupDay: Hashable, Sendable {
    package var day: LocalDay
    package var isSealed: Bool
    package var rulesVersion: Int
    /// What it was folded from; another text means that the input has changed.
    package var input: String
    package var foldedAt: Instant
}

/// Rollups and books in `footfall.sqlite`. A day is written whole or not at all (I7).
extension MainDatabase {
    package func rollupDays(of site: Site) throws(StorageError) -> [LocalDay: RollupDay] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT day, is_sealed, rules_version, input, folded_at
                    FROM rollup_day WHERE site = ?
                    """, arguments: [site.id])
            return Dictionary(
                uniqueKeysWithValues: rows.map { row in
                    let day = LocalDay(daysSince1970: row[0])
                    return (
                        day,
                        RollupDay(
                            day: day, isSealed: row[1], rulesVersion: row[2], input: row[3],
                            foldedAt: Instant(milliseconds: row[4]))
                    )
                })
        }
    }

    /// Replaces a day's rows and books in one transaction, unless they are there already.
    ///
    /// - Returns: whether anything was written.
    package func replace(
        _ figures: DayFigures, books: Books, as day: RollupDay, of site: Site
    ) throws(StorageError) -> Bool {
        let before = try storedDay(day.day, of: site)
        let storedBooks = try self.books(of: site, on: day.day...day.day)[day.day]
        let isSame = before.map { $0.figures == figures } ?? false
        if isSame, storedBooks == books, let stored = before?.day, stored.isSealed == day.isSealed,
            stored.input == day.input, stored.rulesVersion == day.rulesVersion
        {
            return false
        }
        return try write { database in
            // A site may be removed while it is folded.
            guard try Self.isThere(site, database) else { return false }
            if !isSame {
                try database.execute(
                    sql: "DELETE FROM rollup_day WHERE site = ? AND day = ?",
                    arguments: [site.id, Int64(day.day.daysSince1970)])
            }
            try Self.insert(day, lastActivity: figures.lastActivity, of: site, database)
            if !isSame {
                var writer = try RollupWriter(database, site.id, figures.day)
                try writer.insert(figures)
            }
            try Self.replace(books, of: site, on: day.day, database)
            return true
        }
    }

    static func isThere(_ site: Site, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM site WHERE id = ?)", arguments: [site.id]
        ) ?? false
    }

    /// The stored rows of a day, for comparing; `nil` when the day was never folded.
    package func storedDay(
        _ day: LocalDay, of site: Site
    ) throws(StorageError) -> (day: RollupDay, figures: DayFigures)? {
        guard let known = try rollupDays(of: site)[day] else { return nil }
        return try read { database in
            var figures = DayFigures(day: day)
            figures.lastActivity = try Int64.fetchOne(
                database, sql: "SELECT last_activity FROM rollup_day WHERE site = ? AND day = ?",
                arguments: [site.id, Int64(day.daysSince1970)]
            ).map(Instant.init(milliseconds:))
            figures.sharedVisitors =
                try Int.fetchOne(
                    database,
                    sql: """
                        SELECT count FROM books
                        WHERE site = ? AND day = ? AND reason = 'shared_visitors'
                        """, arguments: [site.id, Int64(day.daysSince1970)]) ?? 0
            try Self.forEachRow(of: site, on: day...day, database) { _, dimension, text, row in
                if let dimension {
                    figures.rows[dimension, default: [:]][text] = row
                } else {
                    figures.totals = row
                }
            }
            return (known, figures)
        }
    }

    /// Calls `body` with every row of the days in a fixed order: day, dimension, value.
    package func forEachRow(
        of site: Site, on days: ClosedRange<LocalDay>,
        _ body: (LocalDay, Dimension?, String, Figures) -> Void
    ) throws(StorageError) {
        try read { try Self.forEachRow(of: site, on: days, $0, body) }
    }

    private static func forEachRow(
        of site: Site, on days: ClosedRange<LocalDay>, _ database: Database,
        _ body: (LocalDay, Dimension?, String, Figures) -> Void
    ) throws {
        let takings = try takings(of: site, on: days, database)
        // Day by day each dimension's rows lie together; the join seeks from one to the next.
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT r.day, r.dimension, t.text, visitors, new_visitors, sessions, pageviews,
                    events, bounces, engaged_sessions, session_ms, engaged_ms, durations,
                    engagements, scroll_depth_sum, scrolled_sessions, r.term
                FROM rollup_day AS d
                JOIN rollup AS r ON r.site = d.site AND r.day = d.day
                JOIN term AS t ON t.id = r.term
                WHERE d.site = ? AND d.day BETWEEN ? AND ?
                ORDER BY r.day, r.dimension, t.text
                """,
            arguments: [
                site.id, Int64(days.lowerBound.daysSince1970),
                Int64(days.upperBound.daysSince1970),
            ])
        while let row = try rows.next() {
            var figures = Figures()
            figures.visitors = row[3]
            figures.newVisitors = row[4]
            figures.sessions = row[5]
            figures.pageviews = row[6]
            figures.events = row[7]
            figures.bounces = row[8]
            figures.engagedSessions = row[9]
            figures.sessionMilliseconds = row[10]
            figures.engagedMilliseconds = row[11]
            if let bytes = row[12] as Data? { _ = figures.durations.add(encoded: bytes) }
            if let bytes = row[13] as Data? { _ = figures.engagements.add(encoded: bytes) }
            figures.scrollDepthSum = row[14]
            figures.scrolledSessions = row[15]
            let (day, code) = (row[0] as Int64, row[1] as Int64)
            figures.takings = takings[TakingsKey(day: day, dimension: code, term: row[16])] ?? [:]
            body(
                LocalDay(daysSince1970: Int32(day)), Dimension(code: code), row[2] as String,
                figures)
        }
    }

    private static func insert(
        _ day: RollupDay, lastActivity: Instant?, of site: Site, _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO rollup_day VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET is_sealed = excluded.is_sealed,
                    rules_version = excluded.rules_version, input = excluded.input,
                    folded_at = excluded.folded_at, last_activity = excluded.last_activity
                """,
            arguments: [
                site.id, Int64(day.day.daysSince1970), day.isSealed, day.rulesVersion, day.input,
                day.foldedAt.milliseconds, lastActivity?.milliseconds,
            ])
    }

    /// Removes texts that no rollup uses any more.
    static func collectTerms(_ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM term WHERE id NOT IN (SELECT term FROM rollup)")
    }

    /// Removes a day's rollup and books.
    package func removeRollup(of day: LocalDay, _ site: Site) throws(StorageError) {
        try write { database in
            for table in ["rollup_day", "books"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE site = ? AND day = ?",
                    arguments: [site.id, Int64(day.daysSince1970)])
            }
        }
    }

    /// Removes a site's rollups and books before a day, at the end of their term.
    ///
    /// - Returns: how many days of rollups were removed.
    package func removeRollups(before day: LocalDay, of site: Site) throws(StorageError) -> Int {
        try write { database in
            let key: StatementArguments = [site.id, Int64(day.daysSince1970)]
            try database.execute(
                sql: "DELETE FROM rollup_day WHERE site = ? AND day < ?", arguments: key)
            let removed = database.changesCount
            try database.execute(
                sql: "DELETE FROM books WHERE site = ? AND day < ?", arguments: key)
            if removed > 0 { try Self.collectTerms(database) }
            return removed
        }
    }

    /// Lets days be folded again although they are sealed, because an import changed them.
    package func unseal(_ days: Set<LocalDay>, of site: Site) throws(StorageError) {
        try write { database in
            for day in days {
                try database.execute(
                    sql:
                        "UPDATE rollup_day SET is_sealed = 0, input = '' WHERE site = ? AND day = ?",
                    arguments: [site.id, Int64(day.daysSince1970)])
            }
        }
    }

    /// Closes days whose raw events are about to be deleted: they keep the rows that they have.
    func seal(_ days: [LocalDay], of site: Site) throws(StorageError) {
        try write { database in
            for day in days { try Self.seal(day, of: site, database) }
        }
    }

    static func seal(_ day: LocalDay, of site: Site, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE rollup_day SET is_sealed = 1 WHERE site = ? AND day = ?",
            arguments: [site.id, Int64(day.daysSince1970)])
    }

    package func oldestRollup() throws(StorageError) -> LocalDay? {
        try read { database in
            try Int32.fetchOne(database, sql: "SELECT min(day) FROM rollup_day")
                .map(LocalDay.init(daysSince1970:))
        }
    }
}

extension Dimension {
    fileprivate init?(code: Int64) {
        guard let dimension = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = dimension
    }
}
