import Analytics
import Foundation
import Storage

/// A day of events: visitors come once or a few times, look at some pages, stay on some of them, and
/// now and then buy.
struct MadeTraffic {
    /// An event in as few bytes as tens of millions ask for.
    struct Row {
        /// ms since the day's start.
        var time: Int32
        var visitor: UInt32
        var page: UInt16
        var acquisition: UInt16
        var profile: UInt16
        var what: What
        /// Of what it is: engaged time in ms, a property's value, an order's worth in cents.
        var value: UInt32

        var isPageview: Bool { what == .pageview }
    }

    enum What: UInt8 { case pageview, engagement, plain, withProperty, order }

    private let sites: [Site]
    private let eventCount: Int
    private let visitorCount: Int
    private let pageCount: Int
    private let seed: UInt64
    private let dayStart: Instant
    private let day: LocalDay
    private let pages: [[Shared<Page>]]
    private let acquisitions: [Shared<Acquisition>]
    private let profiles: [Shared<ClientProfile>]

    init(
        sites: [Site], day: LocalDay, events: Int, visitors: Int, pages: Int, sources: Int,
        seed: UInt64
    ) {
        self.sites = sites
        eventCount = events
        visitorCount = visitors
        pageCount = pages
        self.seed = seed
        dayStart = day.startInUTC
        self.day = day
        self.pages = sites.map { site in
            (0..<pages).map { number in
                Shared(
                    Page(
                        host: site.domain.name, path: "/shop/\(number % 40)/thing-\(number)",
                        title: "Thing \(number) – Shop"))
            }
        }
        let channels = [
            "Organic Search", "Referral", "Organic Social", "Email", "Paid Search",
        ]
        acquisitions =
            [Shared(.direct)]
            + (1..<max(2, sources)).map { number in
                let channel = channels[number % channels.count]
                return Shared(
                    Acquisition(
                        source: "source\(number).example", channel: channel,
                        referrer: "source\(number).example/",
                        tags: number % 5 == 3
                            ? CampaignTags(
                                source: "letter", medium: "email", campaign: "week \(number)")
                            : .none))
            }
        profiles = Self.someProfiles().map { Shared($0) }
    }

    private static func someProfiles() -> [ClientProfile] {
        let clients = [
            ("Chrome", "142", "Windows", "11", Device.desktop),
            ("Chrome", "142", "Android", "15", .mobile), ("Safari", "18.1", "iOS", "18.1", .mobile),
            ("Chrome", "141", "Android", "14", .mobile), ("Firefox", "145", "Windows", "10", .desktop),
            ("Safari", "18.0", "macOS", "15", .desktop), ("Edge", "142", "Windows", "11", .desktop),
            ("Samsung Internet", "28", "Android", "14", .mobile),
        ]
        let countries = ["LV", "LT", "EE", "DE", "FI", "SE", "PL", "GB", "US", ""]
        return clients.flatMap { browser, version, os, osVersion, device in
            countries.enumerated().map { index, country in
                ClientProfile(
                    client: Client(
                        browser: browser, browserVersion: version, os: os, osVersion: osVersion,
                        device: device),
                    screen: device == .mobile ? .small : index % 3 == 0 ? .large : .extraLarge,
                    language: country.isEmpty ? "en" : country.lowercased(), country: country)
            }
        }
    }

    /// In the order of time.
    func rows() -> [Row] {
        var random = Generator(state: seed)
        var rows: [Row] = []
        rows.reserveCapacity(eventCount + 64)
        var visitor: UInt32 = 0
        // Who comes once more comes in the second round.
        while rows.count < eventCount {
            let profile = UInt16(random.skewed(below: profiles.count))
            addSession(of: visitor % UInt32(visitorCount), profile, &rows, &random)
            visitor += 1
        }
        rows.removeLast(rows.count - eventCount)
        return rows.sorted { $0.time < $1.time }
    }

