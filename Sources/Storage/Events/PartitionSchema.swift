import GRDB

/// The file of one UTC day's raw events. Events hold integers; the dictionaries beside them hold
/// the texts, so that dropping the file drops both.
enum PartitionSchema {
    /// Readers take every version up to this one. 2: events have `retry_key`. 3: there
    /// are transaction keys. 4: profiles have a city.
    static let version = 4

    static let sql = """
        CREATE TABLE page (
            id INTEGER PRIMARY KEY,
            host TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL
        ) STRICT;

        CREATE TABLE acquisition (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL, channel TEXT NOT NULL, referrer TEXT NOT NULL,
            utm_source TEXT NOT NULL, utm_medium TEXT NOT NULL, utm_campaign TEXT NOT NULL,
            utm_content TEXT NOT NULL, utm_term TEXT NOT NULL
        ) STRICT;

        CREATE TABLE profile (
            id INTEGER PRIMARY KEY,
            browser TEXT NOT NULL, browser_version TEXT NOT NULL,
            os TEXT NOT NULL, os_version TEXT NOT NULL, device TEXT NOT NULL,
            screen TEXT NOT NULL, language TEXT NOT NULL,
            country TEXT NOT NULL, region TEXT NOT NULL, city TEXT NOT NULL
        ) STRICT;

        CREATE TABLE name (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            name TEXT NOT NULL,
            is_interactive INTEGER NOT NULL CHECK (is_interactive IN (0, 1))
        ) STRICT;

        CREATE TABLE text (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL
        ) STRICT;

        -- time: ms since the UTC day's start. name: 0 pageview, -1 engagement, else a custom event.
        -- visitor: NULL for an event that is counted without one.
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            site INTEGER NOT NULL,
            visitor INTEGER,
            time INTEGER NOT NULL CHECK (time BETWEEN 0 AND 86399999),
            name INTEGER NOT NULL CHECK (name >= -1),
            page INTEGER NOT NULL,
            acquisition INTEGER NOT NULL,
            profile INTEGER NOT NULL,
            engaged_ms INTEGER CHECK (engaged_ms >= 0),
            scroll_depth INTEGER CHECK (scroll_depth BETWEEN 0 AND 100),
            -- 47 bits of a hash of the beacon's k; NULL when it brought none.
            retry_key INTEGER
        ) STRICT;

        -- What few events bring. seq: the event's, or that of a set-aside one with its sign turned.
        CREATE TABLE property (
            seq INTEGER NOT NULL,
            name INTEGER NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (seq, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE revenue (
            seq INTEGER PRIMARY KEY,
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            minor_units INTEGER NOT NULL
        ) STRICT;

        \(transactionKeys)

        -- What was dropped as bot or late, so that it can be let back in: bounded, see the writer.
        CREATE TABLE set_aside (
            seq INTEGER PRIMARY KEY,
            site INTEGER NOT NULL,
            visitor INTEGER,
            time INTEGER NOT NULL,
            name INTEGER NOT NULL,
            page INTEGER NOT NULL,
            acquisition INTEGER NOT NULL,
            profile INTEGER NOT NULL,
            engaged_ms INTEGER,
            scroll_depth INTEGER,
            rule INTEGER NOT NULL
        ) STRICT;

        -- day: the site's local day. reason: 'received', or why beacons were dropped. Site 0 is
        -- the installation: beacons of unknown sites. kept is the number of event rows (I2).
        CREATE TABLE books (
            site INTEGER NOT NULL,
            day INTEGER NOT NULL,
            reason TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            PRIMARY KEY (site, day, reason)
        ) STRICT, WITHOUT ROWID;
        """

    /// 64 bits of a hash, under the period's salt, of the order's number that an event brought.
    private static let transactionKeys = """
        CREATE TABLE transaction_key (
            seq INTEGER PRIMARY KEY,
            key INTEGER NOT NULL
        ) STRICT;
        """

    /// Under which `property`, `revenue` and `transaction_key` hold what a row of `set_aside` brings.
    static func sequence(ofSetAside sequence: Int64) -> Int64 { -sequence }

    static func create(in database: Database) throws {
        try database.execute(sql: sql)
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    static func check(_ database: Database, path: String) throws {
        try check(version: Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0, path: path)
    }

    static func check(version found: Int, path: String) throws {
        guard found <= version else {
            throw StorageError.newerVersion(path: path, found: found, known: version)
        }
    }

    /// Brings a partition that an older version began to this one's columns; readers ask for none
    /// that version 1 lacks.
    static func migrate(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version")!
        guard found < version else { return }
        if found < 2 { try database.execute(sql: "ALTER TABLE event ADD COLUMN retry_key INTEGER") }
        if found < 3 { try database.execute(sql: transactionKeys) }
        try database.execute(
            sql: "ALTER TABLE profile ADD COLUMN city TEXT NOT NULL DEFAULT ''")
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Deletes a removed site's rows and every text that only they used; `VACUUM` afterwards
    /// leaves none of their bytes.
    static func removeSite(_ site: Int64, from database: Database) throws {
        let own = """
            SELECT seq FROM event WHERE site = :site
            UNION ALL SELECT -seq FROM set_aside WHERE site = :site
            """
        try database.execute(
            sql: """
                DELETE FROM property WHERE seq IN (\(own));
                DELETE FROM transaction_key WHERE seq IN (\(own));
                DELETE FROM revenue WHERE seq IN (\(own));
                DELETE FROM event WHERE site = :site;
                DELETE FROM set_aside WHERE site = :site;
                DELETE FROM books WHERE site = :site;
                DELETE FROM page WHERE id NOT IN
                    (SELECT page FROM event UNION SELECT page FROM set_aside);
                DELETE FROM acquisition WHERE id NOT IN
                    (SELECT acquisition FROM event UNION SELECT acquisition FROM set_aside);
                DELETE FROM profile WHERE id NOT IN
                    (SELECT profile FROM event UNION SELECT profile FROM set_aside);
                DELETE FROM name WHERE id NOT IN
                    (SELECT name FROM event UNION SELECT name FROM set_aside);
                DELETE FROM text WHERE id NOT IN (SELECT name FROM property
                    UNION SELECT value FROM property UNION SELECT rule FROM set_aside);
                """, arguments: ["site": site])
    }
}
