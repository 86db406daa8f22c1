/// What is kept of an accepted beacon: nothing in it comes from the address or the user agent
/// but the visitor and the client's names.
package struct Event: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case pageview
        case custom(name: String, isInteractive: Bool)
        /// Engaged time since the last update of the pageview in ms, scroll depth 0…100.
        case engagement(milliseconds: Int64, scrollDepth: Int?)
    }

    package var site: SiteID
    /// `nil` for a pageview that is counted without a visitor (GPC or DNT, policy `anonymous`).
    package var visitor: Visitor?
    /// The collector's clock at receipt, never the browser's.
    package var time: Instant
    package var kind: Kind
    package var page: Shared<Page>
    package var acquisition: Shared<Acquisition>
    package var profile: Shared<ClientProfile>
    /// Scrubbed, in the order sent.
    package var properties: [EventProperty]
    package var revenue: Revenue?
    /// Tells a retry from a second event; see `RetryKey`.
    package var retryKey: RetryKey?
    /// Tells an order that is sent twice.
    package var transactionKey: TransactionKey?

    package init(
        site: SiteID, visitor: Visitor?, time: Instant, kind: Kind, page: Page,
        acquisition: Acquisition = .direct, profile: ClientProfile = .unknown,
        properties: [EventProperty] = [], revenue: Revenue? = nil
    ) {
        self.init(
            site: site, visitor: visitor, time: time, kind: kind, page: Shared(page),
            acquisition: Shared(acquisition), profile: Shared(profile), properties: properties,
            revenue: revenue)
    }

    package init(
        site: SiteID, visitor: Visitor?, time: Instant, kind: Kind, page: Shared<Page>,
        acquisition: Shared<Acquisition>, profile: Shared<ClientProfile>,
        properties: [EventProperty] = [], revenue: Revenue? = nil, retryKey: RetryKey? = nil
    ) {
        self.site = site
        self.visitor = visitor
        self.time = time
        self.kind = kind
        self.page = page
        self.acquisition = acquisition
        self.profile = profile
        self.properties = properties
        self.revenue = revenue
        self.retryKey = retryKey
    }
}

/// Stands for a beacon's `k`, a random text that its sender made for it alone: 47 bits, the most that
/// SQLite keeps in 6 bytes. Of a million beacons in ten minutes without a visitor to tell them
/// apart, one in 140 million is taken for another.
package struct RetryKey: Hashable, Sendable {
    package let value: UInt64

    package init(value: UInt64) {
        self.value = value
    }

    /// FNV-1a, folded: the same after a restart. Somebody who makes two texts with one key loses
    /// an event of his own.
    package init(nonce: String) {
        let hash = nonce.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        value = (hash ^ hash >> 47) & (1 << 47 - 1)
    }
}

/// A page as it is kept: cleaned (DESIGN §3, I3).
package struct Page: Hashable, Sendable {
    package var host: String
    package var path: String
    /// "" when the beacon brought none.
    package var title: String

    package init(host: String, path: String, title: String = "") {
        self.host = host
        self.path = path
        self.title = title
    }
}

package struct EventProperty: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What a session shows of the browser and its place; texts are "" when unknown.
package struct ClientProfile: Hashable, Sendable {
    package var client: Client
    package var screen: ScreenClass?
    /// Primary subtag of the first preferred language (RFC 5646): `lv`.
    package var language: String
    /// ISO 3166-1 alpha-2.
    package var country: String
    package var region: String
    package var city: String

    package init(
        client: Client, screen: ScreenClass? = nil, language: String = "", country: String = "",
        region: String = "", city: String = ""
    ) {
        self.client = client
        self.screen = screen
        self.language = language
        self.country = country
        self.region = region
        self.city = city
    }

    package init(client: Client, screen: ScreenClass?, language: String, place: Place) {
        self.init(client: client, screen: screen, language: language)
        self.place = place
    }

    package var place: Place {
        get { Place(country: country, region: region, city: city) }
        set { (country, region, city) = (newValue.country, newValue.region, newValue.city) }
    }

    package static let unknown = ClientProfile(client: .unknown)
}

/// The viewport's width in classes, by the breakpoints that style sheets commonly use; the exact
/// width would help to tell browsers apart.
package enum ScreenClass: String, Hashable, Sendable, CaseIterable {
    /// Under 576 CSS px: a phone upright.
    case small
    /// 576 to 991: a phone on its side, a tablet upright.
    case medium
    /// 992 to 1439.
    case large
    /// 1440 and more.
    case extraLarge = "extra_large"

    package init(viewportWidth: Int) {
        switch viewportWidth {
        case ..<576: self = .small
        case ..<992: self = .medium
        case ..<1_440: self = .large
        default: self = .extraLarge
        }
    }
}