    private func addSession(
        of visitor: UInt32, _ profile: UInt16, _ rows: inout [Row], _ random: inout Generator
    ) {
        // More in the evening than at night.
        let hour = max(random.below(24), random.below(24))
        var time = Int32(hour * 3_600_000 + random.below(3_600_000))
        let acquisition = UInt16(random.skewed(below: acquisitions.count))
        // Of a visitor the same browser, whenever he comes.
        var own = Generator(state: seed ^ UInt64(visitor) << 20)
        let profile = visitor % 50 == 0 ? profile : UInt16(own.skewed(below: profiles.count))
        let views = 1 + min(11, random.below(3) * random.below(3) + random.below(2) * random.below(6))
        func row(_ page: UInt16, _ what: What, _ value: Int = 0) -> Row {
            Row(
                time: min(time, 86_399_999), visitor: visitor, page: page, acquisition: acquisition,
                profile: profile, what: what, value: UInt32(value))
        }
        for _ in 0..<views {
            let page = UInt16(random.skewed(below: pageCount))
            rows.append(row(page, .pageview))
            let stay = 2_000 + random.below(120_000)
            time += Int32(stay)
            if random.below(4) == 0 { rows.append(row(page, .engagement, stay)) }
            switch random.below(200) {
            case 0: rows.append(row(page, .order, 500 + random.below(200) * 50))
            case 1...4: rows.append(row(page, .withProperty, random.below(40)))
            case 5...10: rows.append(row(page, .plain))
            default: break
            }
        }
    }

    func entry(for row: Row, _ day: LocalDay) -> JournalEntry {
        let number = Int(row.visitor) % sites.count
        let site = sites[number]
        let visitor = Generator.mixed(seed &+ UInt64(row.visitor)) | 1
        var properties: [EventProperty] = []
        var revenue: Revenue?
        let kind: Event.Kind
        switch row.what {
        case .pageview: kind = .pageview
        case .engagement:
            kind = .engagement(
                milliseconds: Int64(row.value), scrollDepth: Int(row.value % 10) * 10)
        case .plain: kind = .custom(name: "view_item", isInteractive: true)
        case .withProperty:
            kind = .custom(name: "add_to_cart", isInteractive: true)
            properties = [EventProperty(name: "kind", value: "sort \(row.value)")]
        case .order:
            kind = .custom(name: "purchase", isInteractive: true)
            revenue = Revenue(currency: "EUR", minorUnits: Int64(row.value))
        }
        let time = dayStart + TimeSpan(milliseconds: Int64(row.time))
        let event = Event(
            site: site.id, visitor: Visitor(value: visitor), time: time, kind: kind,
            page: pages[number][Int(row.page)], acquisition: acquisitions[Int(row.acquisition)],
            profile: profiles[Int(row.profile)], properties: properties, revenue: revenue)
        return JournalEntry(site: site.id, day: day, time: time, fate: .kept(event))
    }

    /// Of a pageview.
    func logLine(of row: Row) -> LogLine {
        let referrer = acquisitions[Int(row.acquisition)].referrer
        let visitor = row.visitor
        return LogLine(
            day: day, second: Int(row.time) / 1_000,
            address: "10.\(visitor >> 16 & 255).\(visitor >> 8 & 255).\(visitor & 255)",
            path: pages[0][Int(row.page)].path,
            referrer: referrer.isEmpty ? "-" : "https://" + referrer,
            chromeVersion: 100 + Int(row.profile) % 43)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and the same everywhere.
struct Generator {
    var state: UInt64

    static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func below(_ count: Int) -> Int {
        let value = Self.mixed(state)
        state &+= 0x9e37_79b9_7f4a_7c15
        return Int(value.multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Small numbers more often than great ones, as pages and sources are met.
    mutating func skewed(below count: Int) -> Int {
        let share = Double(below(1 << 30)) / Double(1 << 30)
        return min(count - 1, Int(Double(count) * share * share * share))
    }
}
