@testable import Analytics

/// Events of one site in UTC, written as a table, and the fold of them.
struct FoldBench {
    static let day = LocalDay(year: 2026, month: 11, day: 20)

    var vocabulary = Vocabulary()
    private var events: [FoldEvent] = []
    var site: Site

    init(rotation: Rotation = .daily, zone: String = "UTC") {
        site = Site(
            id: 1, domain: Domain("a.test")!, settings: SiteSettings(),
            epochs: [
                SiteEpoch(start: Instant(milliseconds: 0), timeZone: zone, rotation: rotation)
            ])
    }

    /// - Parameter minutes: since the start of `day` in UTC.
    mutating func view(
        _ visitor: UInt64, _ minutes: Double, _ path: String = "/", source: String = "Direct",
        title: String = ""
    ) {
        let page = vocabulary.number(of: Page(host: "a.test", path: path, title: title))
        let acquisition = vocabulary.number(of: Acquisition(source: source, channel: source))
        add(visitor, minutes, FoldEvent.pageview, page, acquisition)
    }

    mutating func custom(
        _ visitor: UInt64, _ minutes: Double, _ name: String, isInteractive: Bool = true
    ) {
        let page = vocabulary.number(of: Page(host: "a.test", path: "/"))
        let acquisition = vocabulary.number(of: Acquisition.direct)
        let name = vocabulary.number(ofEvent: name, isInteractive: isInteractive)
        add(visitor, minutes, name, page, acquisition)
    }

    mutating func engage(
        _ visitor: UInt64, _ minutes: Double, _ path: String = "/", seconds: UInt32
    ) {
        let page = vocabulary.number(of: Page(host: "a.test", path: path))
        add(visitor, minutes, FoldEvent.engagement, page, seconds * 1_000)
    }

    private mutating func add(
        _ visitor: UInt64, _ minutes: Double, _ name: Int32, _ page: UInt32, _ acquisition: UInt32
    ) {
        let profile = vocabulary.number(of: ClientProfile.unknown)
        let time = Self.day.startInUTC.milliseconds + Int64((minutes * 60_000).rounded())
        events.append(
            FoldEvent(
                visitor: visitor, time: time, name: name, page: page, acquisition: acquisition,
                profile: name == FoldEvent.engagement ? 0 : profile))
    }

    func figures(
        days: Int = 1, filter: SessionFilter? = nil,
        countsNewVisitorsFrom newVisitors: SiteFold.NewVisitors = .saltPeriod,
        from first: Int = 0, limit: @escaping (Dimension) -> Int = \.standardLimit
    ) -> [DayFigures] {
        SiteFold(
            site: site, vocabulary: vocabulary, filter: filter,
            countsNewVisitorsFrom: newVisitors, limit: limit
        ).figures(
            of: EventOrder.sort(events),
            on: Self.day.advanced(by: first)...Self.day.advanced(by: first + days - 1))
    }

    func sessions(day: Int = 0, filter: SessionFilter? = nil) -> [Session] {
        SiteFold(site: site, vocabulary: vocabulary, filter: filter)
            .sessions(in: EventOrder.sort(events), startingOn: Self.day.advanced(by: day))
    }
}
