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

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

/// Money in a currency's minor unit.
package struct Revenue: Hashable, Sendable {
    /// ISO 4217, three capital letters.
    package var currency: String
    /// In hundredths, thousandths or wholes of the currency, as ISO 4217 divides it.
    package var minorUnits: Int64

    /// `nil` unless the currency has three letters and the amount is a number within ±10^12.
    package init?(currency: String, amount: String) {
        let code = currency.uppercased()
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }),
            let value = Double(amount), value.magnitude <= 1e12
        else { return nil }
        self.currency = code
        minorUnits = Int64((value * Self.minorUnitsPerUnit(of: code)).rounded())
    }

    package init(currency: String, minorUnits: Int64) {
        self.currency = currency
        self.minorUnits = minorUnits
    }

    /// ISO 4217's exponents other than 2.
    package static func minorUnitsPerUnit(of currency: String) -> Double {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF":
            1
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 1_000
        case "CLF", "UYW": 10_000
        default: 100
        }
    }
}
