package import Analytics
import GRDB

/// A day whose raw events, or some of them, were deleted before they could be folded.
package struct LostDay: Hashable, Sendable {
    package var domain: Domain
    package var day: LocalDay
    /// 0 when nobody can say.
    package var events: Int
}

/// The books of folded days in `footfall.sqlite`: a row for each count.
extension MainDatabase {
    package func books(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> [LocalDay: Books] {
        try read { database in
            var books: [LocalDay: Books] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT day, reason, count FROM books WHERE site = ? AND day BETWEEN ? AND ?",
                arguments: [
                    site.id, Int64(days.lowerBound.daysSince1970),
                    Int64(days.upperBound.daysSince1970),
                ])
            while let row = try rows.next() {
                let day = LocalDay(daysSince1970: row[0])
                let count: Int = row[2]
                switch row[1] as String {
                case "received": books[day, default: Books()].received = count
                case "kept": books[day, default: Books()].kept = count
                case "shared_visitors": books[day, default: Books()].sharedVisitors = count
                case "scrubbed": books[day, default: Books()].scrubbed = count
                case "lost":
                    books[day, default: Books()].lost = true
                    books[day]?.lostEvents = count
                case let text:
                    guard let reason = DropReason(rawValue: text) else { break }
                    books[day, default: Books()].dropped[reason] = count
                }
            }
            return books
        }
    }

    static func replace(
        _ books: Books, of site: Site, on day: LocalDay, _ database: Database
    ) throws {
        let key: StatementArguments = [site.id, Int64(day.daysSince1970)]
        try database.execute(sql: "DELETE FROM books WHERE site = ? AND day = ?", arguments: key)
        var counts = [("received", books.received), ("kept", books.kept)]
        counts += books.dropped.map { ($0.key.rawValue, $0.value) }
        if books.lost { counts.append(("lost", books.lostEvents)) }
        if books.sharedVisitors > 0 { counts.append(("shared_visitors", books.sharedVisitors)) }
        if books.scrubbed > 0 { counts.append(("scrubbed", books.scrubbed)) }
        for (reason, count) in counts {
            try database.execute(
                sql: "INSERT INTO books VALUES (?, ?, ?, ?)", arguments: key + [reason, count])
        }
    }

    /// Replaces a folded day's books alone.
    package func replaceBooks(
        _ books: Books, as day: RollupDay, of site: Site
    ) throws(StorageError) {
        try write { database in
            try database.execute(
                sql: "UPDATE rollup_day SET input = ? WHERE site = ? AND day = ?",
                arguments: [day.input, site.id, Int64(day.day.daysSince1970)])
            try Self.replace(books, of: site, on: day.day, database)
        }
    }

    // MARK: Losses

    /// Writes down that a day's raw events go before they could be folded; what figures it has stay.
    ///
    /// - Parameter books: with `lost`.
    func markLost(
        _ books: Books, on day: LocalDay, of site: Site, at now: Instant
    ) throws(StorageError) {
        try write { database in
            try Self.replace(books, of: site, on: day, database)
            try Self.seal(day, of: site, database)
            try Self.setNote(.lastLoss, now.milliseconds, database)
        }
    }

    /// Every lost day that the books still hold.
    package func lostDays() throws(StorageError) -> [LostDay] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT s.domain, b.day, b.count FROM books AS b JOIN site AS s ON s.id = b.site
                    WHERE b.reason = 'lost' ORDER BY s.domain, b.day
                    """
            ).map { row in
                LostDay(
                    domain: Domain(row[0])!, day: LocalDay(daysSince1970: row[1]), events: row[2])
            }
        }
    }
}
