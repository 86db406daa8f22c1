import Analytics
import ArgumentParser

/// One option for each dimension: what all must hold for a session to be left out.
struct ExclusionOptions: ParsableArguments {
    @Option(help: "A page that was seen.") var page: String?
    @Option(help: "The first page.") var entryPage: String?
    @Option(help: "The last page.") var exitPage: String?
    @Option(help: "A page's title.") var title: String?
    @Option(help: "An event's name.") var event: String?
    @Option(help: "A property of an event, such as plan=free.") var property: String?
    @Option(help: "A term that was searched on the site.") var searchTerm: String?
    @Option(help: "A link that was followed to elsewhere.") var outboundLink: String?
    @Option(help: "A file that was loaded.") var download: String?
    @Option(help: "A page that was not there.") var notFound: String?
    @Option(help: "A goal that was reached.") var goal: String?
    @Option(help: "A step of a funnel that was come to, such as checkout/2.")
    var funnelStep: String?
    @Option(help: "A step to an order that was come to, such as 'cart left'.") var shopStep: String?
    @Option(help: "The source.") var source: String?
    @Option(help: "The channel.") var channel: String?
    @Option(help: "The referrer.") var referrer: String?
    @Option(help: "The campaign's source.") var utmSource: String?
    @Option(help: "The campaign's medium.") var utmMedium: String?
    @Option(help: "The campaign's name.") var utmCampaign: String?
    @Option(help: "The campaign's content.") var utmContent: String?
    @Option(help: "The campaign's term.") var utmTerm: String?
    @Option(help: "The country, such as CN.") var country: String?
    @Option(help: "The region, such as 'Rīga, LV'.") var region: String?
    @Option(help: "The city.") var city: String?
    @Option(help: "The language, such as en.") var language: String?
    @Option(help: "The browser.") var browser: String?
    @Option(help: "The browser with its version.") var browserVersion: String?
    @Option(help: "The operating system.") var os: String?
    @Option(help: "The operating system with its version.") var osVersion: String?
    @Option(help: "desktop, mobile, tablet …") var device: String?
    @Option(help: "The screen class.") var screen: String?
    @Option(help: "The hour in which the session starts, such as 03:00.") var hour: String?
    @Option(help: "The same with its weekday, such as 'Sun 03:00'.") var weekdayHour: String?
    @Option(help: "The number of the visit.") var visitNumber: String?
    @Option(help: "The days since the last visit.") var daysSinceLastVisit: String?
    @Option(help: "No more engaged time than so many seconds.") var engaged: Int?

    func validate() throws {
        if let engaged, engaged < 0 {
            throw ValidationError("--engaged must be 0 or more seconds.")
        }
    }

    /// `nil` when nothing was given.
    var sessions: SessionFilter? {
        let conditions = Dimension.allCases.compactMap { dimension in
            value(of: dimension).map { value in
                let isPattern = value.contains { $0 == "*" || $0 == "?" }
                return FilterCondition(
                    dimension: dimension, isPattern ? .like : .equal, value: value)
            }
        }
        guard !conditions.isEmpty || engaged != nil else { return nil }
        return SessionFilter(conditions, mostEngagedSeconds: engaged)
    }

    private func value(of dimension: Dimension) -> String? {
        switch dimension {
        case .page: page
        case .entryPage: entryPage
        case .exitPage: exitPage
        case .title: title
        case .event: event
        case .property: property
        case .searchTerm: searchTerm
        case .outboundLink: outboundLink
        case .download: download
        case .notFound: notFound
        case .goal: goal
        case .funnelStep: funnelStep
        case .shopStep: shopStep
        case .source: source
        case .channel: channel
        case .referrer: referrer
        case .utmSource: utmSource
        case .utmMedium: utmMedium
        case .utmCampaign: utmCampaign
        case .utmContent: utmContent
        case .utmTerm: utmTerm
        case .country: country
        case .region: region
        case .city: city
        case .language: language
        case .browser: browser
        case .browserVersion: browserVersion
        case .os: os
        case .osVersion: osVersion
        case .device: device
        case .screen: screen
        case .hour: hour
        case .weekdayHour: weekdayHour
        case .visitNumber: visitNumber
        case .daysSinceLastVisit: daysSinceLastVisit
        }
    }
}
