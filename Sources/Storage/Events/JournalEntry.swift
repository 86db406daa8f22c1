package import Analytics

/// One beacon's fate, to be made durable before it is answered.
// A class: it is handed from the loop to the writer and walked over more than once, and a copy of an
// event retains all its texts.
package final class JournalEntry: Sendable {
    package enum Fate: Sendable {
        case kept(Event)
        case setAside(Event, reason: DropReason, rule: String)
        case dropped(DropReason)
        /// Requests that came to no site.
        case refused(Refusal, count: Int)
    }

    /// 0 for a beacon of an unknown site: counted for the installation.
    package let site: SiteID
    /// The site's local day at receipt.
    package let day: LocalDay
    package let time: Instant
    package let fate: Fate

    package init(site: SiteID, day: LocalDay, time: Instant, fate: Fate) {
        self.site = site
        self.day = day
        self.time = time
        self.fate = fate
    }

    /// Requests to the beacon route that came to no site.
    package static func refused(
        _ refusal: Refusal, count: Int = 1, at time: Instant
    ) -> JournalEntry {
        JournalEntry(
            site: installation, day: time.utcDay, time: time, fate: .refused(refusal, count: count))
    }

    /// Installation-wide counts are kept under this number of a site.
    package static let installation: SiteID = 0
}
