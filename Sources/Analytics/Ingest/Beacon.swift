/// One request of a tracker, decoded: typed and bounded, nothing believed yet.
package struct Beacon: Sendable {
    package static let nameOfPageview = "pageview"
    package static let nameOfEngagement = "engagement"

    package var name: String
    /// The page's absolute URL.
    package var url: String
    /// Domains of the sites that it is for; empty means the URL's host.
    package var domains: [String] = []
    package var referrer: String?
    /// In the order sent; values as text, not scrubbed yet.
    package var properties: [(name: String, value: String)] = []
    package var revenue: Revenue?
    /// Engaged time since the last update of this pageview, in ms; engagement updates only.
    package var engagedMilliseconds: Int64?
    /// Scroll depth reached, 0…100; engagement updates only.
    package var scrollDepth: Int?
    /// Whether a custom event ends a bounce.
    package var isInteractive = true
    package var countsHashRoutes = false
    package var title: String?
    /// IANA name; turned into a country, then forgotten.
    package var timeZone: String?
    /// In CSS px; turned into a class.
    package var viewportWidth: Int?
    /// Made for this beacon alone, so that a retry is told from a second event.
    package var nonce: String?
    /// The browser says of itself that a program drives it (`navigator.webdriver`).
    package var isAutomated = false

    /// The site's number of the order that the event is about; see `TransactionKey`. What scripts
    /// write in place of a number is none.
    package var transactionID: String? {
        guard let id = properties.first(where: { PropertyName.isTransactionID($0.name) })?.value,
            !["0", "nan", "null", "undefined"].contains(id.lowercased())
        else { return nil }
        return id
    }

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
