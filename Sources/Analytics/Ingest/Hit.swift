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
    /// The address of the page that sends, as `Origin` or else `Referer` says; `nil` where neither
    /// came.
    package var origin: String?
    /// `Sec-GPC: 1` or `DNT: 1`.
    package var optsOut: Bool

    package init(
        address: ClientAddress?, userAgent: String, hintHeaders: ClientHintHeaders = .none,
        acceptLanguage: String? = nil, knowsHeaders: Bool = false,
        hasFetchMetadata: Bool = false, isPrefetch: Bool = false, optsOut: Bool = false,
        origin: String? = nil
    ) {
        self.address = address
        self.userAgent = userAgent.cut(toBytes: BeaconLimits.userAgent)
        self.hintHeaders = hintHeaders
        self.acceptLanguage = acceptLanguage
        self.knowsHeaders = knowsHeaders
        self.hasFetchMetadata = hasFetchMetadata
        self.isPrefetch = isPrefetch
        self.optsOut = optsOut
        self.origin = origin
    }

    package var description: String { "<sender>" }

    /// Reads the headers that say something of the sender.
    /// - Parameter header: the value of a header, or `nil`.
    package init(address: ClientAddress?, header: (SenderHeader) -> String?) {
        self.init(
            address: address, userAgent: header(.userAgent) ?? "",
            hintHeaders: ClientHintHeaders(
                brands: header(.brands),
                fullVersionList: header(.fullVersionList),
                mobile: header(.mobile), platform: header(.platform),
                platformVersion: header(.platformVersion),
                model: header(.model)),
            acceptLanguage: header(.acceptLanguage), knowsHeaders: true,
            hasFetchMetadata: header(.fetchSite) != nil || header(.fetchMode) != nil,
            isPrefetch: Self.isAhead(header(.secPurpose)) || Self.isAhead(header(.purpose))
                || Self.isAhead(header(.xPurpose)) || Self.isAhead(header(.xMoz)),
            optsOut: header(.gpc) == "1" || header(.doNotTrack) == "1",
            origin: header(.origin) ?? header(.referer))
    }

    private static func isAhead(_ purpose: String?) -> Bool {
        guard let purpose = purpose?.lowercased() else { return false }
        return ["prefetch", "prerender", "preview"].contains { purpose.contains($0) }
    }
}

/// The headers that tell something of a sender; the raw value is the place in `names`.
package enum SenderHeader: Int, CaseIterable, Sendable {
    case userAgent, acceptLanguage, brands, fullVersionList, mobile, platform,
        platformVersion, model, fetchSite, fetchMode, secPurpose, purpose,
        xPurpose, xMoz, gpc, doNotTrack, origin, referer

    /// In lower case.
    package var name: String { Self.names[rawValue] }

    package static let names = [
        "user-agent", "accept-language", "sec-ch-ua", "sec-ch-ua-full-version-list",
        "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-ch-ua-platform-version", "sec-ch-ua-model",
        "sec-fetch-site", "sec-fetch-mode", "sec-purpose", "purpose",
        "x-purpose", "x-moz", "sec-gpc", "dnt",
        "origin", "referer",
    ]
}
