package import Analytics
import Foundation
import GRDB

/// One import: which days it brought, and what it did with the lines.
package struct ImportRecord: Hashable, Sendable {
    package var id: Int64
    package var domain: Domain
    package var kind: String
    package var started: Instant
    /// `nil` when it was killed before its files were in place.
    package var completed: Instant?
    package var days: [LocalDay]
    /// Counts by what happened to a line.
    package var summary: [String: Int]
}

/// Records of imports in `footfall.sqlite`. Their events are in partitions of their own,
/// `events/DAY.import-ID.LOCALDAY.sqlite`, which the collector never touches.
extension MainDatabase {
    func beginImport(
        kind: String, site: Site, at now: Instant
    ) throws(StorageError) -> Int64 {
        try write { database in
            try database.execute(
                sql: "INSERT INTO import (site, kind, started_at, summary) VALUES (?, ?, ?, '{}')",
                arguments: [site.id, kind, now.milliseconds])
            return database.lastInsertedRowID
        }
    }

    /// Gives the days to the import, taking them from the import that held them; from this
    /// transaction on its files count, and theirs don't (`ImportedFiles`).
    func completeImport(
        _ id: Int64, site: Site, days: Set<LocalDay>, summary: [String: Int], at now: Instant
    ) throws(StorageError) {
        try write { database in
            let text = String(decoding: try JSONEncoder().encode(summary), as: UTF8.self)
            try database.execute(
                sql: "UPDATE import SET completed_at = ?, summary = ? WHERE id = ?",
                arguments: [now.milliseconds, text, id])
            for day in days {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO import_day VALUES (?, ?, ?)",
                    arguments: [id, site.id, Int64(day.daysSince1970)])
            }
            // An import all of whose days were replaced has nothing left.
            try database.execute(
                sql: """
                    DELETE FROM import WHERE site = ? AND completed_at IS NOT NULL
                        AND id NOT IN (SELECT import FROM import_day)
                    """, arguments: [site.id])
        }
    }

    package func imports() throws(StorageError) -> [ImportRecord] {
        try read { database in
            let days = try Row.fetchAll(
                database, sql: "SELECT import, day FROM import_day ORDER BY import, day")
            let byImport = Dictionary(grouping: days) { $0[0] as Int64 }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT i.id, s.domain, i.kind, i.started_at, i.completed_at, i.summary
                    FROM import AS i JOIN site AS s ON s.id = i.site ORDER BY i.id
                    """
            ).map { row in
                let id: Int64 = row[0]
                return ImportRecord(
                    id: id, domain: Domain(row[1])!, kind: row[2],
                    started: Instant(milliseconds: row[3]),
                    completed: (row[4] as Int64?).map(Instant.init(milliseconds:)),
                    days: (byImport[id] ?? []).map { LocalDay(daysSince1970: $0[1]) },
                    summary: try JSONDecoder().decode(
                        [String: Int].self, from: Data((row[5] as String).utf8)))
            }
        }
    }

    /// Which import brought each of a site's days.
    package func importedDays(of site: Site) throws(StorageError) -> [LocalDay: Int64] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT day, import FROM import_day WHERE site = ?",
                arguments: [site.id])
            return Dictionary(
                uniqueKeysWithValues: rows.map { (LocalDay(daysSince1970: $0[0]), $0[1]) })
        }
    }

    /// Forgets an import.
    func removeImport(_ id: Int64) throws(StorageError) {
        try write { try $0.execute(sql: "DELETE FROM import WHERE id = ?", arguments: [id]) }
    }

    /// Forgets imports that were killed; only the holder of the import's lock may call it.
    func removeUnfinishedImports() throws(StorageError) {
        let count = try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM import WHERE completed_at IS NULL")!
        }
        guard count > 0 else { return }
        try write { try $0.execute(sql: "DELETE FROM import WHERE completed_at IS NULL") }
    }

    /// Forgets an import, and the figures and books of days that have nothing but its events.
    func undoImport(
        _ id: Int64, site: Site, dropping: [LocalDay]
    ) throws(StorageError) {
        try write { database in
            try database.execute(sql: "DELETE FROM import WHERE id = ?", arguments: [id])
            for day in dropping {
                let key: StatementArguments = [site.id, Int64(day.daysSince1970)]
                try database.execute(
                    sql: "DELETE FROM rollup_day WHERE site = ? AND day = ?", arguments: key)
                try database.execute(
                    sql: "DELETE FROM books WHERE site = ? AND day = ?", arguments: key)
            }
            try Self.collectTerms(database)
        }
    }

    func importsDeletedThrough() throws(StorageError) -> [Int64: LocalDay] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, deleted_through FROM import WHERE deleted_through IS NOT NULL")
            return Dictionary(
                uniqueKeysWithValues: rows.map { ($0[0], LocalDay(daysSince1970: $0[1])) })
        }
    }

    /// Whose events each import brought.
    func importSites() throws(StorageError) -> [Int64: SiteID] {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id, site FROM import")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    func noteDeletion(of file: PartitionFile) throws(StorageError) {
        let day = Int64(file.day.daysSince1970)
        if let id = file.importID {
            try write { database in
                try database.execute(
                    sql: """
                        UPDATE import SET deleted_through = max(coalesce(deleted_through, ?), ?)
                        WHERE id = ?
                        """, arguments: [day, day, id])
            }
        } else {
            let through = try note(.deletedThrough) ?? day
            try setNote(.deletedThrough, max(through, day))
        }
    }

    /// When somebody last did something with this data folder by hand: an added site or a
    /// completed import vouches for the clock, as a run of the aggregation does.
    func lastOwnersAct() throws(StorageError) -> Instant? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT max(at) FROM (SELECT created_at AS at FROM site
                        UNION ALL SELECT completed_at FROM import)
                    """
            ).map(Instant.init(milliseconds:))
        }
    }
}
