import Analytics
import Foundation

/// One beacon of random traffic, before anything is computed of it.
struct TrafficEvent {
    enum Fate { case kept, keptWithoutVisitor, bot, excluded }

    var site: Int
    /// One browser on one site for the whole time: what the visitor value stands for.
    var browser: Int
    var time: Instant
    var kind: Event.Kind
    var page: Page
    var acquisition: Acquisition
    var profile: ClientProfile
    var fate: Fate
    var properties: [EventProperty] = []
    var revenue: Revenue?
    /// The number of the order that it is about.
    var order: Int?

    var isEngagement: Bool {
        if case .engagement = kind { true } else { false }
    }
}

/// Some sites and what happens on them over several days, all from one seed.
struct World {
    struct Place {
        var zone: String
        /// A day on or near which the zone's clocks change.
        var change: LocalDay
    }

    static let places: [Place] = [
        Place(zone: "Europe/Riga", change: LocalDay(year: 2026, month: 3, day: 29)),
        Place(zone: "Europe/Riga", change: LocalDay(year: 2026, month: 10, day: 25)),
        Place(zone: "Africa/Cairo", change: LocalDay(year: 2026, month: 4, day: 24)),
        Place(zone: "Africa/Cairo", change: LocalDay(year: 2026, month: 10, day: 29)),
        Place(zone: "America/Havana", change: LocalDay(year: 2026, month: 3, day: 8)),
        Place(zone: "America/Havana", change: LocalDay(year: 2026, month: 11, day: 1)),
        Place(zone: "Australia/Lord_Howe", change: LocalDay(year: 2026, month: 4, day: 5)),
        Place(zone: "Australia/Lord_Howe", change: LocalDay(year: 2026, month: 10, day: 4)),
        // The date that the islands skipped.
        Place(zone: "Pacific/Apia", change: LocalDay(year: 2011, month: 12, day: 30)),
    ]

    let seed: UInt64
    private(set) var epochs: [[SiteEpoch]] = []
    private(set) var settings: [SiteSettings] = []
    private(set) var events: [TrafficEvent] = []
    let start: Instant
    let dayCount: Int
    private var generator: SeededGenerator

