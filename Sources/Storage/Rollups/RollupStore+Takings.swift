import Analytics
import GRDB

extension MainDatabase {
    /// A rollup row, by the numbers that the tables have.
    struct TakingsKey: Hashable {
        var day: Int64
        var dimension: Int64
        var term: Int64
    }

    /// The takings of the rows that have any, by currency; few sites sell, and on few rows.
    static func takings(
        of site: Site, on days: ClosedRange<LocalDay>, _ database: Database
    ) throws -> [TakingsKey: [String: Takings]] {
        var found: [TakingsKey: [String: Takings]] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT day, dimension, term, currency, orders, minor_units FROM takings
                WHERE site = ? AND day BETWEEN ? AND ?
                """,
            arguments: [
                site.id, Int64(days.lowerBound.daysSince1970),
                Int64(days.upperBound.daysSince1970),
            ])
        while let row = try rows.next() {
            let key = TakingsKey(day: row[0], dimension: row[1], term: row[2])
            found[key, default: [:]][row[3]] = Takings(orders: row[4], minorUnits: row[5])
        }
        return found
    }
}
