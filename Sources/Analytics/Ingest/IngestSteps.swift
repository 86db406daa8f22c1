/// The way of a beacon from bytes to an event, as a list to read: decode (`BeaconDecoder`), then
/// the steps here, then the visitor, then the journal. The first drop wins.
// A class: each beacon takes its tables by reference.
package final class IngestSteps: Sendable {
    package let recognition: Recognition

    package init(recognition: Recognition = .standard) {
        self.recognition = recognition
    }

    /// What becomes of a hit.
    package enum Outcome: Sendable {
        case kept(Event)
        /// Nothing is kept but the count.
        case dropped(DropReason)
        /// Counted as `bot` and set aside with the rule that caught it.
        case setAside(Event, BotVerdict)
    }

    /// Step 2, admit: each looks at one thing and answers why it drops the hit, or `nil`.
    static let admission: [@Sendable (Hit, Site) -> DropReason?] = [
        isExcluded, isForeignHost, isPrefetch, isOptedOut,
    ]

    /// The event comes without its visitor: that needs the site's salt.
    package func run(_ hit: Hit, for site: Site) -> Outcome {
        var memory: IngestMemory?
        return run(hit, for: site, &memory)
    }

    /// - Parameter memory: what was worked out before; `nil` works all out anew.
    package func run(_ hit: Hit, for site: Site, _ memory: inout IngestMemory?) -> Outcome {
        for step in Self.admission {
            if let reason = step(hit, site) { return .dropped(reason) }
        }
        let (event, verdict) = enriched(hit, for: site, &memory)
        guard let verdict, !site.settings.allowedBots.contains(verdict.rule) else {
            return .kept(event)
        }
        return .setAside(event, verdict)
    }

    /// Whether the event is counted without a visitor.
    package static func isCountedWithoutVisitor(_ hit: Hit, for site: Site) -> Bool {
        hit.sender.optsOut && site.settings.privacySignals == .anonymous
    }

    // MARK: Step 2, admit

    private static func isExcluded(_ hit: Hit, _ site: Site) -> DropReason? {
        guard let address = hit.sender.address else { return nil }
        return site.settings.excludes(address) ? .excluded : nil
    }

    private static func isForeignHost(_ hit: Hit, _ site: Site) -> DropReason? {
        // A log's line shows no headers.
        if site.settings.requiresOrigin, hit.sender.knowsHeaders {
            let origin = hit.sender.origin.flatMap { WebAddress($0)?.host } ?? ""
            if !site.isOwn(host: origin) { return .foreignHost }
        }
        guard !site.settings.hosts.isEmpty else { return nil }
        let isCounted =
            hit.page.host == site.domain.name || site.settings.hosts.contains(hit.page.host)
        return isCounted ? nil : .foreignHost
    }

    private static func isPrefetch(_ hit: Hit, _: Site) -> DropReason? {
        hit.sender.isPrefetch ? .prefetch : nil
    }

    private static func isOptedOut(_ hit: Hit, _ site: Site) -> DropReason? {
        guard hit.sender.optsOut else { return nil }
        switch site.settings.privacySignals {
        case .ignore: return nil
        case .drop: return .optedOut
        // Without a visitor there is no session that an engagement update could belong to.
        case .anonymous: return hit.beacon.name == Beacon.nameOfEngagement ? .optedOut : nil
        }
    }

    private func verdict(on hit: Hit, _ hints: ClientHints) -> BotVerdict? {
        recognition.bots.verdict(
            BotSignals(
                userAgent: hit.sender.userAgent, webdriver: hit.beacon.isAutomated,
                hasAcceptLanguage: hit.sender.knowsHeaders
                    ? hit.sender.acceptLanguage != nil : nil,
                hasFetchMetadata: hit.sender.knowsHeaders ? hit.sender.hasFetchMetadata : nil,
                hints: hints))
    }

    // MARK: Step 3, enrich

    /// What is kept of the hit: the address cleaned, the source, the client and the country.
    package func enrich(_ hit: Hit, for site: Site) -> Event {
        var memory: IngestMemory?
        return enriched(hit, for: site, &memory).event
    }

    private func enriched(
        _ hit: Hit, for site: Site, _ memory: inout IngestMemory?
    ) -> (event: Event, verdict: BotVerdict?) {
        let page = memory?.page(of: hit, for: site) { self.page(of: hit, for: site) }
        let source =
            memory?.acquisition(of: hit, for: site) { acquisition(of: hit, for: site) }
            ?? {
                let (acquisition, spam) = self.acquisition(of: hit, for: site)
                return IngestMemory.SourceFinding(acquisition: Shared(acquisition), spam: spam)
            }()
        let place = recognition.place(of: hit.sender.address)
        let client =
            memory?.client(of: hit, at: place) { self.client(of: hit, at: place) }
            ?? {
                let (profile, verdict) = self.client(of: hit, at: place)
                return IngestMemory.ClientFinding(profile: Shared(profile), verdict: verdict)
            }()
        let event = Event(
            site: site.id, visitor: nil, time: hit.time, kind: kind(of: hit.beacon),
            page: page ?? Shared(self.page(of: hit, for: site)),
            acquisition: source.acquisition,
            profile: client.profile,
            properties: hit.beacon.properties.isEmpty
                && site.settings.addresses.searchParameter == nil
                ? []
                : PropertyPolicy.properties(of: hit, policy: site.settings.addresses),
            revenue: hit.beacon.revenue, retryKey: hit.beacon.nonce.map(RetryKey.init(nonce:)))
        return (event, verdict(on: hit, of: site, client: client.verdict, spam: source.spam))
    }

    private func page(of hit: Hit, for site: Site) -> Page {
        var policy = site.settings.addresses
        if hit.beacon.countsHashRoutes { policy.hashRoutes = true }
        let address = PageAddress(cleaning: hit.page, policy: policy)
        let title = hit.beacon.title.map { Scrubber.scrub($0, limit: BeaconLimits.title).text }
        return Page(host: address.host, path: address.path, title: title ?? "")
    }

    private func acquisition(of hit: Hit, for site: Site) -> (Acquisition, BotVerdict?) {
        let referrer = hit.beacon.referrer
        return (
            recognition.sources.finding(page: hit.page, referrer: referrer, of: site).acquisition,
            recognition.listed(page: hit.page, referrer: referrer)
        )
    }

    /// The first verdict that the site doesn't allow; where it allows all, the first of them.
    private func verdict(
        on hit: Hit, of site: Site, client: BotVerdict?, spam: BotVerdict?
    ) -> BotVerdict? {
        let allowed = site.settings.allowedBots
        func counts(_ verdict: BotVerdict?) -> Bool {
            verdict.map { !allowed.contains($0.rule) } ?? false
        }
        if counts(client) { return client }
        let address = recognition.listed(address: hit.sender.address)
        if counts(address) { return address }
        return counts(spam) ? spam : client ?? address ?? spam
    }

    /// What takes a hit for a bot's, whether its site allows that or not.
    func verdict(on hit: Hit, for site: Site) -> BotVerdict? {
        var memory: IngestMemory?
        return enriched(hit, for: site, &memory).verdict
    }

    /// - Parameter place: by the address; `nil` leaves the browser's time zone.
    private func client(of hit: Hit, at place: Place?) -> (ClientProfile, BotVerdict?) {
        let hints = ClientHints(hit.sender.hintHeaders)
        let profile = ClientProfile(
            client: recognition.clients.client(userAgent: hit.sender.userAgent, hints: hints),
            screen: hit.beacon.viewportWidth.map(ScreenClass.init(viewportWidth:)),
            language: Self.language(acceptLanguage: hit.sender.acceptLanguage),
            place: place
                ?? Place(
                    country: hit.beacon.timeZone.flatMap(
                        recognition.places.country(timeZone:)) ?? ""))
        return (profile, verdict(on: hit, hints))
    }

    private func kind(of beacon: Beacon) -> Event.Kind {
        switch beacon.name {
        case Beacon.nameOfPageview: .pageview
        case Beacon.nameOfEngagement:
            .engagement(
                milliseconds: beacon.engagedMilliseconds ?? 0, scrollDepth: beacon.scrollDepth)
        default:
            .custom(
                name: Scrubber.scrub(beacon.name, limit: BeaconLimits.name).text,
                isInteractive: beacon.isInteractive)
        }
    }

    /// The primary subtag of the header's first language: `lv-LV,lv;q=0.9` is `lv`.
    static func language(acceptLanguage: String?) -> String {
        guard let acceptLanguage else { return "" }
        let subtag = acceptLanguage.prefix { !",;-_ ".contains($0) }.lowercased()
        let isTag =
            (2...3).contains(subtag.utf8.count)
            && subtag.utf8.allSatisfy { (97...122).contains($0) }
        return isTag ? subtag : ""
    }
}
