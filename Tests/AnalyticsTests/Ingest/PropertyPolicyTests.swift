import Analytics
import Testing

@Suite("Properties")
struct PropertyPolicyTests {
    private func kept(
        _ properties: [(String, String)], event name: String = "order",
        url: String = "https://shop.test/a", searchParameter: String? = nil
    ) throws -> [String] {
        var beacon = Beacon(name: name, url: url)
        beacon.properties = properties
        var settings = SiteSettings()
        settings.addresses.searchParameter = searchParameter
        let time = try #require(Instant("2026-11-20T12:00:00Z"))
        let site = Site(
            id: 7, domain: try #require(Domain("shop.test")), settings: settings,
            epochs: [SiteEpoch(start: time, timeZone: "UTC")])
        let hit = Hit(
            beacon: beacon, page: try #require(WebAddress(url)),
            sender: Sender(address: nil, userAgent: "Mozilla/5.0 Firefox/140.0"), time: time)
        return IngestSteps().enrich(hit, for: site).properties.map { "\($0.name)=\($0.value)" }
    }

    @Test(
        "who somebody is to another tracker is never kept",
        arguments: [
            "user_id", "userId", "User-ID", "client_id", "clientid", "email", "e-mail", "phone",
            "Phone Number", "address", "first_name", "lastName", "ip", "customer_id",
            "billing_address_2", "contactEmail", "us\u{200b}er_id", "user[id]", " user_id", "uid",
            "client_ip", "token", "access_token", "user_agent", "login", "password2", "session",
            "SID",
            "idToken", "email_hash", "contactemail", "phone_number", "address_line_1",
            "user_id_sha256", "address_zip", "phoneMobile", "email1", "ip_address", "IPAddress",
        ])
    func identities(name: String) throws {
        #expect(try kept([(name, "A1"), ("plan", "pro")]) == ["plan=pro"])
    }

    @Test(
        "what only holds such a word is the site's own",
        arguments: [
            "headphones", "iphone_model", "microphone", "phone_model", "email_campaign",
            "address_type", "userIdea", "tokens_used", "vip", "plugin", "session_count",
        ])
    func others(name: String) throws {
        #expect(try kept([(name, "A1")]) == ["\(name)=A1"])
    }

    @Test("an order's number is no property")
    func transaction() throws {
        for name in ["transaction_id", "transactionId", " transaction_id"] {
            #expect(try kept([(name, "T-1"), ("shipping", "post")]) == ["shipping=post"])
        }
        for (id, expected) in [("T-1", "T-1"), ("undefined", nil), ("0", nil), ("NaN", nil)] {
            var beacon = Beacon(name: "order", url: "https://shop.test/")
            beacon.properties = [("transactionId", id)]
            #expect(beacon.transactionID == expected)
        }
    }

    @Test(
        "a link is kept as host and path",
        arguments: [
            ("https://partner.test/offer?email=ann@example.org#x", ["url=partner.test/offer"]),
            ("https://PARTNER.test/", ["url=partner.test/"]),
            ("mailto:ann@example.org", []), ("tel:+37120000000", []), ("nonsense", []),
        ])
    func links(value: String, expected: [String]) throws {
        for name in ["Outbound Link: Click", "File Download"] {
            #expect(try kept([("url", value)], event: name) == expected)
        }
    }

    @Test("an address in any property is kept without its query")
    func addresses() throws {
        #expect(
            try kept([
                ("from", "https://b.test/reset?token=s3cr3t#x"), (" url", "http://c.test/?q=a"),
            ])
                == ["from=b.test/reset", "url=c.test/"])
    }

    @Test(
        "the path that was not there is cleaned like any page's",
        arguments: [
            ("/Gone//x/?token=secret", ["path=/Gone/x"]),
            ("https://shop.test/gone/ann@example.org", ["path=/gone/•"]), ("", []),
        ])
    func notFound(value: String, expected: [String]) throws {
        #expect(try kept([("path", value)], event: "404") == expected)
    }

    @Test("what is searched on the site comes from the parameter that the site names")
    func search() throws {
        let url = "https://shop.test/find?q=Desk%20Lamp&page=2"
        func term(_ parameter: String?, _ sent: [(String, String)] = []) throws -> [String] {
            try kept(sent, event: "pageview", url: url, searchParameter: parameter)
        }
        #expect(try term(nil) == [])
        #expect(try term("s") == [])
        #expect(try term("q") == ["search_term=desk lamp"])
        // The address is what the visitor sees; what a script says beside it gives way.
        #expect(
            try term("q", [("search_term", "x"), ("a", "b")]) == ["a=b", "search_term=desk lamp"])
        #expect(try term("s", [("search_term", "Xy")]) == ["search_term=xy"])
        // Only looking at the results is a search.
        #expect(try kept([], event: "order", url: url, searchParameter: "q") == [])
    }
}
