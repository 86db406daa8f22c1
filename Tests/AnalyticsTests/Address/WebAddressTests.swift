import Testing

@testable import Analytics

@Suite("Web addresses")
struct WebAddressTests {
    @Test(
        "scheme, host and the raw parts",
        arguments: [
            ("https://shop.example/a/b?c=d#e", "https", "shop.example", "/a/b", "c=d", "e"),
            ("HTTP://WWW.Shop.Example:8080/A", "http", "shop.example", "/A", nil, nil),
            ("https://shop.example", "https", "shop.example", "", nil, nil),
            ("https://shop.example?a=b", "https", "shop.example", "", "a=b", nil),
            ("https://shop.example#top?x", "https", "shop.example", "", nil, "top?x"),
            ("https://jane:secret@shop.example./x", "https", "shop.example", "/x", nil, nil),
            ("  https://shop.example/a\n", "https", "shop.example", "/a", nil, nil),
            ("https:\\\\shop.example\\a", "https", "shop.example", "\\a", nil, nil),
            ("https://[2001:DB8::1]:443/a", "https", "[2001:db8::1]", "/a", nil, nil),
            (
                "android-app://com.Slack/https/x", "android-app", "com.slack", "/https/x", nil,
                nil
            ),
            ("https://www.lv/", "https", "www.lv", "/", nil, nil),
            ("https://shop.example/%zz?%zz#%zz", "https", "shop.example", "/%zz", "%zz", "%zz"),
        ] as [(String, String, String, String, String?, String?)])
    func parts(
        text: String, scheme: String, host: String, path: String, query: String?, fragment: String?
    ) throws {
        let address = try #require(WebAddress(text))
        #expect(address.scheme == scheme)
        #expect(address.host == host)
        #expect(address.rawPath == path)
        #expect(address.rawQuery == query)
        #expect(address.rawFragment == fragment)
    }

    @Test(
        "what has no host or another scheme is none",
        arguments: [
            "", "/a", "shop.example/a", "https://", "https:///a", "https:/shop.example", "https",
            "data:text/html,x", "javascript://shop.example/%0Aalert(1)", "ftp://shop.example/",
            "about:blank", "file:///etc/passwd", "https://sh op.example/", "https://a<b>.example/",
            "https://shop.example:80a/", "https://[::g]/", "https://%00.example/",
        ])
    func refused(text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test("hosts over 253 bytes are none")
    func longHost() {
        #expect(WebAddress("https://" + String(repeating: "a.", count: 124) + "lv/") != nil)
        #expect(WebAddress("https://" + String(repeating: "a.", count: 130) + "lv/") == nil)
    }

    @Test(
        "hosts of other scripts are one, however they are written",
        arguments: [
            ("https://pērle.lv/", "xn--prle-bva.lv", "pērle.lv"),
            ("https://xn--prle-bva.lv/", "xn--prle-bva.lv", "pērle.lv"),
            ("https://P%C4%93RLE.lv/", "xn--prle-bva.lv", "pērle.lv"),
            ("https://www.ПРИМЕР.рф/", "xn--e1afmkfd.xn--p1ai", "пример.рф"),
            ("https://例え。テスト/", "xn--r8jz45g.xn--zckzah", "例え.テスト"),
            ("https://xn--99999999.lv/", "xn--99999999.lv", "xn--99999999.lv"),
        ])
    func otherScripts(text: String, host: String, shown: String) throws {
        let address = try #require(WebAddress(text))
        #expect(address.host == host)
        #expect(address.unicodeHost == shown)
    }

    @Test("a label that would turn the writing direction is shown as sent")
    func hostileLabel() throws {
        let encoded = try #require(Punycode.encoded("abc\u{202E}def"))
        let address = try #require(WebAddress("https://xn--\(encoded).lv/"))
        #expect(address.unicodeHost == "xn--\(encoded).lv")
        #expect(WebAddress("https://abc\u{202E}def.lv/") == nil)
    }

    @Test(
        "query values",
        arguments: [
            ("a=1&b=2", "b", "2"), ("a=1&a=2", "a", "1"), ("a&b=2", "a", ""), ("a=", "a", ""),
            ("a=x+y%20z", "a", "x y z"), ("a=%C4%93", "a", "ē"), ("a=%FFb", "a", "%FFb"),
            ("a=%2541", "a", "%41"), ("%61=1", "a", "1"), ("a=b=c", "a", "b=c"),
            ("x=1&amp;a=2", "a", "2"), ("b=1", "a", nil), ("&&=1&a=3", "a", "3"),
            ("a=%", "a", "%"), ("a=%4", "a", "%4"),
        ] as [(String, String, String?)])
    func queryValues(query: String, name: String, value: String?) throws {
        let address = try #require(WebAddress("https://shop.example/?" + query))
        #expect(address.queryValue(name) == value)
    }

    @Test("long addresses are cut between fields")
    func bounded() throws {
        let long = "https://shop.example/a/" + String(repeating: "b", count: 8_000) + "/c?mail="
        let address = try #require(WebAddress(long + String(repeating: "d", count: 300)))
        #expect(address.rawPath.hasSuffix("/c"))
        #expect(address.rawQuery == "mail")
        #expect(WebAddress("https://" + String(repeating: "a", count: 9_000)) == nil)
    }

    @Test(
        "request targets of log lines",
        arguments: [
            ("/a?b=c", "Shop.example:443", "shop.example", "/a"),
            ("http://proxied.example/x", "shop.example", "proxied.example", "/x"),
            ("*", "shop.example", "shop.example", "*"),
            ("//evil.example/a", "shop.example", "shop.example", "//evil.example/a"),
        ])
    func requestTargets(target: String, host: String, expected: String, path: String) throws {
        let address = try #require(WebAddress(requestTarget: target, host: host))
        #expect(address.host == expected)
        #expect(address.rawPath == path)
    }
}

@Suite("Punycode")
struct PunycodeTests {
    /// The samples of RFC 3492 §7.1 that fit a label, and domains that are in use.
    @Test(
        "both ways",
        arguments: [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("bücher", "bcher-kva"), ("münchen", "mnchen-3ya"), ("пример", "e1afmkfd"),
        ])
    func bothWays(text: String, encoded: String) {
        #expect(Punycode.encoded(text) == encoded)
        #expect(Punycode.decoded(encoded) == text)
    }

    @Test(
        "what is no label",
        arguments: ["a_b!", "99999999", "ab-é", String(repeating: "a", count: 64)])
    func refused(encoded: String) {
        #expect(Punycode.decoded(encoded) == nil)
    }
}
