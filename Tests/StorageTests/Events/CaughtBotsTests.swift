import Analytics
import Testing

@testable import Storage

@Suite("Bots that were caught")
struct CaughtBotsTests {
    @Test("counted by rule, of the site's own days; what came late is no bot")
    func byRule() throws {
        let folder = try TestFolder(at: "2026-11-21T12:00:00Z")
        let database = try folder.database()
        let site = try Traffic.addSite(database, zone: "Europe/Riga")
        let other = try Traffic.addSite(database, "b.test")
        func caught(_ site: Site, _ time: String, _ rule: String) -> JournalEntry {
            let event = Traffic.view(site, 1, at: Instant(time)!)
            let reason = DropReason(rawValue: rule) ?? .bot
            return JournalEntry(
                site: site.id, day: site.calendar.day(of: event.time), time: event.time,
                fate: .setAside(event, reason: reason, rule: rule))
        }
        try folder.store([
            caught(site, "2026-11-19T21:59:59Z", "curl"),
            // Midnight in Riga.
            caught(site, "2026-11-19T22:00:00Z", "curl"),
        ])
        try folder.store([
            caught(site, "2026-11-20T10:00:00Z", "webdriver"),
            caught(site, "2026-11-20T10:00:01Z", "webdriver"),
            caught(site, "2026-11-20T10:00:02Z", "gone-rule"),
            caught(site, "2026-11-20T10:00:03Z", "late"),
            caught(other, "2026-11-20T10:00:04Z", "curl"),
            Traffic.kept(Traffic.view(site, 2, at: Instant("2026-11-20T10:00:05Z")!), of: site),
        ])
        let day = LocalDay("2026-11-20")!
        let bots = try EventReader(folder: folder.data).caughtBots(of: site, on: day...day)
        #expect(
            bots == [
                CaughtBots(rule: "webdriver", category: .headless, beacons: 2),
                CaughtBots(rule: "curl", category: .library, beacons: 1),
                CaughtBots(rule: "gone-rule", category: nil, beacons: 1),
            ])
        let next = day.advanced(by: 1)
        #expect(
            try EventReader(folder: folder.data).caughtBots(of: site, on: next...next).isEmpty)
    }
}