    init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed)
        let place = generator.pick(Self.places)
        dayCount = Int.random(in: 3...8, using: &generator)
        start =
            place.change.startInUTC
            - .days(Int64.random(in: 0..<Int64(dayCount), using: &generator))
        self.generator = generator
        for index in 0..<generator.pick([1, 1, 1, 2]) {
            epochs.append(randomEpochs(index == 0 ? place.zone : nil))
            settings.append(randomSettings())
        }
        for site in epochs.indices {
            for browser in 0..<Int.random(in: 4...16, using: &self.generator) {
                addBrowser(browser, on: site)
            }
        }
        // Stable: events of one millisecond keep the order in which they were made.
        events = events.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    var end: Instant { start + .days(Int64(dayCount)) }

    private mutating func randomEpochs(_ zone: String?) -> [SiteEpoch] {
        let zone = zone ?? generator.pick(Self.places).zone
        let timeout = generator.pick([
            TimeSpan.minutes(30), .minutes(30), .minutes(10), .minutes(60),
        ])
        let epochs = [
            SiteEpoch(
                start: start - .days(2), timeZone: zone,
                rotation: generator.pick(Rotation.allCases),
                sessionTimeout: timeout)
        ]
        guard generator.once(in: 3) else { return epochs }
        // A change of zone or rotation, at a midnight of the epoch before.
        let calendar = SiteCalendar(epochs: epochs)
        let day = calendar.day(
            of: start + .days(Int64.random(in: 1..<Int64(dayCount), using: &generator)))
        let change = SiteEpoch(
            start: calendar.start(of: day),
            timeZone: generator.once(in: 2) ? zone : generator.pick(Self.places).zone,
            rotation: generator.pick(Rotation.allCases), sessionTimeout: timeout)
        // What changes nothing is no epoch (`updateSite`).
        return change.hasSameRules(as: epochs[0]) ? epochs : epochs + [change]
    }

    private mutating func randomSettings() -> SiteSettings {
        var settings = SiteSettings()
        let goals = [
            Goal(name: "sold", target: GoalTarget(.event, "sale")),
            Goal(
                name: "read", target: GoalTarget(.page, "/a*"),
                value: Revenue(currency: "EUR", minorUnits: 150)),
            Goal(name: "any", target: GoalTarget(.event, "s*")),
        ]
        settings.goals = goals.filter { _ in generator.once(in: 3) }
        let steps = [
            GoalTarget(.page, "/*"), GoalTarget(.page, "/a"), GoalTarget(.event, "sale"),
            GoalTarget(.event, "*"), GoalTarget(.page, "/b"),
        ]
        settings.funnels = (0..<generator.pick([0, 0, 1, 2])).map { number in
            let count = Int.random(in: 2...4, using: &generator)
            return Funnel(
                name: "way \(number)", steps: (0..<count).map { _ in generator.pick(steps) })
        }
        let exclusions = [
            SessionFilter(dimension: .country, value: "EG"),
            SessionFilter(
                [FilterCondition(dimension: .page, .like, value: "/c*")], mostEngagedSeconds: 4),
            SessionFilter([FilterCondition(dimension: .shopStep, value: "cart left")]),
            SessionFilter([FilterCondition(dimension: .goal, .unequal, value: "sold")]),
            SessionFilter(dimension: .channel, value: "Letters"),
        ]
        if generator.once(in: 3) {
            settings.exclusions = [Exclusion(number: 1, sessions: generator.pick(exclusions))]
        }
        settings.allowedBots = generator.pick([[], [], ["curl"], ["curl", "gptbot"]])
        let channels = [
            ("Letters", ["utm_medium=EMAIL", "utm_term=*"]), ("Known", ["source=g*"]),
            ("Email", ["channel=referral", "utm_source=(none)"]), ("Pages", ["referrer=b.TEST/*"]),
            ("Rest", ["utm_campaign=*"]),
        ]
        // Their order matters, too.
        settings.channels = channels.filter { _ in generator.once(in: 4) }
            .shuffled(using: &generator)
            .map { try! CustomChannel(name: $0.0, conditions: $0.1) }
        return settings
    }

    // MARK: Browsers

    private mutating func addBrowser(_ browser: Int, on site: Int) {
        let calendar = SiteCalendar(epochs: epochs[site])
        let timeout = epochs[site][0].sessionTimeout
        let fate = randomFate()
        let profile = randomProfile()
        var time =
            start
            + TimeSpan(milliseconds: .random(in: 0..<(end - start).milliseconds, using: &generator))
        let isMarathon = generator.once(in: 25)
        let isCrowd = !isMarathon && generator.once(in: 30)
        if isMarathon || generator.once(in: 2) {
            // Near a midnight, or so many timeouts before it exactly.
            let midnight = calendar.start(of: calendar.day(of: time))
            let steps = Int64.random(in: 0...2, using: &generator)
            let slack =
                generator.once(in: 2)
                ? 0 : Int64.random(in: 0..<timeout.milliseconds, using: &generator)
            time = midnight - TimeSpan(milliseconds: steps * timeout.milliseconds + slack)
        }
        let count =
            isMarathon
            ? 49 * 3_600_000 / Int(timeout.milliseconds) + 60
            : isCrowd ? 30 : Int.random(in: 1...9, using: &generator)
        for _ in 0..<count {
            events.append(
                TrafficEvent(
                    site: site, browser: browser, time: time, kind: randomKind(),
                    page: randomPage(),
                    acquisition: randomAcquisition(),
                    profile: generator.once(in: 8) ? randomProfile() : profile, fate: fate))
            addExtras()
            time =
                time
                + (isMarathon
                    ? marathonGap(timeout)
                    : isCrowd
                        ? TimeSpan(milliseconds: timeout.milliseconds + 1) : randomGap(timeout))
            if time >= end + .days(3) { break }
        }
    }

    /// To the last event; an engagement update brings none.
    private mutating func addExtras() {
        let last = events.count - 1
        guard !events[last].isEngagement, generator.once(in: 3) else { return }
        let all = [
            EventProperty(name: "plan", value: "pro"), EventProperty(name: "plan", value: "free"),
            EventProperty(name: "size", value: "a=b"),
            EventProperty(name: "search_term", value: "lamp"),
            EventProperty(name: "url", value: "c.test/x"), EventProperty(name: "path", value: "/b"),
        ]
        let one = generator.pick(all)
        let two = generator.pick(all)
        events[last].properties =
            one.name == two.name || generator.once(in: 2)
            ? [one] : [one, two].sorted { $0.name < $1.name }
        guard case .custom = events[last].kind else { return }
        if generator.once(in: 2) {
            events[last].revenue = Revenue(
                currency: generator.pick(["EUR", "EUR", "USD"]),
                minorUnits: generator.pick([0, 1_999, 250_000, -500]))
        }
        if generator.once(in: 2) { events[last].order = generator.pick([1, 2, 3]) }
    }

    private mutating func randomFate() -> TrafficEvent.Fate {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: .bot
        case 1: .excluded
        case 2: .keptWithoutVisitor
        default: .kept
        }
    }

    private mutating func marathonGap(_ timeout: TimeSpan) -> TimeSpan {
        generator.once(in: 60) ? TimeSpan(milliseconds: timeout.milliseconds - 1) : timeout
    }

    private mutating func randomGap(_ timeout: TimeSpan) -> TimeSpan {
        let longest = timeout.milliseconds
        let some = Int64.random(in: 1...longest, using: &generator)
        switch Int.random(in: 0..<14, using: &generator) {
        case 0: return TimeSpan(milliseconds: generator.pick([0, 0, 1]))
        case 1...3: return TimeSpan(milliseconds: longest + generator.pick([-1, 0, 1]))
        case 4: return TimeSpan(milliseconds: longest + some)
        case 5: return .hours(.random(in: 2...20, using: &generator))
        case 6: return .hours(24 * generator.pick([1, 1, 2, 5, 7]))
        default: return TimeSpan(milliseconds: some)
        }
    }

    private mutating func randomKind() -> Event.Kind {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0:
            .custom(
                name: generator.pick([
                    "sale", "sale", "signup", "404", "Outbound Link: Click", "File Download",
                    "view_item", "add_to_cart", "begin_checkout", "purchase",
                ]), isInteractive: true)
        case 1: .custom(name: generator.pick(["sale", "scrolled"]), isInteractive: false)
        case 2, 3:
            .engagement(
                milliseconds: generator.pick([0, 1, 4_999, 10_000, 61_234]),
                scrollDepth: generator.pick([nil, 40, 100]))
        default: .pageview
        }
    }

    private mutating func randomPage() -> Page {
        Page(
            host: "a.test", path: generator.pick(["/", "/a", "/b", "/ā", "/c/d"]),
            title: generator.pick(["", "", "A", "B"]))
    }

    private mutating func randomAcquisition() -> Acquisition {
        generator.pick([
            .direct, .direct,
            Acquisition(source: "Google", channel: "Organic Search", referrer: "google.com"),
            Acquisition(
                source: "letter", channel: "Email",
                tags: CampaignTags(
                    source: "letter", medium: "email", campaign: "spring", content: "x", term: "y")),
            Acquisition(source: "b.test", channel: "Referral", referrer: "b.test/x"),
        ])
    }

    private mutating func randomProfile() -> ClientProfile {
        ClientProfile(
            client: generator.pick([
                .unknown,
                Client(
                    browser: "Firefox", browserVersion: "140", os: "Linux", osVersion: "",
                    device: .desktop),
                Client(
                    browser: "Safari", browserVersion: "", os: "iOS", osVersion: "26.1",
                    device: .mobile),
            ]), screen: generator.pick([nil, .small, .large]),
            language: generator.pick(["", "lv", "en"]),
            country: generator.pick(["", "LV", "EG"]), region: generator.pick(["", "RIX"]),
            city: generator.pick(["", "Rīga, LV"]))
    }
}

extension SiteSettings {
    /// Whether those of the rule count that catches every bot of a world.
    var allowsBots: Bool { allowedBots.contains("curl") }
}
