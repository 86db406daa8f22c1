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

/// What happened to the beacons of one site on some local days: received = kept + dropped.
package struct Books: Hashable, Sendable {
    /// Counted at the door, before any step.
    package var received: Int
    /// The number of event rows.
    package var kept: Int
    package var dropped: [DropReason: Int]
    /// Of the installation only.
    package var refused: [Refusal: Int] = [:]
    /// Days whose events were deleted before they could be folded.
    package var lost: Bool

    package init(
        received: Int = 0, kept: Int = 0, dropped: [DropReason: Int] = [:], lost: Bool = false
    ) {
        self.received = received
        self.kept = kept
        self.dropped = dropped
        self.lost = lost
    }

    package var balances: Bool {
        lost
            || received == kept + dropped.values.reduce(0, +) + refused.values.reduce(0, +)
    }

    package static func += (books: inout Books, other: Books) {
        books.received += other.received
        books.kept += other.kept
        books.dropped.merge(other.dropped, uniquingKeysWith: +)
        books.refused.merge(other.refused, uniquingKeysWith: +)
        books.lost = books.lost || other.lost
    }
}
