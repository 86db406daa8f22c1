package import Analytics
import Foundation
import GRDB

/// Sites in `footfall.sqlite`. Every change raises `registryVersion`, by which a running collector
/// learns of it.
extension MainDatabase {
    package func sites() throws(StorageError) -> [Site] {
        try read { database in
            let epochs = try Row.fetchAll(
                database,
                sql: """
                    SELECT site, start, time_zone, rotation, session_timeout
                    FROM site_epoch ORDER BY site, start
                    """)
            let bySite = Dictionary(grouping: epochs) { $0["site"] as SiteID }
            return try Row.fetchAll(
                database, sql: "SELECT id, domain, settings FROM site ORDER BY domain"
            ).map { row in
                let id: SiteID = row["id"]
                return Site(
                    id: id, domain: Domain(row["domain"])!,
                    settings: try Self.settings(row["settings"]),
                    epochs: (bySite[id] ?? []).map(Self.epoch))
            }
        }
    }

    /// When each site was added.
    func siteCreations() throws(StorageError) -> [SiteID: Instant] {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id, created_at FROM site")
            return Dictionary(
                uniqueKeysWithValues: rows.map { ($0[0], Instant(milliseconds: $0[1])) })
        }
    }

    /// - Throws: `unknownSite`, which names the sites that there are.
    package func site(named name: String) throws(StorageError) -> Site {
        let sites = try sites()
        let domain = Domain(name)
        guard let site = sites.first(where: { $0.domain == domain }) else {
            throw .unknownSite(name, known: sites.map(\.domain.name))
        }
        return site
    }

    package func addSite(
        _ domain: Domain, epoch: SiteEpoch, settings: SiteSettings, at now: Instant
    ) throws(StorageError) -> Site {
        try write { database in
            let exists = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM site WHERE domain = ?)",
                arguments: [domain.name])
            guard exists == false else { throw StorageError.siteExists(domain) }
            try database.execute(
                sql: "INSERT INTO site (domain, settings, created_at) VALUES (?, ?, ?)",
                arguments: [domain.name, try Self.encode(settings), now.milliseconds])
            let id = database.lastInsertedRowID
            try Self.insert(epoch, of: id, database)
            try Self.raiseRegistryVersion(database)
            return Site(id: id, domain: domain, settings: settings, epochs: [epoch])
        }
    }

    /// Replaces the settings, and puts a changed epoch in force at the site's next midnight. One
    /// that brings back what is in force takes an announced change back.
    ///
    /// - Parameter site: as it was read.
    /// - Throws: `siteChanged` where its settings are others by now, so that of two owners' changes
    ///   none is lost.
    package func updateSite(
        _ site: Site, settings: SiteSettings, nextEpoch: SiteEpoch?, at now: Instant
    ) throws(StorageError) {
        try write { database in
            let stored = try String.fetchOne(
                database, sql: "SELECT settings FROM site WHERE id = ?", arguments: [site.id])
            guard try stored.map(Self.settings) == site.settings else {
                throw StorageError.siteChanged(site.domain)
            }
            try database.execute(
                sql: "UPDATE site SET settings = ? WHERE id = ?",
                arguments: [try Self.encode(settings), site.id])
            if let nextEpoch {
                // A change announced before and not yet in force is replaced.
                try database.execute(
                    sql: "DELETE FROM site_epoch WHERE site = ? AND start > ?",
                    arguments: [site.id, now.milliseconds])
                // An epoch that changes nothing would still cut a salt's week or month.
                if !nextEpoch.hasSameRules(as: site.calendar.epoch(at: now)) {
                    try Self.insert(nextEpoch, of: site.id, database)
                }
            }
            try Self.raiseRegistryVersion(database)
        }
    }

    /// Removes a site with its rollups, books, tokens and imports' records. Its raw events are the
    /// caller's to remove from closed partitions.
    package func removeSite(_ site: Site) throws(StorageError) {
        try write { database in
            try database.execute(sql: "DELETE FROM site WHERE id = ?", arguments: [site.id])
            try Self.collectTerms(database)
            try Self.raiseRegistryVersion(database)
        }
    }

    private static func epoch(_ row: Row) -> SiteEpoch {
        SiteEpoch(
            start: Instant(milliseconds: row["start"]), timeZone: row["time_zone"],
            rotation: Rotation(rawValue: row["rotation"])!,
            sessionTimeout: TimeSpan(milliseconds: row["session_timeout"]))
    }

    private static func insert(_ epoch: SiteEpoch, of site: SiteID, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO site_epoch VALUES (?, ?, ?, ?, ?)",
            arguments: [
                site, epoch.start.milliseconds, epoch.timeZone, epoch.rotation.rawValue,
                epoch.sessionTimeout.milliseconds,
            ])
    }

    private static func settings(_ text: String) throws -> SiteSettings {
        try JSONDecoder().decode(SiteSettings.self, from: Data(text.utf8))
    }

    private static func encode(_ settings: SiteSettings) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(settings), as: UTF8.self)
    }

    static func raiseRegistryVersion(_ database: Database) throws {
        let version = try Int64.fetchOne(
            database, sql: "SELECT value FROM note WHERE key = ?",
            arguments: [NoteKey.registryVersion.rawValue])
        try setNote(.registryVersion, (version ?? 0) + 1, database)
    }
}
