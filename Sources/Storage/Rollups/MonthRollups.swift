package import Analytics
import struct Foundation.Data
import GRDB

/// The sum of a month's sealed days up to one of them: what adds up over days, added up once.
///
/// Triggers delete a month as soon as one of its days changes; the next aggregation makes it anew. So
/// whoever reads it need not ask whether it still holds.
struct RollupMonth: Hashable {
    /// The month's first day.
    var start: LocalDay
    /// The last day that is in it.
    var through: LocalDay
    /// How many days with a rollup are in it.
    var dayCount: Int

    /// Whether all its days are among some.
    func isWithin(_ days: Set<LocalDay>) -> Bool {
        (start...through).reduce(0) { $0 + (days.contains($1) ? 1 : 0) } == dayCount
    }
}

extension MainDatabase {
    /// Columns that add up, in the order of both tables.
    private static let sums = [
        "visitors", "new_visitors", "sessions", "pageviews", "events", "bounces",
        "engaged_sessions", "session_ms", "engaged_ms",
    ]
    private static let laterSums = ["scroll_depth_sum", "scrolled_sessions"]

    static let monthTables = """
        CREATE TABLE month (
            site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
            month INTEGER NOT NULL,
            through INTEGER NOT NULL CHECK (through >= month),
            days INTEGER NOT NULL CHECK (days > 0),
            PRIMARY KEY (site, month)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE month_rollup (
            site INTEGER NOT NULL,
            month INTEGER NOT NULL,
            dimension INTEGER NOT NULL,
            term INTEGER NOT NULL,
            visitors INTEGER NOT NULL,
            new_visitors INTEGER NOT NULL,
            sessions INTEGER NOT NULL,
            pageviews INTEGER NOT NULL,
            events INTEGER NOT NULL,
            bounces INTEGER NOT NULL,
            engaged_sessions INTEGER NOT NULL,
            session_ms INTEGER NOT NULL,
            engaged_ms INTEGER NOT NULL,
            durations BLOB,
            engagements BLOB,
            scroll_depth_sum INTEGER NOT NULL,
            scrolled_sessions INTEGER NOT NULL,
            PRIMARY KEY (site, month, dimension, term),
            FOREIGN KEY (site, month) REFERENCES month ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE month_takings (
            site INTEGER NOT NULL,
            month INTEGER NOT NULL,
            dimension INTEGER NOT NULL,
            term INTEGER NOT NULL,
            currency TEXT NOT NULL,
            orders INTEGER NOT NULL,
            minor_units INTEGER NOT NULL,
            PRIMARY KEY (site, month, dimension, term, currency),
            FOREIGN KEY (site, month) REFERENCES month ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER month_day_deleted AFTER DELETE ON rollup_day BEGIN
            DELETE FROM month WHERE site = OLD.site AND OLD.day BETWEEN month AND through;
        END;
        CREATE TRIGGER month_day_inserted AFTER INSERT ON rollup_day BEGIN
            DELETE FROM month WHERE site = NEW.site AND NEW.day BETWEEN month AND through;
        END;
        CREATE TRIGGER month_day_unsealed AFTER UPDATE ON rollup_day WHEN NEW.is_sealed = 0 BEGIN
            DELETE FROM month WHERE site = NEW.site AND NEW.day BETWEEN month AND through;
        END;
        """

