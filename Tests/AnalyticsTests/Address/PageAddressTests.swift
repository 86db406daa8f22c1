import Testing

@testable import Analytics

@Suite("Page addresses")
struct PageAddressTests {
    private func cleaned(_ target: String, _ policy: AddressPolicy = AddressPolicy()) throws
        -> PageAddress
    {
        let address = try #require(WebAddress("https://shop.example" + target))
        return PageAddress(cleaning: address, policy: policy)
    }

    @Test(
        "one page has one name",
        arguments: [
            ("", "/"), ("/", "/"), ("//", "/"), ("/a", "/a"), ("/a/", "/a"),
            ("/a//b///c", "/a/b/c"),
            ("/A/b", "/A/b"), ("/index.html", "/"), ("/index.php/", "/"),
            ("/a/index.html/index.php//", "/a"),
            ("/shop/Index.PHP", "/shop"),
            ("/shop/default.aspx", "/shop"), ("/index.php/about", "/index.php/about"),
            ("/index.html.bak", "/index.html.bak"), ("/indexes", "/indexes"), ("/index", "/index"),
            ("/p%C4%93rle", "/pērle"), ("/pērle", "/pērle"), ("/a%20b", "/a b"), ("/a+b", "/a+b"),
            ("/%E0%A4%B9", "/ह"), ("/%FFx", "/%FFx"), ("/a%2Fb", "/a%2Fb"), ("/100%25", "/100%"),
            ("/e%CC%81", "/é"), ("/?a=b", "/"), ("/a?b#c", "/a"), ("/a#b", "/a"),
            ("/ a /b", "/a/b"), ("/a/./b", "/a/./b"), ("/a\u{200B}b", "/ab"),
            ("/a%E2%80%AEb", "/ab"), ("/a%0Ab%1B%5B31m", "/a b[31m"), ("/%00", "/"),
        ])
    func oneName(target: String, path: String) throws {
        let address = try cleaned(target)
        #expect(address.path == path)
        #expect(address.scrubbed == 0)
        #expect(address.host == "shop.example")
    }

    @Test(
        "what names a person goes, and is counted",
        arguments: [
            ("/order/4711234567", "/order/•", 1),
            ("/order/4711234567/thanks", "/order/•/thanks", 1),
            ("/u/jane@example.com", "/u/•", 1), ("/u/jane%40example.com/x", "/u/•/x", 1),
            ("/u/jane%2540example.com", "/u/•", 1), ("/u/j%61ne%E2%80%8B@example.com", "/u/•", 1),
            ("/reset/3f2a9c1b7d4e5f60", "/reset/•", 1),
            ("/x/550e8400-e29b-41d4-a716-446655440000", "/x/•", 1),
            ("/call/+37126123456", "/call/•", 1), ("/a/26%20123%20456/b", "/a/•/b", 1),
            ("/story-3f2a9c1b7d4e", "/story-•", 1), ("/a/123456/b/654321", "/a/•/b/•", 2),
            ("/app.3f2a9c1b7d4e5f60.js", "/app.•.js", 1), ("/ip/81.198.0.10", "/ip/•", 1),
            ("/t/%00%FF%FE%90%91%92%93%94%95%96", "/t/•", 1),
        ])
    func scrubbed(target: String, path: String, marks: Int) throws {
        let address = try cleaned(target)
        #expect(address.path == path)
        #expect(address.scrubbed == marks)
    }

    /// With and without a session id it is the same page.
    @Test(
        "session ids leave no trace",
        arguments: [
            ("/cart;jsessionid=1A530637289A03B07199A44E8D531427", "/cart"),
            ("/cart;JSESSIONID=abc/pay", "/cart/pay"), ("/cart;v=1;sid=abc", "/cart"),
            ("/(S(lit3py55t21z5v55vlm25s55))/page", "/page"), ("/S(abc)/page", "/page"),
            ("/%20S(abc)/page", "/page"), ("/S(+371%2026123456)/page", "/page"),
            ("/cart%20;sid=abc", "/cart"), ("/cart;sid=%D6%93abc", "/cart"),
            ("/cart%CC%81;sid=abc", "/cart\u{301}"),
            ("/S(%CC%81abcdefgh)/cart", "/cart"),
        ])
    func sessions(target: String, path: String) throws {
        let address = try cleaned(target)
        #expect(address.path == path)
        #expect(address.scrubbed == 1)
    }

