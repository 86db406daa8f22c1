/// The texts of a fold as small dense numbers, per dimension. Partitions have dictionaries of
/// their own; reading one maps its numbers to these.
package struct Vocabulary: Sendable {
    /// Numbers for the values of one dimension.
    struct Terms: Sendable {
        private(set) var texts: [String] = []
        private var numbers: [String: UInt32] = [:]

        mutating func number(of text: String) -> UInt32 {
            let text = text.isEmpty ? Dimension.unknownValue : text
            if let number = numbers[text] { return number }
            let number = UInt32(texts.count)
            texts.append(text)
            numbers[text] = number
            return number
        }
    }

    static let acquisitionDimensions: [Dimension] = [
        .source, .channel, .referrer, .utmSource, .utmMedium, .utmCampaign, .utmContent, .utmTerm,
    ]
    static let profileDimensions: [Dimension] = [
        .country, .region, .city, .language, .browser, .browserVersion, .os, .osVersion, .device,
        .screen,
    ]

    private(set) var terms: [Terms]
    private(set) var pages: [(path: UInt32, title: UInt32)] = []
    private(set) var acquisitions: [[UInt32]] = []
    private(set) var profiles: [[UInt32]] = []
    var kinds = EventKinds()

    private var pageNumbers: [Page: UInt32] = [:]
    private var acquisitionNumbers: [Acquisition: UInt32] = [:]
    private var profileNumbers: [ClientProfile: UInt32] = [:]
    private var nameNumbers: [NameKey: Int32] = [:]
    private var kindNumbers: [KindKey: Int32] = [:]

    private struct NameKey: Hashable {
        var name: String
        var isInteractive: Bool
    }

    private struct KindKey: Hashable {
        var name: Int32
        var properties: [EventProperty]
        var revenue: Revenue?
    }

    package init() {
        terms = Array(repeating: Terms(), count: Dimension.allCases.count)
    }

    package mutating func number(of page: Page) -> UInt32 {
        if let number = pageNumbers[page] { return number }
        let number = add(page: (term(page.path, of: .page), term(page.title, of: .title)))
        pageNumbers[page] = number
        return number
    }

    mutating func add(page: (path: UInt32, title: UInt32)) -> UInt32 {
        pages.append(page)
        return UInt32(pages.count - 1)
    }

    mutating func add(acquisition values: [UInt32]) -> UInt32 {
        acquisitions.append(values)
        return UInt32(acquisitions.count - 1)
    }

    mutating func set(channel name: String, ofAcquisition number: Int) {
        acquisitions[number][ChannelMatcher.place(of: .channel)] = term(name, of: .channel)
    }

    mutating func add(profile values: [UInt32]) -> UInt32 {
        profiles.append(values)
        return UInt32(profiles.count - 1)
    }

    package mutating func number(of acquisition: Acquisition) -> UInt32 {
        if let number = acquisitionNumbers[acquisition] { return number }
        let tags = acquisition.tags
        let values = [
            acquisition.source, acquisition.channel, acquisition.referrer, tags.source,
            tags.medium, tags.campaign, tags.content, tags.term,
        ]
        let number = add(
            acquisition: zip(values, Self.acquisitionDimensions).map { term($0, of: $1) })
        acquisitionNumbers[acquisition] = number
        return number
    }

    package mutating func number(of profile: ClientProfile) -> UInt32 {
        if let number = profileNumbers[profile] { return number }
        let client = profile.client
        let values = [
            profile.country, profile.region, profile.city, profile.language, client.browser,
            Self.versioned(client.browser, client.browserVersion), client.os,
            Self.versioned(client.os, client.osVersion),
            client.device == .other ? "" : client.device.rawValue, profile.screen?.rawValue ?? "",
        ]
        let number = add(profile: zip(values, Self.profileDimensions).map { term($0, of: $1) })
        profileNumbers[profile] = number
        return number
    }

    package mutating func number(ofEvent name: String, isInteractive: Bool) -> Int32 {
        let key = NameKey(name: name, isInteractive: isInteractive)
        if let number = nameNumbers[key] { return number }
        var kind = EventKind(name: term(name, of: .event), isInteractive: isInteractive)
        kind.details.isPageNotFound = name == EventName.notFound
        let number = kinds.add(custom: kind)
        nameNumbers[key] = number
        return number
    }

    /// The number of an event or pageview that brings something.
    ///
    /// - Parameter name: the number of the same without: `FoldEvent.pageview`, or as
    ///   `number(ofEvent:isInteractive:)` has it.
    package mutating func number(
        of name: Int32, bringing properties: [EventProperty], _ revenue: Revenue?
    ) -> Int32 {
        let key = KindKey(name: name, properties: properties, revenue: revenue)
        if let number = kindNumbers[key] { return number }
        var kind = kinds[name]
        let event = name == FoldEvent.pageview ? "" : text(kind.name, of: .event)
        for property in properties {
            let (dimension, text) = Self.place(of: property, event)
            if dimension == .notFound { kind.details.isPageNotFound = false }
            let value = EventDetails.Value(dimension: dimension, number: term(text, of: dimension))
            if !kind.details.values.contains(value) { kind.details.values.append(value) }
        }
        kind.details.revenue = revenue
        let number =
            name == FoldEvent.pageview ? kinds.add(pageview: kind) : kinds.add(custom: kind)
        kindNumbers[key] = number
        return number
    }

    /// The dimension that a property counts in, and its value there.
    private static func place(
        of property: EventProperty, _ event: String
    ) -> (dimension: Dimension, text: String) {
        switch (property.name, event) {
        case (PropertyName.searchTerm, _): (.searchTerm, property.value)
        case (PropertyName.link, EventName.outboundLink): (.outboundLink, property.value)
        case (PropertyName.link, EventName.download): (.download, property.value)
        case (PropertyName.path, EventName.notFound): (.notFound, property.value)
        default: (.property, Dimension.property(named: property.name, value: property.value))
        }
    }

    mutating func term(_ text: String, of dimension: Dimension) -> UInt32 {
        terms[dimension.vocabularyIndex].number(of: text)
    }

    func text(_ number: UInt32, of dimension: Dimension) -> String {
        terms[dimension.vocabularyIndex].texts[Int(number)]
    }

    /// By number.
    func texts(of dimension: Dimension) -> [String] { terms[dimension.vocabularyIndex].texts }

    func count(of dimension: Dimension) -> Int { terms[dimension.vocabularyIndex].texts.count }

    /// Whether a page's address has a mark where something was that may identify a person, by number.
    package var scrubbedPages: [Bool] {
        let paths = texts(of: .page).map { $0.contains(Scrubber.mark) }
        return pages.map { paths[Int($0.path)] }
    }

    /// A version says little without its browser: `Safari 17.4`.
    private static func versioned(_ name: String, _ version: String) -> String {
        version.isEmpty ? name : "\(name) \(version)"
    }
}

extension Dimension {
    /// Position in arrays that hold something for each dimension.
    var index: Int { Int(code) - 1 }

    /// Entry, exit, viewed and missing pages share their numbers.
    fileprivate var vocabularyIndex: Int {
        switch self {
        case .entryPage, .exitPage, .notFound: Dimension.page.index
        default: index
        }
    }
}
