import Analytics
import Testing

@testable import Storage

/// A shop that a price robot buys from: what the robot did is let in, and taken out again.
@Suite("Bots that a site allows")
struct AllowedBotTests {
    private static let day = LocalDay("2026-11-20")!

    private struct Shop {
        let folder: TestFolder
        let database: MainDatabase

        init() throws {
            folder = try TestFolder(at: "2026-11-21T12:00:00Z")
            database = try folder.database()
            let site = try Traffic.addSite(database, "shop.test")
            let other = try Traffic.addSite(database, "b.test")
            try folder.store([
                Traffic.kept(Traffic.view(site, 1, at: Instant("2026-11-20T10:00:00Z")!), of: site),
                caught(order(site, "2026-11-20T10:00:01Z"), "curl", of: site),
                // The same order once more, as the page is loaded again.
                caught(order(site, "2026-11-20T10:00:02Z"), "curl", of: site),
                caught(order(site, "2026-11-20T10:00:03Z"), "gptbot", of: site),
                caught(order(other, "2026-11-20T10:00:04Z"), "curl", of: other),
            ])
        }

        var site: Site { get throws { try database.site(named: "shop.test") } }

        private func order(_ site: Site, _ time: String) -> Event {
            var event = Traffic.view(site, 2, at: Instant(time)!)
            event.kind = .custom(name: "purchase", isInteractive: true)
            event.properties = [EventProperty(name: "plan", value: "pro")]
            event.revenue = Revenue(currency: "EUR", minorUnits: 1_999)
            event.transactionKey = TransactionKey(value: 7)
            return event
        }

        private func caught(_ event: Event, _ rule: String, of site: Site) -> JournalEntry {
            JournalEntry(
                site: site.id, day: site.calendar.day(of: event.time), time: event.time,
                fate: .setAside(event, reason: .bot, rule: rule))
        }

        func allow(_ rules: [String]) throws {
            let site = try site
            var settings = site.settings
            settings.allowedBots = rules
            try database.updateSite(
                site, settings: settings, nextEpoch: nil, at: folder.clock.now)
            let report = try folder.aggregator(database).run()
            #expect(report.problems.isEmpty)
        }

        func totals() throws -> Figures {
            try database.totals(of: try site, on: day...day)[day] ?? Figures()
        }

        func books() throws -> Books? {
            try database.books(of: try site, on: day...day)[day]
        }
    }

    @Test("count with their orders and properties, and their books balance; and leave again")
    func allowed() throws {
        let shop = try Shop()
        try shop.allow([])
        #expect(try shop.totals().visitors == 1)
        #expect(try shop.books() == Books(received: 4, kept: 1, dropped: [.bot: 3]))

        try shop.allow(["curl"])
        let totals = try shop.totals()
        #expect(totals.visitors == 2)
        #expect(totals.events == 1)
        #expect(totals.takings["EUR"]?.orders == 1)
        #expect(try shop.books() == Books(received: 4, kept: 3, dropped: [.bot: 1]))
        let plans = try shop.database.sum(
            of: try shop.site, on: [Self.day], dimension: .property)
        #expect(plans.rows[Dimension.property(named: "plan", value: "pro")]?.events == 1)
        let reader = shop.folder.reader(shop.database)
        #expect(try reader.books(of: try shop.site, on: Self.day...Self.day)[Self.day]?.kept == 3)

        try shop.allow([])
        #expect(try shop.totals().visitors == 1)
        #expect(try shop.books() == Books(received: 4, kept: 1, dropped: [.bot: 3]))
    }

    @Test("are on the site now as others are")
    func now() throws {
        let shop = try Shop()
        shop.folder.clock.set("2026-11-20T10:02:00Z")
        let reader = shop.folder.reader(shop.database)
        #expect(try reader.visitorsNow(on: shop.site) == 1)
        try shop.allow(["curl"])
        #expect(try reader.visitorsNow(on: shop.site) == 2)
    }

    @Test("of a sealed day: its books are the larger for them, and nothing of it is late")
    func sealed() throws {
        let shop = try Shop()
        try shop.allow([])
        #expect(try shop.database.rollupDays(of: shop.site)[Self.day]?.isSealed == true)
        try shop.allow(["curl", "gptbot"])
        #expect(try shop.totals().visitors == 2)
        #expect(try shop.books() == Books(received: 4, kept: 4, dropped: [:]))
        let verified = try shop.folder.aggregator(shop.database).run(.verify)
        #expect(verified.problems.isEmpty && verified.verified > 0)
    }

    @Test("`bots` tells which rules a site allows, also those that caught nothing")
    func told() throws {
        let shop = try Shop()
        try shop.allow(["curl", "uptimerobot"])
        let bots = try EventReader(folder: shop.folder.data)
            .caughtBots(of: try shop.site, on: Self.day...Self.day)
        #expect(
            bots.map { "\($0.rule) \($0.beacons) \($0.isAllowed)" } == [
                "curl 2 true", "gptbot 1 false", "uptimerobot 0 true",
            ])
    }
}
