/// What named a visit's source.
package enum SourceEvidence: String, Hashable, Sendable {
    case utmSource = "utm_source"
    /// The parameter `source` or `ref`.
    case reference = "source or ref"
    case clickID = "click id"
    case referrer
    /// Nothing did: `Direct`, or tags without a source.
    case nothing
}

extension SourceRules {
    /// Where a visit that begins on `page` came from.
    ///
    /// Tags speak first (`utm_source`, then `source`, then `ref`), then an ad's click id, then the
    /// referrer, then a click id that only tells who sent the link on. Nothing of these: Direct.
    /// - Parameters:
    ///   - referrer: as the browser sent it; one that can't be read counts as none.
    ///   - siteHosts: the site's own hosts, each with those below it; a link from them, from the
    ///     page's host or from the machine itself (`localhost`) sends nobody.
    ///   - ignoredReferrers: hosts that the owner says only give visitors back, as payment
    ///     providers do; those of category `passage` do so for every site.
    package func acquisition(
        page: WebAddress, referrer: String?, siteHosts: [String], ignoredReferrers: [String]
    ) -> Acquisition {
        finding(
            page: page, referrer: referrer, siteHosts: siteHosts,
            ignoredReferrers: ignoredReferrers
        ).acquisition
    }

    /// The same for a visit of a site, with what named the source.
    func finding(
        page: WebAddress, referrer: String?, of site: Site
    ) -> (acquisition: Acquisition, evidence: SourceEvidence) {
        finding(
            page: page, referrer: referrer, siteHosts: [site.domain.name] + site.settings.hosts,
            ignoredReferrers: site.settings.ignoredReferrers)
    }

    private func finding(
        page: WebAddress, referrer: String?, siteHosts: [String], ignoredReferrers: [String]
    ) -> (acquisition: Acquisition, evidence: SourceEvidence) {
        func sendsNobody(_ host: String) -> Bool {
            host == page.host || Self.isThisMachine(host)
                || siteHosts.contains { Self.isWithin(host, $0) }
                || ignoredReferrers.contains { Self.isWithin(host, $0) }
        }
        var query = CampaignQuery(page.rawQuery, rules: self)
        if let host = Self.host(in: query.reference), sendsNobody(host) { query.reference = "" }
        let referral = referrer.flatMap { self.referral($0, sendsNobody) }
        guard referral != nil || !query.isEmpty else { return (.direct, .nothing) }
        let origin = origin(query, referral)
        let channel = Channel.name(of: origin.signs(campaign: query.tags.campaign))
        let acquisition = Acquisition(
            source: origin.name, channel: channel, referrer: referral?.text ?? "",
            tags: query.tags)
        return (acquisition, origin.evidence)
    }

    // MARK: The referrer

    /// An address that sent the visitor.
    private struct Referral {
        let address: WebAddress
        let source: KnownSource?
        /// What is kept of it.
        let text: String
    }

    private func referral(_ text: String, _ sendsNobody: (String) -> Bool) -> Referral? {
        guard let address = Self.address(referring: text), !sendsNobody(address.host) else {
            return nil
        }
        let source = source(referring: address)
        if source?.category == .passage { return nil }
        return Referral(
            address: address, source: source, text: Self.kept(address, source?.category))
    }

    /// Some clients leave the scheme out: `www.google.com/search`. `mailto:jane@example.com` is no
    /// address of a page.
    static func address(referring text: String) -> WebAddress? {
        if let address = WebAddress(text) { return address }
        guard !text.utf8.contains(UInt8(ascii: "@")), host(in: text) != nil else { return nil }
        return WebAddress("https://" + text)
    }

    /// The hosts that are said to have sent a visit: by the referrer, and by tags that are hosts.
    func hostsSending(to page: WebAddress, referrer: String?) -> [String] {
        let query = CampaignQuery(page.rawQuery, rules: self)
        let tags = [query.tags.source, query.reference].compactMap { Self.host(in: $0) }
        return tags + [referrer.flatMap { Self.address(referring: $0)?.host }].compactMap { $0 }
    }

