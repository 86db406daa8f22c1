import Analytics
import Testing

@testable import Storage

@Suite("Sites and tokens")
struct SiteStoreTests {
    private let folder: TestFolder
    private let database: MainDatabase

    init() throws {
        folder = try TestFolder()
        database = try folder.database()
    }

    @Test("a site reads back as it was added, by any form of its name")
    func add() throws {
        var settings = SiteSettings()
        settings.excludedAddresses = [try #require(Network("192.0.2.0/24"))]
        let epoch = SiteEpoch(
            start: folder.clock.now, timeZone: "Europe/Riga", rotation: .weekly,
            sessionTimeout: .minutes(20))
        let site = try database.addSite(
            try #require(Domain("example.com")), epoch: epoch, settings: settings,
            at: folder.clock.now)
        #expect(try database.sites() == [site])
        #expect(try database.site(named: "WWW.Example.com") == site)
        #expect(throws: StorageError.siteExists(site.domain)) {
            try database.addSite(
                site.domain, epoch: epoch, settings: settings, at: folder.clock.now)
        }
        #expect(throws: StorageError.unknownSite("b.test", known: ["example.com"])) {
            try database.site(named: "b.test")
        }
    }

    @Test("a change announced and not yet in force is replaced by the next one")
    func epochs() throws {
        let site = try Traffic.addSite(database)
        let now = Instant("2026-11-20T10:00:00Z")!
        let midnight = Instant("2026-11-21T00:00:00Z")!
        for rotation in [Rotation.weekly, .monthly] {
            let next = SiteEpoch(start: midnight, timeZone: "UTC", rotation: rotation)
            try database.updateSite(site, settings: site.settings, nextEpoch: next, at: now)
        }
        let changed = try database.site(named: "a.test")
        #expect(changed.epochs.map(\.rotation) == [.daily, .monthly])
        #expect(changed.calendar.epoch(at: now).rotation == .daily)
        // Once in force it stays; the next change comes after it.
        let later = SiteEpoch(start: midnight + .day, timeZone: "UTC", rotation: .daily)
        try database.updateSite(changed, settings: site.settings, nextEpoch: later, at: midnight)
        #expect(
            try database.site(named: "a.test").epochs.map(\.rotation) == [.daily, .monthly, .daily])
    }

    @Test("a change that brings back what is in force takes the announced one back")
    func takenBack() throws {
        let site = try Traffic.addSite(database)
        let now = Instant("2026-11-20T10:00:00Z")!
        var next = site.nextEpoch(at: now)
        for (rotation, count) in [(Rotation.weekly, 2), (.daily, 1), (.daily, 1)] {
            next.rotation = rotation
            try database.updateSite(site, settings: site.settings, nextEpoch: next, at: now)
            #expect(try database.site(named: "a.test").epochs.count == count)
        }
    }

    @Test("a change that began before another's is refused whole")
    func overtaken() throws {
        let site = try Traffic.addSite(database)
        var (first, second) = (site.settings, site.settings)
        first.hosts = ["a.test"]
        second.allowedBots = ["curl"]
        let now = folder.clock.now
        try database.updateSite(site, settings: first, nextEpoch: nil, at: now)
        let version = try database.note(.registryVersion)
        var weekly = site.nextEpoch(at: now)
        weekly.rotation = .weekly
        #expect(throws: StorageError.siteChanged(site.domain)) {
            try database.updateSite(site, settings: second, nextEpoch: weekly, at: now)
        }
        let stored = try database.site(named: "a.test")
        #expect(stored.settings == first && stored.epochs == site.epochs)
        #expect(try database.note(.registryVersion) == version)
    }

    @Test("a running collector can tell each change, and only changes")
    func registryVersion() throws {
        var last = try database.note(.registryVersion) ?? 0
        func hasRisen() throws -> Bool {
            let version = try database.note(.registryVersion) ?? 0
            defer { last = version }
            return version > last
        }
        let site = try Traffic.addSite(database)
        #expect(try hasRisen())
        #expect(try !hasRisen())
        try database.updateSite(site, settings: site.settings, nextEpoch: nil, at: folder.clock.now)
        #expect(try hasRisen())
        _ = try database.createToken(for: site, random: .system, at: folder.clock.now)
        #expect(try !hasRisen())
        try database.removeSite(site)
        #expect(try hasRisen())
    }

    @Test("a token opens its own site alone, is stored hashed, and can be taken back")
    func tokens() throws {
        let (site, other) = (try Traffic.addSite(database), try Traffic.addSite(database, "b.test"))
        let token = try database.createToken(for: site, random: .system, at: folder.clock.now)
        let second = try database.createToken(for: site, random: .system, at: folder.clock.now)
        #expect(token.count == 43 && token != second)
        #expect(token.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
        #expect(try database.isToken(token, of: site) && database.isToken(second, of: site))
        #expect(try !database.isToken(token, of: other))
        // Many, so that a comparison that takes one in hundreds is seen.
        let guesses = (0..<2_000).map { "\(token)\($0)" }
        for wrong in ["", String(token.dropLast()), token.lowercased()] + guesses
        where wrong != token {
            #expect(try !database.isToken(wrong, of: site))
        }
        #expect(folder.files(holding: token.utf8).isEmpty)
        let id = try #require(try database.tokens(of: site).first?.id)
        #expect(try !database.revokeToken(id, of: other))
        #expect(try database.revokeToken(id, of: site))
        #expect(try !database.isToken(token, of: site))
        #expect(try database.isToken(second, of: site))
    }

    @Test("removing a site takes its epochs, tokens, rollups and books with it")
    func remove() throws {
        let site = try Traffic.addSite(database)
        _ = try database.createToken(for: site, random: .system, at: folder.clock.now)
        try folder.store([Traffic.kept(Traffic.view(site, 1, at: folder.clock.now), of: site)])
        try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        try database.removeSite(site)
        let dump = try folder.dump(database)
        let tables = dump.split(separator: "\n").map(String.init)
        #expect(
            tables.filter { !$0.hasPrefix("[name:\"") } == [
                "books", "import", "import_day", "month", "month_rollup", "month_takings",
                "rollup", "rollup_day", "site", "site_epoch", "sqlite_sequence", "takings", "term",
                "token",
            ])
    }
}
