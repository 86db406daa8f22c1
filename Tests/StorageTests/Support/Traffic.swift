import Analytics
import Storage

/// Sites, entries and events for tests that don't care about most of what an event has.
enum Traffic {
    static let day = LocalDay(year: 2026, month: 11, day: 20)

    @discardableResult
    static func addSite(
        _ database: MainDatabase, _ name: String = "a.test", zone: String = "UTC",
        rotation: Rotation = .daily, timeout: TimeSpan = .minutes(30),
        createdAt: String = "2026-11-01T00:00:00Z"
    ) throws -> Site {
        let created = Instant(createdAt)!
        return try database.addSite(
            Domain(name)!,
            epoch: SiteEpoch(
                start: created, timeZone: zone, rotation: rotation, sessionTimeout: timeout),
            settings: SiteSettings(), at: created)
    }

    static func view(
        _ site: Site, _ visitor: UInt64?, at time: Instant, _ path: String = "/",
        source: String = "Direct", country: String = ""
    ) -> Event {
        Event(
            site: site.id, visitor: visitor.map(Visitor.init(value:)), time: time, kind: .pageview,
            page: Page(host: site.domain.name, path: path),
            acquisition: Acquisition(source: source, channel: source),
            profile: ClientProfile(client: .unknown, country: country))
    }

    static func kept(_ event: Event, of site: Site) -> JournalEntry {
        JournalEntry(
            site: site.id, day: site.calendar.day(of: event.time), time: event.time,
            fate: .kept(event))
    }

    static func dropped(_ reason: DropReason, of site: Site, at time: Instant) -> JournalEntry {
        JournalEntry(
            site: site.id, day: site.calendar.day(of: time), time: time, fate: .dropped(reason))
    }

    static func setAside(_ event: Event, _ reason: DropReason, of site: Site) -> JournalEntry {
        JournalEntry(
            site: site.id, day: site.calendar.day(of: event.time), time: event.time,
            fate: .setAside(event, reason: reason, rule: "curl"))
    }
}
