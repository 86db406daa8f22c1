import Analytics
import GRDB

/// The texts of one partition and their numbers, for its one writer. New texts are inserted in
/// the transaction that writes the events; `rollBack` forgets them when it fails.
package struct PartitionDictionaries {
    /// Most entries of each dictionary, so that a flood of made-up paths fills no disk (I11);
    /// past it a text is `(other)`.
    static let limit = 250_000
    /// Most new entries of one site, all dictionaries together, since the partition was opened:
    /// one site's flood leaves room for the others. As many more for what is set aside.
    package static let standardLimitPerSite = 50_000

    private struct Numbers<Key: Hashable> {
        private var numbers: [Key: Int64] = [:]
        private var added: [Key] = []

        subscript(key: Key) -> Int64? { numbers[key] }
        var count: Int { numbers.count }

        mutating func load(_ key: Key, _ number: Int64) { numbers[key] = number }

        mutating func add(_ key: Key, _ number: Int64) {
            numbers[key] = number
            added.append(key)
        }

        mutating func commit() { added.removeAll(keepingCapacity: true) }

        mutating func rollBack() {
            for key in added { numbers[key] = nil }
            added.removeAll(keepingCapacity: true)
        }
    }

    private struct EventName: Hashable {
        var name: String
        var isInteractive: Bool
    }

    /// Whose room a new text takes. What is set aside has room of its own: a scanner leaves the
    /// visitors theirs.
    private struct Room: Hashable {
        var site: SiteID
        var isForSetAside: Bool
    }

    private let limitPerSite: Int
    /// Whether what is asked for is of an event that is set aside.
    var isForSetAside = false
    private var newEntries: [Room: Int] = [:]
    private var addedEntries: [Room: Int] = [:]
    /// Texts that became `(other)` for want of room.
    private(set) var otherCount = 0
    private var pages = Numbers<Shared<Page>>()
    private var acquisitions = Numbers<Shared<Acquisition>>()
    private var profiles = Numbers<Shared<ClientProfile>>()
    private var names = Numbers<EventName>()
    private var texts = Numbers<String>()

    init(loadingFrom database: Database, limitPerSite: Int) throws {
        self.limitPerSite = limitPerSite
        try PartitionRows.forEachPage(database) { pages.load(Shared($1), $0) }
        try PartitionRows.forEachAcquisition(database) { acquisitions.load(Shared($1), $0) }
        try PartitionRows.forEachProfile(database) { profiles.load(Shared($1), $0) }
        try PartitionRows.forEachName(database) { id, name, isInteractive in
            names.load(EventName(name: name, isInteractive: isInteractive), id)
        }
        let rows = try Row.fetchCursor(database, sql: "SELECT id, text FROM text")
        while let row = try rows.next() { texts.load(row[1], row[0]) }
    }

    mutating func commit() {
        newEntries.merge(addedEntries, uniquingKeysWith: +)
        addedEntries.removeAll(keepingCapacity: true)
        pages.commit()
        acquisitions.commit()
        profiles.commit()
        names.commit()
        texts.commit()
    }

    mutating func rollBack() {
        addedEntries.removeAll(keepingCapacity: true)
        pages.rollBack()
        acquisitions.rollBack()
        profiles.rollBack()
        names.rollBack()
        texts.rollBack()
    }

    /// Whether a new text of a site becomes `(other)`; counts it either way.
    private mutating func isFull(_ count: Int, _ site: SiteID) -> Bool {
        let room = Room(site: site, isForSetAside: isForSetAside)
        let isFull =
            count >= Self.limit
            || newEntries[room, default: 0] + addedEntries[room, default: 0] >= limitPerSite
        if isFull { otherCount += 1 } else { addedEntries[room, default: 0] += 1 }
        return isFull
    }

    mutating func number(of page: Shared<Page>, _ site: SiteID, _ database: Database) throws
        -> Int64
    {
        if let number = pages[page] { return number }
        let page =
            isFull(pages.count, site)
            ? Shared(Page(host: page.value.host, path: Dimension.otherValue)) : page
        if let number = pages[page] { return number }
        try database.cachedStatement(sql: "INSERT INTO page (host, path, title) VALUES (?, ?, ?)")
            .execute(arguments: [page.value.host, page.value.path, page.value.title])
        pages.add(page, database.lastInsertedRowID)
        return database.lastInsertedRowID
    }

    mutating func number(
        of acquisition: Shared<Acquisition>, _ site: SiteID, _ database: Database
    ) throws -> Int64 {
        if let number = acquisitions[acquisition] { return number }
        var key = acquisition
        if isFull(acquisitions.count, site) {
            var other = acquisition.value
            other.referrer = ""
            other.tags = .none
            other.source = Dimension.otherValue
            key = Shared(other)
            if let number = acquisitions[key] { return number }
        }
        let acquisition = key.value
        let tags = acquisition.tags
        try database.cachedStatement(
            sql: """
                INSERT INTO acquisition (source, channel, referrer, utm_source, utm_medium,
                    utm_campaign, utm_content, utm_term) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            acquisition.source, acquisition.channel, acquisition.referrer, tags.source,
            tags.medium, tags.campaign, tags.content, tags.term,
        ])
        acquisitions.add(key, database.lastInsertedRowID)
        return database.lastInsertedRowID
    }

    mutating func number(
        of profile: Shared<ClientProfile>, _ site: SiteID, _ database: Database
    ) throws -> Int64 {
        if let number = profiles[profile] { return number }
        let key = isFull(profiles.count, site) ? Shared(ClientProfile.unknown) : profile
        if let number = profiles[key] { return number }
        let profile = key.value
        let client = profile.client
        try database.cachedStatement(
            sql: """
                INSERT INTO profile (browser, browser_version, os, os_version, device, screen,
                    language, country, region, city) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            client.browser, client.browserVersion, client.os, client.osVersion,
            client.device.rawValue, profile.screen?.rawValue ?? "", profile.language,
            profile.country, profile.region, profile.city,
        ])
        profiles.add(key, database.lastInsertedRowID)
        return database.lastInsertedRowID
    }

    mutating func number(
        ofEvent name: String, isInteractive: Bool, _ site: SiteID, _ database: Database
    ) throws -> Int64 {
        var key = EventName(name: name, isInteractive: isInteractive)
        if let number = names[key] { return number }
        if isFull(names.count, site) { key.name = Dimension.otherValue }
        if let number = names[key] { return number }
        try database.cachedStatement(sql: "INSERT INTO name (name, is_interactive) VALUES (?, ?)")
            .execute(arguments: [key.name, isInteractive])
        names.add(key, database.lastInsertedRowID)
        return database.lastInsertedRowID
    }

    mutating func number(ofText text: String, _ site: SiteID, _ database: Database) throws -> Int64
    {
        if let number = texts[text] { return number }
        let text = isFull(texts.count, site) ? Dimension.otherValue : text
        if let number = texts[text] { return number }
        try database.cachedStatement(sql: "INSERT INTO text (text) VALUES (?)")
            .execute(arguments: [text])
        texts.add(text, database.lastInsertedRowID)
        return database.lastInsertedRowID
    }
}

