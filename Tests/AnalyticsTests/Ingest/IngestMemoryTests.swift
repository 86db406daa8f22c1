import Analytics
import Testing

@Suite("Ingest memory")
struct IngestMemoryTests {
    private static let agents = [
        IngestStepsTests.chrome, "curl/8.5.0", "",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    ]
    private static let urls = [
        "https://shop.test/", "https://shop.test/?utm_source=letter", "https://shop.test/#/cart",
        "https://www.shop.test/a/1234567", "https://pay.test/a?gclid=x",
        "https://shop.test/a?lang=lv",
    ]
    private static let referrers = [
        nil, "", "https://www.google.com/", "https://shop.test/b", "https://pay.test/", "rubbish",
    ]
    private static let titles = [nil, "", "Krāsns", "mail me@shop.test"]
    private static let headers: [[String: String]] = [
        [:], ["accept-language": "lv"], ["accept-language": "en", "sec-fetch-site": "same-origin"],
        ["sec-ch-ua-platform": "\"Windows\"", "sec-ch-ua-platform-version": "\"15.0.0\""],
        ["sec-ch-ua-platform-version": "\"Windows\""], ["sec-purpose": "prefetch"], ["dnt": "1"],
    ]

    private func hit(_ random: inout SeededGenerator) -> Hit {
        let url = Self.urls.randomElement(using: &random)!
        var beacon = Beacon(name: Beacon.nameOfPageview, url: url)
        beacon.referrer = Self.referrers.randomElement(using: &random)!
        beacon.title = Self.titles.randomElement(using: &random)!
        beacon.timeZone = [nil, "Europe/Riga", "Europe/Berlin"].randomElement(using: &random)!
        beacon.viewportWidth = [nil, 300, 1_280, 1_300].randomElement(using: &random)!
        beacon.isAutomated = Int.random(in: 0..<8, using: &random) == 0
        beacon.countsHashRoutes = Bool.random(using: &random)
        var headers = Self.headers.randomElement(using: &random)!
        headers["user-agent"] = Self.agents.randomElement(using: &random)!
        var sender = Sender(address: ClientAddress("192.0.2.7")) { headers[$0.name] }
        sender.knowsHeaders = Bool.random(using: &random)
        return Hit(
            beacon: beacon, page: WebAddress(url)!, sender: sender,
            time: Instant(milliseconds: 1_795_341_600_000))
    }

    private func site(_ id: SiteID, _ change: (inout SiteSettings) -> Void) -> Site {
        var settings = SiteSettings()
        change(&settings)
        return Site(
            id: id, domain: Domain("shop.test")!, settings: settings,
            epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "UTC")])
    }

    @Test(
        "what is remembered is what would be worked out", arguments: 1...10 as ClosedRange<UInt64>)
    func same(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let steps = IngestSteps()
        let sites = [
            site(1) { _ in }, site(2) { $0.addresses.keptQuery = ["lang"] },
            site(3) { $0.ignoredReferrers = ["pay.test"] },
        ]
        var memory: IngestMemory? = IngestMemory(fingerprinter: Fingerprinter(key: Array(0...15)))
        for _ in 0..<2_000 {
            let (hit, site) = (hit(&random), sites.randomElement(using: &random)!)
            switch (steps.run(hit, for: site), steps.run(hit, for: site, &memory)) {
            case (.kept(let fresh), .kept(let known)): #expect(fresh == known, "seed \(seed)")
            case (.setAside(let fresh, let rule), .setAside(let known, let knownRule)):
                #expect(fresh == known && rule == knownRule, "seed \(seed)")
            case (.dropped(let reason), .dropped(let known)):
                #expect(reason == known, "seed \(seed)")
            case (let fresh, let known): Issue.record("\(fresh) is not \(known), seed \(seed)")
            }
        }
    }

    @Test("equal parts of two events are one object, and settings that change are heeded")
    func shared() throws {
        let steps = IngestSteps()
        var memory: IngestMemory? = IngestMemory(fingerprinter: Fingerprinter(key: Array(0...15)))
        var random = SeededGenerator(seed: 1)
        var hit = hit(&random)
        hit.sender.isPrefetch = false
        hit.sender.optsOut = false
        hit.page = try #require(WebAddress("https://shop.test/?lang=lv"))
        func event(_ site: Site) throws -> Event {
            switch steps.run(hit, for: site, &memory) {
            case .kept(let event), .setAside(let event, _): return event
            case .dropped(let reason): throw BeaconError(field: "", message: reason.rawValue)
            }
        }
        let (first, second) = (try event(site(1) { _ in }), try event(site(1) { _ in }))
        #expect(first.page === second.page && first.profile === second.profile)
        #expect(first.acquisition === second.acquisition)
        memory?.forget()
        let changed = try event(site(1) { $0.addresses.keptQuery = ["lang"] })
        #expect(first.page.path == "/" && changed.page.path == "/?lang=lv")
    }
}
