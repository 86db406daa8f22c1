package import Analytics

/// What one sender may ask of the collector (I11): every limit, with its reason. Each is a setting
/// of the installation (`limit.…`); what a single beacon may hold is in `BeaconLimits`.
package struct CollectorLimits: Sendable {
    /// Bytes of a request's body. The largest beacon that its fields allow is far under it;
    /// trackers send some hundreds of bytes.
    package var body = BeaconLimits.body
    /// Bytes of a request's line and headers, as nginx's `large_client_header_buffers` has it.
    /// Browsers send under 2 kB; cookies of the site don't come here.
    package var header = 32 * 1_024
    /// Bytes of a request's target: a pixel with a page and a referrer of 2,000 bytes each,
    /// percent-encoded, still fits.
    package var url = 8 * 1_024
    /// Bytes of requests that are not whole yet, of all connections together: the one that goes over
    /// it with more than a beacon's 2 kB is closed. Honest requests come whole in one read or two.
    package var unread = 32 * 1_024 * 1_024
    /// Connections in all: each costs some 10 kB, so that all of them stay under 100 MiB.
    package var connections = 10_000
    /// Connections of one address (an IPv6 one by its /64). A browser opens 6; an office behind
    /// one address has some dozens at work at once. Trusted proxies have no such limit.
    package var connectionsPerAddress = 256
    /// Time from the first byte of a request to its last. A phone with a poor connection needs a
    /// second; a sender that needs longer holds a connection on purpose.
    package var requestTime = TimeSpan.seconds(20)
    /// Time that a connection may rest between two requests: above the 60 s of nginx's and 75 s of
    /// other proxies' pools, so that it is the proxy that closes first.
    package var idleTime = TimeSpan.seconds(80)
    /// Beacons a second of one address (IPv6 by its /64), on average, with a reserve for
    /// ten seconds. An office of a thousand people behind one address sends some 20.
    package var eventsPerAddress = 100.0
    /// Beacons a second of one site, on average, with a reserve for ten seconds: 430 million a day,
    /// over any site that one machine is for, and what a flood costs the disk stays at 15 GB a day.
    package var eventsPerSite = 5_000.0
    /// New texts of a site's pages, sources, clients and names in a partition's dictionaries; the
    /// rest become `(other)`. A shop of 20,000 goods has fewer; a scanner invents more in an hour.
    package var newEntriesPerSite = 50_000

    /// Open files that aren't connections: those of the journal, of a dashboard that reads a month
    /// of partitions, and a connection that is refused at once.
    package static let fileReserve = 64
    /// With fewer a browser that opens 6 is one of two.
    private static let leastConnections = 16

    package static let standard = CollectorLimits()

    package init() {}

    /// Lowers the connections to what the system allows, so that the journal always finds room for
    /// its files (I1).
    ///
    /// - Parameter openFiles: that this process may have.
    /// - Returns: whether there is room for a collector at all.
    package mutating func fit(openFiles: Int) -> Bool {
        connections = min(connections, openFiles - Self.fileReserve)
        return connections >= Self.leastConnections
    }
}
