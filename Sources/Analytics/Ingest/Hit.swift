/// A beacon with what its request tells of the sender. The address and the user agent live no
/// longer than this value (I3).
package struct Hit: Sendable {
    package var beacon: Beacon
    package var page: WebAddress
    package var sender: Sender
    package var time: Instant

    package init(beacon: Beacon, page: WebAddress, sender: Sender, time: Instant) {
        self.beacon = beacon
        self.page = page
        self.sender = sender
        self.time = time
    }
}

/// Who sent a beacon, as its request's headers and connection say. Its description redacts.
package struct Sender: Sendable, CustomStringConvertible {
    package var address: ClientAddress?
    /// At most `BeaconLimits.userAgent` bytes.
    package var userAgent: String
    package var hintHeaders: ClientHintHeaders
    /// `nil` where the record has no headers, as a log line.
    package var acceptLanguage: String?
    package var knowsHeaders: Bool
    /// Whether any `Sec-Fetch-*` header came: browsers send them, a site's own server does not.
    package var hasFetchMetadata: Bool
    /// `Sec-Purpose`, `Purpose` or `X-Moz` said that the page was fetched ahead of a visit.
    package var isPrefetch: Bool
    /// Of the page that sends, as `Origin` or else `Referer` says; `nil` where neither came.
    package var originHost: String?
    /// `Sec-GPC: 1` or `DNT: 1`.
    package var optsOut: Bool

    package init(
        address: ClientAddress?, userAgent: String, hintHeaders: ClientHintHeaders = .none,
        acceptLanguage: String? = nil, knowsHeaders: Bool = false,
        hasFetchMetadata: Bool = false, isPrefetch: Bool = false, optsOut: Bool = false,
        originHost: String? = nil
    ) {
        self.address = address
        self.userAgent = userAgent.cut(toBytes: BeaconLimits.userAgent)
        self.hintHeaders = hintHeaders
        self.acceptLanguage = acceptLanguage
        self.knowsHeaders = knowsHeaders
        self.hasFetchMetadata = hasFetchMetadata
        self.isPrefetch = isPrefetch
        self.optsOut = optsOut
        self.originHost = originHost
    }

    package var description: String { "<sender>" }

    /// Reads the headers that say something of the sender.
    /// - Parameter header: the value of a header named in lower case, or `nil`.
    package init(address: ClientAddress?, header: (String) -> String?) {
        self.init(
            address: address, userAgent: header("user-agent") ?? "",
            hintHeaders: ClientHintHeaders(
                brands: header("sec-ch-ua"),
                fullVersionList: header("sec-ch-ua-full-version-list"),
                mobile: header("sec-ch-ua-mobile"), platform: header("sec-ch-ua-platform"),
                platformVersion: header("sec-ch-ua-platform-version"),
                model: header("sec-ch-ua-model")),
            acceptLanguage: header("accept-language"), knowsHeaders: true,
            hasFetchMetadata: header("sec-fetch-site") != nil || header("sec-fetch-mode") != nil,
            isPrefetch: Self.isAhead(header("sec-purpose")) || Self.isAhead(header("purpose"))
                || Self.isAhead(header("x-purpose")) || Self.isAhead(header("x-moz")),
            optsOut: header("sec-gpc") == "1" || header("dnt") == "1",
            originHost: (header("origin") ?? header("referer")).flatMap { WebAddress($0)?.host })
    }

    private static func isAhead(_ purpose: String?) -> Bool {
        guard let purpose else { return false }
        return ["prefetch", "prerender", "preview"].contains { purpose.contains($0) }
    }
}