/// Reads a partition's dictionaries back.
enum PartitionRows {
    static func forEachPage(_ database: Database, _ body: (Int64, Page) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT id, host, path, title FROM page")
        while let row = try rows.next() {
            try body(row[0], Page(host: row[1], path: row[2], title: row[3]))
        }
    }

    static func forEachAcquisition(
        _ database: Database, _ body: (Int64, Acquisition) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, source, channel, referrer, utm_source, utm_medium, utm_campaign,
                    utm_content, utm_term FROM acquisition
                """)
        while let row = try rows.next() {
            try body(
                row[0],
                Acquisition(
                    source: row[1], channel: row[2], referrer: row[3],
                    tags: CampaignTags(
                        source: row[4], medium: row[5], campaign: row[6], content: row[7],
                        term: row[8])))
        }
    }

    static func forEachProfile(
        _ database: Database, _ body: (Int64, ClientProfile) throws -> Void
    ) throws {
        // Partitions of version 3 and before have no cities.
        let hasCity = try database.columns(in: "profile").contains { $0.name == "city" }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, browser, browser_version, os, os_version, device, screen, language,
                    country, region, \(hasCity ? "city" : "''") FROM profile
                """)
        while let row = try rows.next() {
            let client = Client(
                browser: row[1], browserVersion: row[2], os: row[3], osVersion: row[4],
                device: Device(rawValue: row[5]) ?? .other)
            try body(
                row[0],
                ClientProfile(
                    client: client, screen: ScreenClass(rawValue: row[6]), language: row[7],
                    country: row[8], region: row[9], city: row[10]))
        }
    }

    static func forEachName(
        _ database: Database, _ body: (Int64, String, _ isInteractive: Bool) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT id, name, is_interactive FROM name")
        while let row = try rows.next() { try body(row[0], row[1], row[2]) }
    }
}