    @Test("an escape hidden in escapes without end is undone in bounded work")
    func nestedEscapes() throws {
        let nested = (0..<500).reduce("%01") { text, _ in "%0" + text + "1" }
        let path = try cleaned("/a" + nested + "/b").path
        #expect(path == "/•/b")
        #expect(try cleaned(path).path == path)
    }

    @Test("brackets and semicolons without a session stay")
    func noSessions() throws {
        #expect(try cleaned("/wiki/Riga_(city)").path == "/wiki/Riga_(city)")
        #expect(try cleaned("/map;zoom=3").path == "/map;zoom=3")
    }

    @Test(
        "dates, years, products and words stay",
        arguments: [
            "/2026/11/22/how-to-oil-a-table", "/2026-11-22-news", "/season-2025-2026",
            "/product/12345", "/product/lamp-4000-12345", "/top-10-tips-for-2026",
            "/kā-kopt-koka-mēbeles", "/новости/погода-в-риге", "/產品/木椅", "/v1.2.3/docs",
            "/iphone-15-pro-max-256gb", "/dp/B08N5WRWNW", "/@footfall/posts", "/c++/std::vector",
            "/tires/205-55-r16", "/price-100-2000", "/LV-1010", "/wp-content/uploads/2026/11",
            "/documentation/HTMLElementReferenceGuide", "/package/react@18.2.0",
            "/donaudampfschifffahrtsgesellschaft", "/samsung-ue55tu7172uxxh", "/1920x1080",
        ])
    func kept(path: String) throws {
        let address = try cleaned(path)
        #expect(address.path == path)
        #expect(address.scrubbed == 0)
    }

    @Test("only listed parameters stay, sorted, scrubbed, and unable to pass for others")
    func keptQuery() throws {
        let policy = AddressPolicy(keptQuery: ["lang", "id", "q"])
        let query = "/s?utm_source=x&q=chair+%26+table%23&id=7&session=abc&lang"
        #expect(try cleaned(query, policy).path == "/s?id=7&lang&q=chair %26 table%23")
        let mail = try cleaned("/s?q=jane%2540example.com", policy)
        #expect(mail.path == "/s?q=•")
        #expect(mail.scrubbed == 1)
        #expect(try cleaned("/s?id=7").path == "/s")
        #expect(try cleaned("/s?id=\u{202E}%1B7", policy).path == "/s?id=7")
    }

    @Test(
        "hash routes, where the site has them",
        arguments: [
            ("/app#/cart?x=1", "/app#/cart"), ("/#/", "/"), ("/#!/cart/", "/#!/cart"),
            ("/#top", "/#top"), ("/#access_token=abc&x=1", "/"), ("/#:~:text=secret", "/"),
            ("/#/order/4711234567", "/#/order/•"), ("/#", "/"), ("/#/u/jane@example.com", "/#/u/•"),
        ])
    func hashRoutes(target: String, path: String) throws {
        #expect(try cleaned(target, AddressPolicy(hashRoutes: true)).path == path)
        #expect(try cleaned(target).path.contains("#") == false)
    }

    @Test("at most 512 signs, whatever they are")
    func bounded() throws {
        for piece in ["/abc", "/ē", "/%F0%9F%8D%8E", "/4711234567", "/%FF"] {
            let path = try cleaned(String(repeating: piece, count: 1_000)).path
            #expect(path.unicodeScalars.count <= PageAddress.limit)
            #expect(!path.hasSuffix(" "))
        }
        let policy = AddressPolicy(keptQuery: ["q"])
        let path = try cleaned(String(repeating: "/abc", count: 127) + "?q=abcdef", policy).path
        #expect(path.unicodeScalars.count == PageAddress.limit)
    }

    @Test("search terms")
    func searchTerms() throws {
        let policy = AddressPolicy(searchParameter: "q")
        let address = try #require(WebAddress("https://shop.example/s?q=Koka++Kr%C4%93sls"))
        #expect(policy.searchTerm(in: address) == "koka krēsls")
        #expect(AddressPolicy().searchTerm(in: address) == nil)
        let mail = try #require(WebAddress("https://shop.example/s?q=jane@example.com"))
        #expect(policy.searchTerm(in: mail) == "•")
        let none = try #require(WebAddress("https://shop.example/s?q=+"))
        #expect(policy.searchTerm(in: none) == nil)
    }
}