    /// A host as it may be kept: one that is a network's address says nothing but where somebody's
    /// machine is, and below the name that its owner registered may stand a person's own.
    private static func named(_ host: String) -> String {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard ClientAddress(bare) == nil else { return String(Scrubber.mark) }
        let bytes = Array(host.utf8)
        guard SignHints(bytes).maySayMore,
            let end = HostTable.endBeforeCountry(bytes) ?? bytes.lastIndex(of: 0x2E),
            let registered = bytes[..<end].lastIndex(of: 0x2E)
        else { return host }
        // Read as people do: an A-label is no token.
        let below = HostName.unicode(String(decoding: bytes[..<registered], as: UTF8.self))
        let found = Scrubber.marked(below, slashJoins: false)
        return found.marks == 0
            ? host : found.text + String(decoding: bytes[registered...], as: UTF8.self)
    }

    private static func isThisMachine(_ host: String) -> Bool {
        isWithin(host, "localhost") || host == "127.0.0.1" || host == "[::1]"
    }

    private static func isWithin(_ host: String, _ domain: String) -> Bool {
        guard !domain.isEmpty, ASCII.text(host, endsWith: domain) else { return false }
        let rest = host.utf8.count - domain.utf8.count
        return rest == 0
            || host.utf8[host.utf8.index(host.startIndex, offsetBy: rest - 1)] == UInt8(ascii: ".")
    }

    private static func kept(_ address: WebAddress, _ category: SourceCategory?) -> String {
        if category == .mail { return "" }
        guard address.scheme != "android-app", address.rawPath.utf8.count > 1 else {
            return named(address.host)
        }
        let path = PathCleaner.cleaned(address.rawPath).path
        return path == "/" ? named(address.host) : named(address.host) + path
    }

    // MARK: Who sent the visitor

    /// The sender, and what the channel's rules look at.
    private struct Origin {
        let name: String
        var evidence = SourceEvidence.nothing
        var tag = ""
        var category: SourceCategory?
        var medium = ""

        func signs(campaign: String) -> Channel.Signs {
            Channel.Signs(source: tag, category: category, medium: medium, campaign: campaign)
        }
    }

    private func origin(_ query: CampaignQuery, _ referral: Referral?) -> Origin {
        if !query.tags.source.isEmpty { return tagged(query.tags.source, query) }
        if !query.reference.isEmpty {
            var origin = tagged(query.reference, query)
            origin.evidence = .reference
            // A `ref` that is a host says the same as a referrer would.
            if origin.medium.isEmpty, Self.host(in: query.reference) != nil {
                origin.medium = "referral"
            }
            return origin
        }
        if let click = query.click, !click.medium.isEmpty || referral == nil {
            return Origin(
                name: click.source.name, evidence: .clickID, tag: click.source.name,
                category: click.source.category,
                medium: firstFilled(query.tags.medium, click.medium, "referral"))
        }
        if let referral {
            return Origin(
                name: referral.source?.name ?? Self.named(referral.address.unicodeHost),
                evidence: .referrer,
                tag: referral.address.host, category: referral.source?.category,
                medium: firstFilled(query.tags.medium, "referral"))
        }
        return Origin(name: Acquisition.nameOfUnknown, medium: query.tags.medium)
    }

    private func tagged(_ tag: String, _ query: CampaignQuery) -> Origin {
        if tag.lowercased() == "(direct)" {
            return Origin(
                name: Acquisition.nameOfDirect, evidence: .utmSource, tag: tag,
                medium: query.tags.medium)
        }
        let known = source(tagged: tag)
        var origin = Origin(
            name: known?.source.name ?? Self.host(in: tag).map(HostName.unicode) ?? tag,
            evidence: .utmSource, tag: tag, category: known?.source.category,
            medium: query.tags.medium)
        guard origin.medium.isEmpty else { return origin }
        if known?.isAd == true {
            origin.medium = "cpc"
        } else if let click = query.click, !click.medium.isEmpty {
            origin.medium = click.medium
            origin.category = origin.category ?? click.source.category
        }
        return origin
    }

    private func firstFilled(_ texts: String...) -> String {
        texts.first { !$0.isEmpty } ?? ""
    }
}
