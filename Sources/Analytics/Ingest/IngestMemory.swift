/// What the enrich step worked out for texts that come again and again, by their fingerprints: a
/// page is cleaned, a source and a client recognised once and not for each beacon (30 µs of 35 saved
/// where all are known). Holds nothing of the user agent or the address itself.
///
/// What a site's settings decide is part of what is remembered: make a new one when they change.
package struct IngestMemory: Sendable {
    /// Most entries of a kind: some 150 bytes each with their texts.
    private static let limit = 50_000

    /// The client as the beacon and its headers show it.
    struct ClientFinding: Sendable {
        var profile: Shared<ClientProfile>
        var verdict: BotVerdict?
    }

    /// Who sent the visitor, and what the owner's list of spam says of that.
    struct SourceFinding: Sendable {
        var acquisition: Shared<Acquisition>
        var spam: BotVerdict?
    }

    private let fingerprinter: Fingerprinter
    private var pages = FingerprintCache<Shared<Page>>(limit: limit)
    private var acquisitions = FingerprintCache<SourceFinding>(limit: limit)
    private var clients = FingerprintCache<ClientFinding>(limit: limit)
    // One object for equal values, so that the partition's dictionary finds it by identity.
    private var profiles: [ClientProfile: Shared<ClientProfile>] = [:]
    private var sources: [Acquisition: Shared<Acquisition>] = [:]

    package init(fingerprinter: Fingerprinter) {
        self.fingerprinter = fingerprinter
    }

    package mutating func forget() {
        self = IngestMemory(fingerprinter: fingerprinter)
    }

    /// By all that the cleaned address and title hang on: the address, the title, the site's policy.
    mutating func page(of hit: Hit, for site: Site, _ find: () -> Page) -> Shared<Page> {
        let key = fingerprinter.fingerprint { key in
            key.add(UInt64(bitPattern: site.id))
            key.add(hit.beacon.countsHashRoutes ? 1 : 0)
            key.add(hit.page.host)
            key.add(hit.page.rawPath)
            key.add(site.settings.addresses.keptQuery.isEmpty ? nil : hit.page.rawQuery)
            key.add(hit.page.rawFragment)
            key.add(hit.beacon.title)
        }
        if let known = pages[key] { return known }
        let page = Shared(find())
        pages[key] = page
        return page
    }

    /// By the referrer, the page's host and its query with the campaign's tags.
    mutating func acquisition(
        of hit: Hit, for site: Site, _ find: () -> (Acquisition, BotVerdict?)
    ) -> SourceFinding {
        let key = fingerprinter.fingerprint { key in
            key.add(UInt64(bitPattern: site.id))
            key.add(hit.page.host)
            key.add(hit.page.rawQuery)
            key.add(hit.beacon.referrer)
        }
        if let known = acquisitions[key] { return known }
        let (found, spam) = find()
        if sources.count >= Self.limit { sources = [:] }
        let acquisition = sources[found] ?? Shared(found)
        sources[found] = acquisition
        let finding = SourceFinding(acquisition: acquisition, spam: spam)
        acquisitions[key] = finding
        return finding
    }

    /// By the headers that tell of the browser, what the beacon says of it, and the place that its
    /// address gave.
    mutating func client(
        of hit: Hit, at place: Place?, _ find: () -> (ClientProfile, BotVerdict?)
    ) -> ClientFinding {
        let sender = hit.sender
        let key = fingerprinter.fingerprint { key in
            if let place {
                key.add(place.country)
                key.add(place.region)
                key.add(place.city)
            }
            key.add(sender.userAgent)
            key.add(sender.acceptLanguage)
            key.add(
                (sender.knowsHeaders ? 1 : 0) | (sender.hasFetchMetadata ? 2 : 0)
                    | (hit.beacon.isAutomated ? 4 : 0))
            if sender.hintHeaders != .none {
                key.add(sender.hintHeaders.brands)
                key.add(sender.hintHeaders.fullVersionList)
                key.add(sender.hintHeaders.mobile)
                key.add(sender.hintHeaders.platform)
                key.add(sender.hintHeaders.platformVersion)
                key.add(sender.hintHeaders.model)
            }
            key.add(hit.beacon.timeZone)
            key.add(hit.beacon.viewportWidth.map(ScreenClass.init(viewportWidth:))?.rawValue)
        }
        if let known = clients[key] { return known }
        let (found, verdict) = find()
        if profiles.count >= Self.limit { profiles = [:] }
        let profile = profiles[found] ?? Shared(found)
        profiles[found] = profile
        let finding = ClientFinding(profile: profile, verdict: verdict)
        clients[key] = finding
        return finding
    }
}
