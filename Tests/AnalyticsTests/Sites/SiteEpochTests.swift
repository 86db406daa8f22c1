import Analytics
import Testing

@Suite("Changes of a site's epoch")
struct SiteEpochTests {
    private static let noon = Instant("2026-11-22T12:00:00Z")!
    private static let midnight = Instant("2026-11-22T22:00:00Z")!  // of Riga

    private func site(_ epochs: SiteEpoch...) -> Site {
        let first = SiteEpoch(start: Instant(milliseconds: 0), timeZone: "Europe/Riga")
        return Site(
            id: 1, domain: Domain("shop.test")!, settings: SiteSettings(),
            epochs: [first] + epochs)
    }

    @Test("the first change starts from the epoch in force, at the site's next midnight")
    func first() {
        let site = site()
        #expect(site.pendingEpoch(at: Self.noon) == nil)
        let next = site.nextEpoch(at: Self.noon)
        #expect(next.start == Self.midnight)
        #expect(next.hasSameRules(as: site.epochs[0]))
    }

    @Test("a second change starts from the one announced, so that it loses nothing of it")
    func second() {
        let announced = SiteEpoch(
            start: Self.midnight, timeZone: "Europe/Riga", sessionTimeout: .minutes(10))
        let site = site(announced)
        #expect(site.pendingEpoch(at: Self.noon) == announced)
        #expect(site.nextEpoch(at: Self.noon) == announced)
    }

    @Test(
        "the midnight is that of the zone in force, whatever zone was announced",
        arguments: [
            "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Apia", "Asia/Kathmandu",
        ])
    func zone(timeZone: String) {
        let site = site(SiteEpoch(start: Self.midnight, timeZone: timeZone))
        #expect(site.nextEpoch(at: Self.noon).start == Self.midnight)
    }

    @Test("once in force a change is no longer announced, and the next one follows it")
    func inForce() {
        let changed = SiteEpoch(
            start: Self.midnight, timeZone: "America/New_York", rotation: .weekly)
        let site = site(changed)
        #expect(site.pendingEpoch(at: Self.midnight) == nil)
        let next = site.nextEpoch(at: Self.midnight)
        #expect(next.hasSameRules(as: changed))
        #expect(next.start == Instant("2026-11-24T05:00:00Z"))
    }

    @Test("a site that was added a moment ahead of the clock has no change announced")
    func young() {
        var site = site()
        site.epochs[0].start = Self.noon + .minutes(1)
        #expect(site.pendingEpoch(at: Self.noon) == nil)
        #expect(site.nextEpoch(at: Self.noon).start == Self.midnight)
    }
}
