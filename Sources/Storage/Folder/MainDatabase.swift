import Analytics
import Foundation
package import GRDB

/// `footfall.sqlite`: what lasts. Stores of its tables are extensions of this type, one file each.
package final class MainDatabase: Sendable {
    package let path: String
    package let queue: DatabaseQueue

    /// What a command waits for another process's transaction, which takes milliseconds.
    package static let standardPatience = Duration.seconds(10)
    /// The collector waits less: there is someone at the other end, who can be told to come back.
    package static let servingPatience = Duration.seconds(3)

    /// - Parameter patience: how long each access waits for another process before it throws
    ///   `locked`.
    package init(
        folder: DataFolder, patience: Duration = standardPatience
    ) throws(StorageError) {
        let path = folder.databasePath
        self.path = path
        queue = try naming(path) {
            let queue = try SQLiteFile.openShared(path, patience: patience)
            try Self.migrate(queue, path)
            return queue
        }
        chmod(path, 0o600)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        try naming(path) { try queue.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        try naming(path) { try queue.write(body) }
    }

    /// Each migration is one transaction, and is never changed after a release.
    private static let migrations: [String] = [firstVersion, secondVersion, monthTables]

    private static func migrate(_ queue: DatabaseQueue, _ path: String) throws {
        let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard found <= migrations.count else {
            throw StorageError.newerVersion(path: path, found: found, known: migrations.count)
        }
        guard found < migrations.count else { return }
        try queue.writeWithoutTransaction { database in
            try database.inTransaction(.exclusive) {
                // Another process may have migrated while this one waited.
                let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                for (index, migration) in migrations.enumerated().dropFirst(found) {
                    try database.execute(sql: migration)
                    try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                }
                return .commit
            }
        }
    }

    /// Takings, and the depth to which pages were scrolled.
    private static let secondVersion = """
        ALTER TABLE rollup ADD COLUMN scroll_depth_sum INTEGER NOT NULL DEFAULT 0
            CHECK (scroll_depth_sum >= 0);
        ALTER TABLE rollup ADD COLUMN scrolled_sessions INTEGER NOT NULL DEFAULT 0
            CHECK (scrolled_sessions >= 0);

        CREATE TABLE takings (
            site INTEGER NOT NULL,
            day INTEGER NOT NULL,
            dimension INTEGER NOT NULL,
            term INTEGER NOT NULL,
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            orders INTEGER NOT NULL CHECK (orders >= 0),
            minor_units INTEGER NOT NULL,
            PRIMARY KEY (site, day, dimension, term, currency),
            FOREIGN KEY (site, day, dimension, term) REFERENCES rollup ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        """

    private static let firstVersion = """
        CREATE TABLE site (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            domain TEXT NOT NULL UNIQUE CHECK (domain <> ''),
            settings TEXT NOT NULL CHECK (json_valid(settings)),
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE site_epoch (
            site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
            start INTEGER NOT NULL,
            time_zone TEXT NOT NULL,
            rotation TEXT NOT NULL CHECK (rotation IN ('1d', '1w', '1mo')),
            session_timeout INTEGER NOT NULL CHECK (session_timeout > 0),
            PRIMARY KEY (site, start)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE token (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE term (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE rollup_day (
            site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
            day INTEGER NOT NULL,
            is_sealed INTEGER NOT NULL CHECK (is_sealed IN (0, 1)),
            rules_version INTEGER NOT NULL,
            input TEXT NOT NULL,
            folded_at INTEGER NOT NULL,
            last_activity INTEGER,
            PRIMARY KEY (site, day)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE rollup (
            site INTEGER NOT NULL,
            day INTEGER NOT NULL,
            dimension INTEGER NOT NULL,
            term INTEGER NOT NULL,
            visitors INTEGER NOT NULL CHECK (visitors >= 0),
            new_visitors INTEGER NOT NULL CHECK (new_visitors BETWEEN 0 AND visitors),
            sessions INTEGER NOT NULL CHECK (sessions >= 0),
            pageviews INTEGER NOT NULL CHECK (pageviews >= 0),
            events INTEGER NOT NULL CHECK (events >= 0),
            bounces INTEGER NOT NULL CHECK (bounces BETWEEN 0 AND sessions),
            engaged_sessions INTEGER NOT NULL CHECK (engaged_sessions BETWEEN 0 AND sessions),
            session_ms INTEGER NOT NULL CHECK (session_ms >= 0),
            engaged_ms INTEGER NOT NULL CHECK (engaged_ms >= 0),
            durations BLOB,
            engagements BLOB,
            PRIMARY KEY (site, day, dimension, term),
            FOREIGN KEY (site, day) REFERENCES rollup_day ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE books (
            site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
            day INTEGER NOT NULL,
            reason TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count >= 0),
            PRIMARY KEY (site, day, reason)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE import (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            site INTEGER NOT NULL REFERENCES site ON DELETE CASCADE,
            kind TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            completed_at INTEGER,
            -- The newest UTC day whose partition of this import was deleted at its term.
            deleted_through INTEGER,
            summary TEXT NOT NULL CHECK (json_valid(summary))
        ) STRICT;

        CREATE TABLE import_day (
            import INTEGER NOT NULL REFERENCES import ON DELETE CASCADE,
            site INTEGER NOT NULL,
            day INTEGER NOT NULL,
            PRIMARY KEY (site, day)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE note (
            key TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}

/// Single facts of the installation, in ms since 1970 or as counts.
package enum NoteKey: String, Sendable {
    /// When all sites were last folded.
    case lastAggregation = "last_aggregation"
    /// When anything was last folded, be it for one site: it vouches for the clock.
    case lastFold = "last_fold"
    /// When a run first found the clock too far ahead to delete anything (DESIGN §5).
    case clockAheadSince = "clock_ahead_since"
    /// The newest UTC day whose partition was deleted at its term.
    case deletedThrough = "deleted_through"
    /// When raw events were last deleted before they could be folded.
    case lastLoss = "last_loss"
    /// When an untrusted peer last sent a client address that only a proxy would.
    case untrustedProxySeen = "untrusted_proxy_seen"
    /// Grows with each change that a running collector must learn of.
    case registryVersion = "registry_version"
}

extension MainDatabase {
    package func note(_ key: NoteKey) throws(StorageError) -> Int64? {
        try read {
            try Int64.fetchOne(
                $0, sql: "SELECT value FROM note WHERE key = ?", arguments: [key.rawValue])
        }
    }

    package func setNote(_ key: NoteKey, _ value: Int64?) throws(StorageError) {
        try write { try Self.setNote(key, value, $0) }
    }

    static func setNote(_ key: NoteKey, _ value: Int64?, _ database: Database) throws {
        guard let value else {
            try database.execute(sql: "DELETE FROM note WHERE key = ?", arguments: [key.rawValue])
            return
        }
        try database.execute(
            sql: "INSERT INTO note VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            arguments: [key.rawValue, value])
    }
}
