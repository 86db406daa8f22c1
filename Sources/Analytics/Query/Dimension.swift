/// What figures can be broken down by. The raw value is the name that users type and files hold.
package enum Dimension: String, Hashable, Sendable, Codable, CaseIterable {
    // Session dimensions: a session has the value of its first event, and brings all its metrics.
    case entryPage = "entry_page"
    case exitPage = "exit_page"
    case source
    case channel
    case referrer
    case utmSource = "utm_source"
    case utmMedium = "utm_medium"
    case utmCampaign = "utm_campaign"
    case utmContent = "utm_content"
    case utmTerm = "utm_term"
    case country
    case region
    case city
    case language
    case browser
    case browserVersion = "browser_version"
    case os
    case osVersion = "os_version"
    case device
    case screen
    case visitNumber = "visit_number"
    case daysSinceLastVisit = "days_since_last_visit"
    /// `checkout/2`: the sessions that came to the second step of a funnel; a session has a value
    /// for each step that it came to, or none.
    case funnelStep = "funnel_step"
    /// The same of the steps to an order; see `ShopStep`.
    case shopStep = "shop_step"
    // Event dimensions: each event has a value; no bounces, no durations.
    case page
    case title
    case event
    /// `name=value`; see `Breakdown` for the values of one name.
    case property
    /// What visitors searched on the site.
    case searchTerm = "search_term"
    case outboundLink = "outbound_link"
    case download
    /// Pages that were not there, as the site's error page tells.
    case notFound = "not_found"
    case goal
    /// The hour of the local day; sessions by the hour in which they start.
    case hour
    /// The same with its weekday: `Mon 14:00`.
    case weekdayHour = "weekday_hour"

    package static let sessionDimensions = allCases.filter(\.isOfSession)

    package var isOfSession: Bool {
        switch self {
        case .page, .title, .event, .property, .searchTerm, .outboundLink, .download, .notFound,
            .goal, .hour, .weekdayHour:
            false
        default: true
        }
    }

    /// Whether a row of this dimension has bounces and durations.
    package var hasSessionMetrics: Bool { isOfSession || isOfTime }

    /// Whether its rows have the sessions that start in them, not those with an event in them.
    package var isOfTime: Bool { self == .hour || self == .weekdayHour }

    /// How many values a day are kept, by size; the rest is `(other)` (DESIGN §5).
    package var standardLimit: Int {
        switch self {
        case .page: 5_000
        case .entryPage, .exitPage, .title, .referrer, .utmSource, .utmMedium, .utmCampaign,
            .utmContent, .utmTerm:
            1_000
        default: 250
        }
    }

    /// How many properties a day have values of their own; each has `standardLimit` of them.
    package static let mostProperties = 30

    /// A value of `property`: the first `=` ends the name.
    package static func property(named name: String, value: String) -> String {
        name + "=" + value
    }

    package static let unknownValue = "(none)"
    package static let otherValue = "(other)"

    /// The dimension's number in rollup rows; never changed after a release.
    package var code: Int64 {
        switch self {
        case .entryPage: 1
        case .exitPage: 2
        case .source: 3
        case .channel: 4
        case .referrer: 5
        case .utmSource: 6
        case .utmMedium: 7
        case .utmCampaign: 8
        case .utmContent: 9
        case .utmTerm: 10
        case .country: 11
        case .region: 12
        case .language: 13
        case .browser: 14
        case .browserVersion: 15
        case .os: 16
        case .osVersion: 17
        case .device: 18
        case .screen: 19
        case .visitNumber: 20
        case .daysSinceLastVisit: 21
        case .page: 22
        case .title: 23
        case .event: 24
        case .hour: 25
        case .weekdayHour: 26
        case .property: 27
        case .searchTerm: 28
        case .outboundLink: 29
        case .download: 30
        case .notFound: 31
        case .goal: 32
        case .funnelStep: 33
        case .shopStep: 34
        case .city: 35
        }
    }

    package static let codeOfTotals: Int64 = 0
}
