package import Analytics

/// One beacon's fate, to be made durable before it is answered.
package struct JournalEntry: Sendable {
    package enum Fate: Sendable {
        case kept(Event)
        case setAside(Event, reason: DropReason, rule: String)
        case dropped(DropReason)
    }

    /// 0 for a beacon of an unknown site: counted for the installation.
    package var site: SiteID
    /// The site's local day at receipt.
    package var day: LocalDay
    package var time: Instant
    package var fate: Fate

    package init(site: SiteID, day: LocalDay, time: Instant, fate: Fate) {
        self.site = site
        self.day = day
        self.time = time
        self.fate = fate
    }

    /// Installation-wide counts are kept under this number of a site.
    package static let installation: SiteID = 0
}
