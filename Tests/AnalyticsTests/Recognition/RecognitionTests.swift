import Testing

@testable import Analytics

/// What an owner adds to the tables: lists of networks and hosts, a database of places.
@Suite("Recognition by the owner's files")
struct RecognitionTests {
    private struct Atlas: Geography {
        func place(of address: ClientAddress) -> Place? {
            address == ClientAddress("192.0.2.1")
                ? Place(country: "LV", region: "Rīga, LV", city: "Rīga, LV") : nil
        }
    }

    private static let chrome =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/143.0.0.0 Safari/537.36"
    private static let site = Site(
        id: 1, domain: Domain("shop.test")!, settings: SiteSettings(),
        epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "UTC")])

    private func hit(
        _ address: String? = nil, referrer: String? = nil, agent: String = chrome,
        zone: String? = nil
    ) -> Hit {
        var beacon = Beacon(name: Beacon.nameOfPageview, url: "https://shop.test/")
        beacon.referrer = referrer
        beacon.timeZone = zone
        return Hit(
            beacon: beacon, page: WebAddress("https://shop.test/")!,
            sender: Sender(address: address.flatMap { ClientAddress($0) }, userAgent: agent),
            time: Instant(milliseconds: 0))
    }

    private func rule(_ hit: Hit, _ steps: IngestSteps, _ site: Site = site) -> String {
        switch steps.run(hit, for: site) {
        case .setAside(_, let verdict): verdict.rule
        case .kept: "kept"
        case .dropped(let reason): reason.rawValue
        }
    }

    @Test(
        "networks: nested, touching, of both families; an address is in one or in none",
        arguments: [
            ("192.0.2.0", true), ("192.0.2.255", true), ("192.0.3.0", true), ("192.0.4.0", false),
            ("192.0.1.255", false), ("0.0.0.0", false), ("255.255.255.255", true),
            ("2001:db8::", true), ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true),
            ("2001:db9::", false), ("::", false), ("::ffff:192.0.2.9", true),
        ])
    func networks(address: String, isIn: Bool) throws {
        let set = try NetworkSet(
            name: "n",
            text: """
                # a data centre's
                192.0.3.0/24
                192.0.2.0/24   # with a note

                192.0.2.128/25
                192.0.2.7
                2001:db8::/32
                255.255.255.255
                """)
        #expect(set.contains(try #require(ClientAddress(address))) == isIn)
    }

    @Test("many networks answer as one by one", arguments: [1, 2, 3] as [UInt64])
    func manyNetworks(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let networks = (0..<400).map { _ in
            let length = Int.random(in: 8...32, using: &random)
            let byte = { UInt8.random(in: 0...255, using: &random) }
            return Network("10.\(byte()).\(byte()).\(byte())/\(length)")!
        }.filter { !$0.text.hasSuffix("/8") }
        let set = NetworkSet(networks)
        for _ in 0..<2_000 {
            let byte = { UInt8.random(in: 0...255, using: &random) }
            let address = ClientAddress("10.\(byte()).\(byte()).\(byte())")!
            #expect(
                set.contains(address) == networks.contains { $0.contains(address) },
                "seed \(seed)")
        }
    }

    @Test("a data centre and a spammer's host set aside whom no other rule takes")
    func lists() throws {
        let steps = IngestSteps(
            recognition: try Recognition(files: [
                Recognition.dataCentersFile: "192.0.2.0/24",
                Recognition.referrerSpamFile: ".spam.example",
            ]))
        #expect(rule(hit("192.0.2.1"), steps) == "data_center")
        #expect(rule(hit("192.0.3.1"), steps) == "kept")
        #expect(rule(hit(), steps) == "kept")
        #expect(rule(hit("192.0.2.1", agent: "curl/8"), steps) == "curl")
        #expect(rule(hit(referrer: "https://www.spam.example/x"), steps) == "referrer_spam")
        #expect(rule(hit(referrer: "https://a.spam.example"), steps) == "referrer_spam")
        #expect(rule(hit(referrer: "https://spam.example.org/"), steps) == "kept")
        // Without a scheme, and as a tag.
        #expect(rule(hit(referrer: "www.spam.example/buy"), steps) == "referrer_spam")
        var tagged = hit()
        for tag in ["ref", "utm_source"] {
            tagged.page = WebAddress("https://shop.test/?\(tag)=spam.example")!
            #expect(rule(tagged, steps) == "referrer_spam")
        }
        var allowing = Self.site
        allowing.settings.allowedBots = ["data_center"]
        #expect(rule(hit("192.0.2.1"), steps, allowing) == "kept")
        // What is allowed hides nothing that isn't.
        let both = hit("192.0.2.1", referrer: "https://spam.example/")
        #expect(rule(both, steps, allowing) == "referrer_spam")
        allowing.settings.allowedBots = ["data_center", "referrer_spam"]
        #expect(rule(both, steps, allowing) == "kept")
        #expect(rule(hit("192.0.2.1"), IngestSteps()) == "kept")
        // Remembered, too.
        var memory: IngestMemory? = IngestMemory(
            fingerprinter: Fingerprinter(key: Array(repeating: 1, count: 16)))
        let spam = hit(referrer: "https://spam.example/")
        for _ in 1...2 {
            guard case .setAside(_, .referrerSpam) = steps.run(spam, for: Self.site, &memory),
                case .kept = steps.run(hit(), for: Self.site, &memory)
            else {
                Issue.record("not as without a memory")
                return
            }
        }
    }

    @Test(
        "a list's line that is none, or takes everybody, is refused with its number",
        arguments: [
            (Recognition.dataCentersFile, "here"), (Recognition.dataCentersFile, "0.0.0.0/0"),
            (Recognition.dataCentersFile, "::/0"), (Recognition.referrerSpamFile, "com"),
            (Recognition.referrerSpamFile, ".com"), (Recognition.referrerSpamFile, "two hosts"),
            (Recognition.referrerSpamFile, "co.uk"),
        ])
    func faultyLists(file: String, line: String) {
        let error = #expect(throws: RecognitionTableError.self) {
            try Recognition(files: [file: "# ours\n\(line)"])
        }
        #expect(error?.line == 2)
    }

    @Test(
        "hosts as published lists write them",
        arguments: [
            "spam.example", "*.spam.example", ".spam.example", "0.0.0.0 spam.example",
            "||spam.example^", "https://www.spam.example/buy?x=1", "SPAM.example # noted",
        ])
    func publishedLists(line: String) throws {
        let list = try HostList(name: "n", text: "! a comment\n\(line)\n")
        #expect(list.contains("a.spam.example"))
        #expect(!list.contains("spam.example.org"))
    }

    @Test("an IPv6 network holds no IPv4 address", arguments: ["::/64", "::/8", "::/1"])
    func mappedAddresses(network: String) throws {
        let one = try #require(Network(network))
        for address in ["1.1.1.1", "::ffff:1.1.1.1"] {
            let address = try #require(ClientAddress(address))
            #expect(!one.contains(address))
            #expect(!NetworkSet([one]).contains(address))
        }
        let inside = try #require(ClientAddress("::1"))
        #expect(one.contains(inside))
        #expect(NetworkSet([one]).contains(inside))
    }

    @Test("a referrer that is no address is told from one of the site's own")
    func unreadableReferrer() throws {
        for (referrer, expected) in [
            ("nonsense", "no address"), ("https://shop.test/a", "the site's own"),
        ] {
            let trace = IngestTrace(hit(referrer: referrer), for: Self.site, by: IngestSteps())
            let step = try #require(trace.steps.first { $0.name == "source" })
            #expect(step.rule.contains(expected))
        }
    }

    @Test("a place by the address stands before the time zone's, also where it is remembered")
    func places() throws {
        let steps = IngestSteps(recognition: try Recognition(files: [:], geography: Atlas()))
        var memory: IngestMemory? = IngestMemory(
            fingerprinter: Fingerprinter(key: Array(repeating: 1, count: 16)))
        for _ in 1...2 {
            for (address, country, city) in [
                ("192.0.2.1", "LV", "Rīga, LV"), ("192.0.2.2", "FR", ""), (nil, "FR", ""),
            ] {
                let hit = hit(address, zone: "Europe/Paris")
                guard case .kept(let event) = steps.run(hit, for: Self.site, &memory) else {
                    Issue.record("not kept")
                    return
                }
                #expect(event.profile.value.country == country)
                #expect(event.profile.value.city == city)
            }
        }
    }

    @Test("a table of the owner's stands in place of the built-in one, and of no other")
    func tables() throws {
        let steps = IngestSteps(
            recognition: try Recognition(files: ["bots.tsv": "toaster\ttoaster\tmonitor\tours\n"]))
        #expect(rule(hit(agent: Self.chrome + " Toaster/1"), steps) == "toaster")
        #expect(rule(hit(agent: Self.chrome + " GPTBot/1"), steps) != "gptbot")
        #expect(steps.recognition.bots.verdicts.contains { $0.rule == "toaster" })
    }

    @Test(
        "the trace tells the way of a hit as the steps go it",
        arguments: [
            (["bot", "passes"], "https://shop.test/", Self.chrome),
            (["bot", "set aside"], "https://shop.test/", "curl/8"),
            (["page", "/order/•"], "https://shop.test/order/123456", Self.chrome),
            (["source", "Google"], "https://shop.test/?gclid=x", Self.chrome),
            (["channel", "Paid Search"], "https://shop.test/?gclid=x", Self.chrome),
            (["client", "Chrome 143 on Linux, desktop"], "https://shop.test/", Self.chrome),
        ])
    func trace(expected: [String], url: String, agent: String) throws {
        var hit = hit(agent: agent)
        hit.page = try #require(WebAddress(url))
        let trace = IngestTrace(hit, for: Self.site, by: IngestSteps())
        let step = try #require(trace.steps.first { $0.name == expected[0] })
        #expect(step.verdict == expected[1])
    }
}
