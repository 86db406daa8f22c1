/// The number of a site in the data folder; never used again after the site was removed.
package typealias SiteID = Int64

/// A website that is counted, named by its domain.
package struct Site: Hashable, Sendable {
    package var id: SiteID
    package var domain: Domain
    package var settings: SiteSettings
    /// At least one, by start.
    package var epochs: [SiteEpoch]

    package init(id: SiteID, domain: Domain, settings: SiteSettings, epochs: [SiteEpoch]) {
        self.id = id
        self.domain = domain
        self.settings = settings
        self.epochs = epochs
    }

    package var calendar: SiteCalendar { SiteCalendar(epochs: epochs) }

    /// Whether a host is the site's: its domain, one below it, or one that it names.
    package func isOwn(host: String) -> Bool {
        host == domain.name || host.hasSuffix("." + domain.name) || settings.hosts.contains(host)
    }
}

/// What happens to a beacon whose browser sent `Sec-GPC: 1` or `DNT: 1`.
package enum PrivacySignalPolicy: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing is kept but the count `opted_out`.
    case drop
    /// The pageview is kept without a visitor: it counts in pageviews, in no session.
    case anonymous
    case ignore
}

/// What the owner sets for a site, apart from its epochs; in force at once.
package struct SiteSettings: Hashable, Sendable, Codable {
    /// Hosts that the site counts; empty counts any.
    package var hosts: [String] = []
    /// Addresses and networks whose visits are left out (the owner's own), in CIDR form.
    package var excludedAddresses: [Network] = []
    package var privacySignals = PrivacySignalPolicy.drop
    package var addresses = AddressPolicy()
    /// Hosts whose referrals begin no visit of their own: payment providers.
    package var ignoredReferrers: [String] = []
    // Optional, so that settings which an older version stored can be read.
    private var originRequirement: Bool?
    private var exclusionList: [Exclusion]?
    private var goalList: [Goal]?
    private var funnelList: [Funnel]?
    private var allowedBotRules: [String]?
    private var channelList: [CustomChannel]?

    /// Whether a beacon counts only if its `Origin` or `Referer` header names a host of the site:
    /// browsers send one with each beacon, and no page elsewhere can make them send another's.
    package var requiresOrigin: Bool {
        get { originRequirement ?? false }
        set { originRequirement = newValue ? true : nil }
    }

    /// Sessions that are in no figure.
    package var exclusions: [Exclusion] {
        get { exclusionList ?? [] }
        set { exclusionList = newValue.isEmpty ? nil : newValue }
    }

    package var goals: [Goal] {
        get { goalList ?? [] }
        set { goalList = newValue.isEmpty ? nil : newValue }
    }

    package var funnels: [Funnel] {
        get { funnelList ?? [] }
        set { funnelList = newValue.isEmpty ? nil : newValue }
    }

    /// Names of rules whose bots count like people, each once, in their order.
    package var allowedBots: [String] {
        get { allowedBotRules ?? [] }
        set { allowedBotRules = newValue.isEmpty ? nil : Set(newValue).sorted() }
    }

    /// The owner's own, in the order in which they are asked; the standard ones come after them.
    package var channels: [CustomChannel] {
        get { channelList ?? [] }
        set { channelList = newValue.isEmpty ? nil : newValue }
    }

    package init() {}

    /// Whether visits from an address are left out.
    package func excludes(_ address: ClientAddress) -> Bool {
        excludedAddresses.contains { $0.contains(address) }
    }
}