    /// Adds one histogram's bytes to another's; either may be missing.
    static let mergeHistograms = DatabaseFunction(
        "merge_histograms", argumentCount: 2, pure: true
    ) { values in
        guard let one = Data.fromDatabaseValue(values[0]) else { return values[1] }
        guard let other = Data.fromDatabaseValue(values[1]) else { return one }
        var histogram = Histogram()
        guard histogram.add(encoded: one), histogram.add(encoded: other) else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "a rollup's histogram can't be read")
        }
        return Data(histogram.encoded)
    }

    static func months(of site: Site, _ database: Database) throws -> [RollupMonth] {
        try Row.fetchAll(
            database, sql: "SELECT month, through, days FROM month WHERE site = ? ORDER BY month",
            arguments: [site.id]
        ).map { row in
            RollupMonth(
                start: LocalDay(daysSince1970: row[0]), through: LocalDay(daysSince1970: row[1]),
                dayCount: row[2])
        }
    }

    /// Brings a site's months up to its sealed days, a day a transaction.
    ///
    /// - Parameter first: the first day whose rollup is not past its term. A month that begins before
    ///   it is left alone: it loses a day each day.
    /// - Returns: what has to be told, in whole sentences: a month that can't be made has none.
    func extendMonths(of site: Site, keptSince first: LocalDay) throws(StorageError) -> [String] {
        let days = try rollupDays(of: site).values.sorted { $0.day < $1.day }
        var problems: [String] = []
        for (start, days) in Dictionary(grouping: days, by: \.day.startOfMonth)
            .sorted(by: { $0.key < $1.key }) where start >= first
        {
            let sealed = days.prefix(while: \.isSealed).map(\.day)
            do throws(StorageError) {
                // Somebody may change the month between two days: then it is begun once more.
                if try !extend(start, by: sealed, of: site) {
                    _ = try extend(start, by: sealed, of: site)
                }
            } catch {
                guard case .database(_, let cause) = error else { throw error }
                try write { try Self.clear(start, of: site, $0) }
                problems.append(
                    """
                    The sums of the month of \(site.domain) that begins on \(start) can't be made: \
                    \(cause). Its days answer meanwhile. 'footfall aggregate --site \(site.domain) \
                    --rebuild DAY' mends a day whose raw events are kept.
                    """)
            }
        }
        return problems
    }

    /// - Returns: `false` when what there was did not hold the days before, and is gone now.
    private func extend(
        _ month: LocalDay, by days: [LocalDay], of site: Site
    ) throws(StorageError) -> Bool {
        let known = try read { try Self.months(of: site, $0) }.first { $0.start == month }
        for day in days where known.map({ day > $0.through }) ?? true {
            guard try write({ try Self.add(day, to: month, of: site, $0) }) else { return false }
        }
        return true
    }

    private static func clear(
        _ month: LocalDay, of site: Site, _ database: Database
    ) throws {
        for table in ["month_takings", "month_rollup", "month"] {
            try database.execute(
                sql: "DELETE FROM \(table) WHERE site = ? AND month = ?",
                arguments: [site.id, Int64(month.daysSince1970)])
        }
    }

    private static func add(
        _ day: LocalDay, to month: LocalDay, of site: Site, _ database: Database
    ) throws -> Bool {
        // A site may be removed meanwhile.
        guard try isThere(site, database) else { return true }
        let key: StatementArguments = [
            "site": site.id, "month": Int64(month.daysSince1970), "day": Int64(day.daysSince1970),
        ]
        let known = try Int.fetchOne(
            database,
            sql: "SELECT days FROM month WHERE site = :site AND month = :month AND through < :day",
            arguments: key)
        let before = try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM rollup_day
                WHERE site = :site AND day >= :month AND day < :day
                """, arguments: key)
        guard known ?? 0 == before else {
            try clear(month, of: site, database)
            return false
        }
        if known == nil { try clear(month, of: site, database) }
        try database.execute(
            sql: """
                INSERT INTO month VALUES (:site, :month, :day, 1)
                ON CONFLICT DO UPDATE SET through = excluded.through, days = days + 1
                """, arguments: key)
        let all = sums + ["durations", "engagements"] + laterSums
        let added = (sums + laterSums).map { "\($0) = \($0) + excluded.\($0)" }
        let merged = ["durations", "engagements"].map {
            "\($0) = merge_histograms(\($0), excluded.\($0))"
        }
        try database.execute(
            sql: """
                INSERT INTO month_rollup
                SELECT site, :month, dimension, term, \(all.joined(separator: ", "))
                FROM rollup WHERE site = :site AND day = :day
                ON CONFLICT DO UPDATE SET \((added + merged).joined(separator: ", "))
                """, arguments: key)
        try database.execute(
            sql: """
                INSERT INTO month_takings
                SELECT site, :month, dimension, term, currency, orders, minor_units
                FROM takings WHERE site = :site AND day = :day
                ON CONFLICT DO UPDATE SET orders = orders + excluded.orders,
                    -- A sum past the largest number becomes a REAL, and stays at that number.
                    minor_units = max(-9223372036854775807 - 1,
                        min(9223372036854775807, minor_units + excluded.minor_units))
                """, arguments: key)
        return true
    }

    /// Lets the next aggregation make all of a site's months anew.
    package func removeMonths(of site: Site) throws(StorageError) {
        try write { database in
            try database.execute(sql: "DELETE FROM month WHERE site = ?", arguments: [site.id])
        }
    }

    /// The months whose rows are not the sums of their days.
    func wrongMonths(of site: Site) throws(StorageError) -> [LocalDay] {
        let stored = Set(try rollupDays(of: site).keys)
        var wrong: [LocalDay] = []
        for month in try read({ try Self.months(of: site, $0) }) {
            let days = stored.intersection(month.start...month.through)
            for dimension in Dimension.allCases {
                let (sums, rows) = try sum(of: site, on: days, dimension: dimension)
                let (daySums, dayRows) = try sum(
                    of: site, on: days, dimension: dimension, usesMonths: false)
                guard sums == daySums, rows == dayRows, month.isWithin(days) else {
                    wrong.append(month.start)
                    break
                }
            }
        }
        return wrong
    }
}
