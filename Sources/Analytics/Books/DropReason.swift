/// Why an accepted beacon is not in the figures: a closed list (I2).
package enum DropReason: String, Hashable, Sendable, CaseIterable, Codable {
    case bot
    /// The browser sent `Sec-GPC: 1` or `DNT: 1`, and the site respects it.
    case optedOut = "opted_out"
    /// The owner's own visits: an excluded address.
    case excluded
    /// The page is on a host that the site does not count.
    case foreignHost = "foreign_host"
    /// The browser fetched the page ahead of a visit that may never come.
    case prefetch
    /// The sender's address, or the site, sent more beacons a second than the limits allow.
    case rate
    case unknownSite = "unknown_site"
    /// A second beacon with the same site, visitor and `k` within 10 minutes.
    case duplicate
    /// The event's local day was sealed already.
    case late
}

/// Why a request to the beacon route came to no site: counted for the installation alone (I2).
package enum Refusal: String, Hashable, Sendable, CaseIterable {
    /// Answered 400.
    case malformed
    /// Answered 413.
    case tooLarge = "too_large"
    /// Answered 503.
    case unavailable
}
