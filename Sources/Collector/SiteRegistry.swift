package import Analytics
package import Storage
import Synchronization

/// The sites as the collector knows them: read again when the command line has changed something,
/// and when a day was sealed.
package final class SiteRegistry: Sendable {
    // A class: each beacon takes it by reference, not the site's texts one by one.
    package final class Entry: Sendable {
        package let site: Site
        package let calendar: SiteCalendar
        /// Days that no event may enter any more.
        private let sealedDays: Set<LocalDay>
        /// Keeps the bounds of today: asking a calendar costs more than all else of admission.
        private let finder: Mutex<DayFinder>

        init(site: Site, sealedDays: Set<LocalDay>) {
            self.site = site
            calendar = site.calendar
            self.sealedDays = sealedDays
            finder = Mutex(DayFinder(calendar: calendar, near: site.epochs[0].start))
        }

        func day(of time: Instant) -> LocalDay { finder.withLock { $0.day(of: time) } }

        func isSealed(_ day: LocalDay) -> Bool { sealedDays.contains(day) }
    }

    private struct Snapshot {
        var byDomain: [String: Entry] = [:]
        var version: [Int64?] = []
        var lastAggregation: Instant?
        /// Counts the refreshes that found a change.
        var generation = 0
    }

    private let database: MainDatabase
    private let snapshot = Mutex(Snapshot())

    package init(database: MainDatabase) throws(StorageError) {
        self.database = database
        try refresh()
    }

    /// The site of a domain, `www.` and case apart.
    package func entry(for domain: String) -> Entry? {
        let found = snapshot.withLock { $0.byDomain[domain] }
        if let found { return found }
        guard let name = Domain(domain)?.name, name != domain else { return nil }
        return snapshot.withLock { $0.byDomain[name] }
    }

    /// Rises when anything about the sites has changed.
    var generation: Int { snapshot.withLock { $0.generation } }

    /// When the last aggregation ended, as of the last refresh.
    var lastAggregation: Instant? { snapshot.withLock { $0.lastAggregation } }

    package var sites: [Site] { snapshot.withLock { $0.byDomain.values.map(\.site) } }

    /// Reads the sites again if anything has changed; cheap if not.
    package func refresh() throws(StorageError) {
        let lastAggregation = try database.note(.lastAggregation)
        let version = [try database.note(.registryVersion), lastAggregation]
        guard snapshot.withLock({ $0.version != version }) else { return }
        var byDomain: [String: Entry] = [:]
        for site in try database.sites() {
            let sealed = try database.rollupDays(of: site).values.filter(\.isSealed).map(\.day)
            byDomain[site.domain.name] = Entry(site: site, sealedDays: Set(sealed))
        }
        snapshot.withLock {
            $0 = Snapshot(
                byDomain: byDomain, version: version,
                lastAggregation: lastAggregation.map(Instant.init(milliseconds:)),
                generation: $0.generation + 1)
        }
    }
}
