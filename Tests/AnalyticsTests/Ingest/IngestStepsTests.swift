import Analytics
import Foundation
import Testing

@Suite("Ingest steps")
struct IngestStepsTests {
    static let chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/142.0.0.0 Safari/537.36"

    private let steps = IngestSteps()
    private let time = Instant(milliseconds: 1_795_341_600_000)

    private func site(_ change: (inout SiteSettings) -> Void = { _ in }) throws -> Site {
        var settings = SiteSettings()
        change(&settings)
        return Site(
            id: 7, domain: try #require(Domain("shop.test")), settings: settings,
            epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "Europe/Riga")])
    }

    private func hit(
        _ url: String = "https://shop.test/", name: String = "pageview",
        address: String? = "192.0.2.7", headers: [String: String] = [:],
        _ change: (inout Beacon) -> Void = { _ in }
    ) throws -> Hit {
        var beacon = Beacon(name: name, url: url)
        change(&beacon)
        let all = ["user-agent": Self.chrome, "accept-language": "lv-LV,lv;q=0.9"]
            .merging(headers) { $1 }
        return Hit(
            beacon: beacon, page: try #require(WebAddress(url)),
            sender: Sender(address: try address.map { try #require(ClientAddress($0)) }) {
                all[$0.name]
            },
            time: time)
    }

    private func reason(_ outcome: IngestSteps.Outcome) -> String {
        switch outcome {
        case .kept: "kept"
        case .dropped(let reason): reason.rawValue
        case .setAside: "bot"
        }
    }

    @Test(
        "excluded addresses",
        arguments: [
            ("192.0.2.7", "excluded"), ("192.0.2.0/24", "excluded"), ("192.0.3.0/24", "kept"),
            ("2001:db8::/32", "kept"),
        ])
    func excluded(network: String, expected: String) throws {
        let site = try site { $0.excludedAddresses = [Network(network)!] }
        #expect(reason(steps.run(try hit(), for: site)) == expected)
        #expect(reason(steps.run(try hit(address: nil), for: site)) == "kept")
    }

    @Test(
        "where an origin is required, the page that sends must be of a host of the site",
        arguments: [
            (["origin": "https://shop.test"], "kept"),
            (["origin": "https://www.shop.test"], "kept"),
            (["origin": "https://m.shop.test:8443"], "kept"),
            (["origin": "https://pay.test"], "kept"),
            (["referer": "https://shop.test/a?b"], "kept"), ([:], "foreign_host"),
            (["origin": "null"], "foreign_host"),
            (["origin": "https://evilshop.test"], "foreign_host"),
            (["origin": "https://shop.test.evil.test"], "foreign_host"),
            (["origin": "https://evil.test", "referer": "https://shop.test/"], "foreign_host"),
        ] as [([String: String], String)])
    func requiredOrigin(headers: [String: String], expected: String) throws {
        let site = try site {
            $0.requiresOrigin = true
            $0.hosts = ["pay.test"]
        }
        #expect(reason(steps.run(try hit(headers: headers), for: site)) == expected)
        #expect(reason(steps.run(try hit(headers: headers), for: try self.site())) == "kept")
    }

    @Test("settings that an older version stored are read; new ones survive being stored")
    func storedSettings() throws {
        var settings = SiteSettings()
        let old = try JSONEncoder().encode(settings)
        #expect(!String(decoding: old, as: UTF8.self).contains("rigin"))
        #expect(try !JSONDecoder().decode(SiteSettings.self, from: old).requiresOrigin)
        settings.requiresOrigin = true
        let new = try JSONDecoder().decode(SiteSettings.self, from: JSONEncoder().encode(settings))
        #expect(new.requiresOrigin)
    }

    @Test(
        "hosts: any, unless the site names those that count",
        arguments: [
            ("https://shop.test/", "kept"), ("https://other.test/", "foreign_host"),
            ("https://m.shop.test/", "kept"), ("https://cdn.shop.test/", "foreign_host"),
        ])
    func foreignHosts(url: String, expected: String) throws {
        let picky = try site { $0.hosts = ["m.shop.test"] }
        #expect(reason(steps.run(try hit(url), for: picky)) == expected)
        #expect(reason(steps.run(try hit(url), for: try site())) == "kept")
    }

    @Test(
        "prefetches by any of the headers that say so",
        arguments: [
            ("sec-purpose", "prefetch", true), ("sec-purpose", "prefetch;prerender", true),
            ("purpose", "prefetch", true), ("x-purpose", "preview", true),
            ("x-moz", "prefetch", true),
            ("sec-purpose", "document", false), ("sec-fetch-dest", "prefetch", false),
        ])
    func prefetch(header: String, value: String, isDropped: Bool) throws {
        let outcome = steps.run(try hit(headers: [header: value]), for: try site())
        #expect(reason(outcome) == (isDropped ? "prefetch" : "kept"))
    }

    @Test(
        "GPC and DNT under each policy",
        arguments: [
            (PrivacySignalPolicy.drop, "pageview", "opted_out"), (.drop, "engagement", "opted_out"),
            (.anonymous, "pageview", "kept"), (.anonymous, "sale", "kept"),
            (.anonymous, "engagement", "opted_out"), (.ignore, "pageview", "kept"),
            (.ignore, "engagement", "kept"),
        ])
    func privacySignals(policy: PrivacySignalPolicy, name: String, expected: String) throws {
        let site = try site { $0.privacySignals = policy }
        for header in ["sec-gpc", "dnt"] {
            let signalled = try hit(name: name, headers: [header: "1"])
            #expect(reason(steps.run(signalled, for: site)) == expected)
            #expect(
                IngestSteps.isCountedWithoutVisitor(signalled, for: site) == (policy == .anonymous))
            let other = try hit(name: name, headers: [header: "0"])
            #expect(reason(steps.run(other, for: site)) == "kept")
            #expect(!IngestSteps.isCountedWithoutVisitor(other, for: site))
        }
    }

    @Test("the first drop wins, in the order of the list; bots come last")
    func order() throws {
        let site = try site {
            $0.excludedAddresses = [Network("192.0.2.0/24")!]
            $0.hosts = ["shop.test"]
        }
        let headers = ["sec-purpose": "prefetch", "sec-gpc": "1", "user-agent": "curl/8.5.0"]
        let all: [(String, String?, [String: String], String)] = [
            ("https://x.test/", "192.0.2.7", headers, "excluded"),
            ("https://x.test/", "198.51.100.1", headers, "foreign_host"),
            ("https://shop.test/", "198.51.100.1", headers, "prefetch"),
            ("https://shop.test/", nil, headers.filter { $0.key != "sec-purpose" }, "opted_out"),
            ("https://shop.test/", nil, ["user-agent": "curl/8.5.0"], "bot"),
            ("https://shop.test/", nil, [:], "kept"),
        ]
        for (url, address, headers, expected) in all {
            let outcome = steps.run(try hit(url, address: address, headers: headers), for: site)
            #expect(reason(outcome) == expected)
        }
    }

    @Test("a bot is set aside with the rule that caught it, its event whole")
    func bots() throws {
        let outcome = steps.run(
            try hit("https://shop.test/a", headers: ["user-agent": "curl/8.5.0"]), for: try site())
        guard case .setAside(let event, let verdict) = outcome else {
            Issue.record("not set aside")
            return
        }
        #expect(!verdict.rule.isEmpty)
        #expect(event.page.path == "/a")
        let automated = try hit { $0.isAutomated = true }
        #expect(reason(steps.run(automated, for: try site())) == "bot")
        let allowing = try site { $0.allowedBots = ["webdriver"] }
        #expect(reason(steps.run(automated, for: allowing)) == "kept")
        #expect(
            reason(steps.run(try hit(headers: ["user-agent": "curl/8.5.0"]), for: allowing))
                == "bot")
    }

    @Test("what an event is made of")
    func enrich() throws {
        let hit = try hit("https://shop.test/sale?utm_source=letter#top") {
            $0.title = "Sale"
            $0.timeZone = "Europe/Riga"
            $0.viewportWidth = 700
            $0.properties = [("plan", "gold"), ("mail", "ann@example.org")]
            $0.revenue = Revenue(currency: "EUR", amount: "2")
        }
        guard case .kept(let event) = steps.run(hit, for: try site()) else {
            Issue.record("not kept")
            return
        }
        #expect(event.site == 7)
        #expect(event.visitor == nil)
        #expect(event.time == time)
        #expect(event.kind == .pageview)
        #expect(event.page.value == Page(host: "shop.test", path: "/sale", title: "Sale"))
        #expect(event.acquisition.tags.source == "letter")
        #expect(event.profile.country == "LV")
        #expect(event.profile.screen == .medium)
        #expect(event.profile.language == "lv")
        #expect(event.profile.client.browser == "Chrome")
        #expect(event.properties.first == EventProperty(name: "plan", value: "gold"))
        #expect(!event.properties.contains { $0.value.contains("ann@") })
        #expect(event.revenue == Revenue(currency: "EUR", minorUnits: 200))
    }

    @Test("kinds of events by their names")
    func kinds() throws {
        func kind(_ name: String, _ change: (inout Beacon) -> Void = { _ in }) throws -> Event.Kind?
        {
            guard case .kept(let event) = steps.run(try hit(name: name, change), for: try site())
            else { return nil }
            return event.kind
        }
        #expect(try kind("pageview") == .pageview)
        #expect(try kind("Pageview") == .custom(name: "Pageview", isInteractive: true))
        #expect(
            try kind("scrolled") { $0.isInteractive = false }
                == .custom(name: "scrolled", isInteractive: false))
        let engagement = try kind("engagement") {
            $0.engagedMilliseconds = 1_500
            $0.scrollDepth = 40
        }
        #expect(engagement == .engagement(milliseconds: 1_500, scrollDepth: 40))
    }

    @Test(
        "the language is the first one's primary subtag, or none",
        arguments: [
            ("lv-LV,lv;q=0.9,en", "lv"), ("EN", "en"), ("de;q=0.5", "de"), ("haw-US", "haw"),
            ("zh-Hant-TW", "zh"), ("*", ""), ("", ""), ("x", ""), ("english", ""), ("l1", ""),
            ("<script>", ""), (" lv", ""),
        ])
    func language(header: String, expected: String) throws {
        let outcome = steps.run(try hit(headers: ["accept-language": header]), for: try site())
        switch outcome {
        case .kept(let event), .setAside(let event, _): #expect(event.profile.language == expected)
        case .dropped: Issue.record("dropped")
        }
    }

    @Test("a sender can't be printed, and its user agent is bounded")
    func sender() throws {
        let sender = Sender(
            address: ClientAddress("192.0.2.7"),
            userAgent: String(repeating: "ē", count: 1_000))
        #expect("\(sender)" == "<sender>")
        #expect(sender.userAgent.utf8.count == BeaconLimits.userAgent)
    }
}
