import Testing

@testable import Analytics

@Suite("Sources")
struct SourcesTests {
    private func acquisition(
        _ query: String = "", referrer: String? = nil, own: [String] = ["shop.example"],
        ignored: [String] = []
    ) throws -> Acquisition {
        SourceRules.standard.acquisition(
            page: try #require(WebAddress("https://shop.example/" + query)), referrer: referrer,
            siteHosts: own, ignoredReferrers: ignored)
    }

    @Test(
        "referrers",
        arguments: [
            ("https://www.google.com/", "Google", "Organic Search"),
            ("https://www.google.co.uk/search?q=x", "Google", "Organic Search"),
            ("https://google.lv/", "Google", "Organic Search"),
            ("https://images.google.com.br/", "Google", "Organic Search"),
            ("https://cn.bing.com/", "Bing", "Organic Search"),
            ("https://duckduckgo.com/", "DuckDuckGo", "Organic Search"),
            ("https://yandex.com.tr/", "Yandex", "Organic Search"),
            ("https://lv.search.yahoo.com/", "Yahoo", "Organic Search"),
            ("https://search.yahoo.co.jp/", "Yahoo", "Organic Search"),
            ("https://searx.example.org/", "SearXNG", "Organic Search"),
            ("https://search.provider.example/", "Other search engine", "Organic Search"),
            ("https://l.facebook.com/l.php?u=x", "Facebook", "Organic Social"),
            ("https://lm.facebook.com/", "Facebook", "Organic Social"),
            ("https://t.co/abc", "Twitter", "Organic Social"),
            ("https://x.com/", "Twitter", "Organic Social"),
            ("https://lnkd.in/x", "LinkedIn", "Organic Social"),
            ("https://out.reddit.com/", "Reddit", "Organic Social"),
            ("https://news.ycombinator.com/item?id=1", "Hacker News", "Organic Social"),
            ("https://mastodon.art/@jane", "Mastodon", "Organic Social"),
            ("https://lv.pinterest.com/", "Pinterest", "Organic Social"),
            ("https://www.draugiem.lv/", "Draugiem.lv", "Organic Social"),
            ("https://m.youtube.com/watch", "YouTube", "Organic Video"),
            ("https://www.amazon.de/", "Amazon", "Organic Shopping"),
            ("https://www.salidzini.lv/", "Salidzini", "Organic Shopping"),
            ("https://mail.google.com/", "Gmail", "Email"),
            ("https://mail.inbox.lv/", "Inbox.lv", "Email"),
            ("https://outlook.live.com/", "Outlook", "Email"),
            ("https://webmail.company.example/", "Webmail", "Email"),
            ("https://chatgpt.com/", "ChatGPT", "AI Assistants"),
            ("https://claude.ai/", "Claude", "AI Assistants"),
            ("https://gemini.google.com/app", "Gemini", "AI Assistants"),
            ("https://www.perplexity.ai/", "Perplexity", "AI Assistants"),
            ("https://copilot.microsoft.com/", "Copilot", "AI Assistants"),
            ("https://docs.google.com/document/d/x", "Google Docs", "Referral"),
            ("https://blog.example.org/a", "blog.example.org", "Referral"),
            ("https://www.Blog.example.org:8080", "blog.example.org", "Referral"),
            ("https://xn--prle-bva.lv/", "pērle.lv", "Referral"),
            ("android-app://com.google.android.gm/", "Gmail", "Email"),
            ("android-app://com.Slack/", "Slack", "Referral"),
            (
                "android-app://com.google.android.googlequicksearchbox/https/www.google.com",
                "Google", "Organic Search"
            ),
            ("android-app://org.example.app/", "org.example.app", "Referral"),
            ("www.google.lv/search", "Google", "Organic Search"),
        ])
    func referrers(referrer: String, source: String, channel: String) throws {
        let found = try acquisition(referrer: referrer)
        #expect(found.source == source)
        #expect(found.channel == channel)
    }

    @Test(
        "a host that only looks like a known one is itself",
        arguments: [
            "https://google.evil.example/", "https://notgoogle.com/", "https://google.lv.example/",
            "https://facebook.com.example/", "https://t.company.example/", "https://google.info/",
            "https://mygoogle.co.uk/",
        ])
    func lookalikes(referrer: String) throws {
        let found = try acquisition(referrer: referrer)
        #expect(found.channel == "Referral")
        #expect(found.source == WebAddress(referrer)?.host)
    }

    @Test(
        "nobody sent the visitor",
        arguments: [
            nil, "", "-", "about:blank", "https://shop.example/a", "https://www.shop.example/",
            "https://blog.shop.example/", "http://localhost:3000/", "http://127.0.0.1/",
            "data:text/html,x", "chrome-extension://abc/", "/relative", "https://pay.example/back",
            "https://eu.pay.example/back", "https://checkout.stripe.com/",
            "https://makecommerce.lv/",
            "https://accounts.google.com/", "https://www.swedbank.lv/",
        ] as [String?])
    func direct(referrer: String?) throws {
        let found = try acquisition(referrer: referrer, ignored: ["pay.example"])
        #expect(found == .direct)
    }

    @Test("a ref that names the site itself is none")
    func ownReference() throws {
        #expect(try acquisition("?ref=www.shop.example") == .direct)
        let found = try acquisition("?ref=shop.example", referrer: "https://www.google.lv/")
        #expect(found.source == "Google")
    }

    @Test("a neighbour whose name ends in the site's own is somebody")
    func neighbours() throws {
        #expect(try acquisition(referrer: "https://myshop.example/").source == "myshop.example")
        let page = try #require(WebAddress("https://blog.shop.example/"))
        let found = SourceRules.standard.acquisition(
            page: page, referrer: "https://shop.example/", siteHosts: ["blog.shop.example"],
            ignoredReferrers: [])
        #expect(found.source == "shop.example")
    }

    @Test(
        "tags speak before the referrer",
        arguments: [
            ("?utm_source=newsletter&utm_medium=email", "newsletter", "Email"),
            ("?utm_source=newsletter", "newsletter", "Unassigned"),
            ("?utm_source=Facebook.com", "Facebook", "Organic Social"),
            ("?utm_source=fb&utm_medium=paid_social", "Facebook", "Paid Social"),
            ("?utm_source=facebook_ads", "Facebook", "Paid Social"),
            ("?utm_source=GoogleAds", "Google", "Paid Search"),
            ("?utm_source=Google%20Shopping", "Google Shopping", "Organic Shopping"),
            ("?utm_source=m.facebook.com", "Facebook", "Organic Social"),
            ("?utm_source=https%3A%2F%2Fwww.reddit.com%2Fr%2Fx", "Reddit", "Organic Social"),
            ("?UTM_Source=google&utm_medium=CPC", "Google", "Paid Search"),
            ("?utm_source=chatgpt.com", "ChatGPT", "AI Assistants"),
            ("?utm_source=blog.example.org", "blog.example.org", "Unassigned"),
            ("?utm_source=p%C4%93rle", "pērle", "Unassigned"),
            ("?utm_source=a%00b%1B%5B31m", "ab[31m", "Unassigned"),
            ("?utm_source=%28direct%29", "Direct", "Direct"),
            ("?utm_source=&ref=producthunt", "Product Hunt", "Organic Social"),
            ("?ref=blog.example.org", "blog.example.org", "Referral"),
            ("?ref=footer", "footer", "Unassigned"),
            ("?source=newsletter&ref=google", "newsletter", "Unassigned"),
            ("?utm_source=note", "note", "Unassigned"),
            ("?utm_source=mail.yahoo.com", "Yahoo", "Organic Search"),
            ("?a=1&amp;utm_source=google", "Google", "Organic Search"),
        ])
    func tags(query: String, source: String, channel: String) throws {
        let found = try acquisition(query, referrer: "https://l.facebook.com/")
        #expect(found.source == source)
        #expect(found.channel == channel)
        #expect(found.referrer == "l.facebook.com")
    }

    @Test(
        "without a source the referrer is it, and without either it is unknown",
        arguments: [
            ("?utm_medium=cpc", "https://www.google.lv/", "Google", "Paid Search"),
            ("?utm_medium=email", "https://blog.example.org/", "blog.example.org", "Email"),
            ("?utm_medium=sms", nil, "(none)", "SMS"),
            ("?utm_campaign=spring", nil, "(none)", "Unassigned"),
            ("?utm_campaign=spring", "https://www.google.lv/", "Google", "Organic Search"),
        ] as [(String, String?, String, String)])
    func noSource(query: String, referrer: String?, source: String, channel: String) throws {
        let found = try acquisition(query, referrer: referrer)
        #expect(found.source == source)
        #expect(found.channel == channel)
        #expect(found != .direct)
    }

    @Test(
        "click ids tell whose ad it was, and nothing more",
        arguments: [
            ("?gclid=Cj0KCQiA7OqrBhD9", nil, "Google", "Paid Search"),
            ("?gclid=x", "https://www.youtube.com/", "Google", "Paid Search"),
            ("?gclid=", nil, "Direct", "Direct"), ("?gclid", nil, "Direct", "Direct"),
            ("", "http://203.0.113.77/admin", "•", "Referral"),
            ("", "mailto:jane@mail.example", "Direct", "Direct"),
            ("?msclkid=x", "https://www.bing.com/", "Bing", "Paid Search"),
            ("?ScCid=x", nil, "Snapchat", "Paid Social"),
            ("?ttclid=x&utm_medium=video", nil, "TikTok", "Organic Social"),
            ("?dclid=x", nil, "Google", "Display"),
            ("?tblci=x", nil, "Taboola", "Paid Other"),
            ("?mc_eid=abc", nil, "Mailchimp", "Email"),
            ("?awc=x", nil, "Awin", "Affiliates"),
            ("?utm_source=google&gclid=x", nil, "Google", "Paid Search"),
            ("?utm_source=spring&gclid=x", nil, "spring", "Paid Search"),
            ("?utm_source=google&utm_medium=organic&gclid=x", nil, "Google", "Organic Search"),
            // Facebook appends it to every link: it proves who sent the visitor, not that it was paid.
            ("?fbclid=x", nil, "Facebook", "Organic Social"),
            ("?fbclid=x", "https://l.instagram.com/", "Instagram", "Organic Social"),
            ("?fbclid=x", "https://shop.example/", "Facebook", "Organic Social"),
            ("?utm_source=newsletter&fbclid=x", nil, "newsletter", "Unassigned"),
            // An ad's address that somebody shared: the last one appended is whose link was clicked.
            ("?gclid=x&fbclid=y", nil, "Facebook", "Organic Social"),
            ("?srsltid=x", nil, "Google", "Organic Search"),
        ] as [(String, String?, String, String)])
    func clickIDs(query: String, referrer: String?, source: String, channel: String) throws {
        let found = try acquisition(query, referrer: referrer)
        #expect(found.source == source)
        #expect(found.channel == channel)
        #expect(!"\(found)".contains("Cj0KCQiA"))
    }

    @Test("tags are kept as sent, scrubbed and bounded")
    func keptTags() throws {
        let found = try acquisition(
            "?utm_source=Google&utm_medium=cpc&utm_campaign=Spring+Sale&utm_term=jane%40example.com"
                + "&utm_content=" + String(repeating: "ab ", count: 100))
        #expect(found.tags.source == "Google")
        #expect(found.tags.medium == "cpc")
        #expect(found.tags.campaign == "Spring Sale")
        #expect(found.tags.term == "•")
        #expect(found.tags.content.unicodeScalars.count <= CampaignTags.limit)
        #expect(try acquisition("?utm_source=a&utm_source=b").tags.source == "a")
    }

    @Test(
        "of a referrer its host and cleaned path are kept, and of mail nothing",
        arguments: [
            ("https://blog.example/a/?q=secret#x", "blog.example/a"),
            ("https://blog.example/", "blog.example"),
            ("https://blog.example/u/jane@example.com", "blog.example/u/•"),
            ("https://chatgpt.com/c/550e8400-e29b-41d4-a716-446655440000", "chatgpt.com/c/•"),
            ("https://mail.google.com/mail/u/0/", ""), ("https://webmail.company.example/x", ""),
            ("android-app://com.slack/https/x", "com.slack"),
            ("https://jane:secret@blog.example:8080/a", "blog.example/a"),
            ("https://m26123456.blog.example/a", "m•.blog.example/a"),
            ("https://3f2a9c1b7d4e.www.blog.co.uk/", "•.www.blog.co.uk"),
            ("https://34.12.198.81.dynamic.isp.example/x", "•.dynamic.isp.example/x"),
            ("https://81.198.12.34.nip.io/", "•.nip.io"),
            ("https://xn--krsls-26123456-c2b.blog.example/", "krēsls-•.blog.example"),
            // A registered name is a site's, whatever it looks like.
            ("https://26123456.example/", "26123456.example"),
            ("https://xn--krsls-jza.blog.example/", "xn--krsls-jza.blog.example"),
        ])
    func keptReferrers(referrer: String, expected: String) throws {
        #expect(try acquisition(referrer: referrer).referrer == expected)
    }

    @Test("whatever comes, what is kept is bounded and visible")
    func anything() throws {
        var random = SeededGenerator(seed: 20_261_122)
        let pieces = [
            "https://", "android-app://", "www.", "google.", "lv", "mail.", ".", "/", "?", "#", "@",
            "%00", "%1B", "%E2%80%AE", "\u{202E}", "\u{1B}", "xn--", "é", "utm_source=", "ref=",
            "&",
            "gclid=", "=", "a", "[", "::", "1", " ", "•", "%40", "-", "_",
        ]
        for _ in 0..<3_000 {
            func text() -> String {
                (0..<random.number(in: 0...20)).map { _ in random.pick(from: pieces) }.joined()
            }
            let (query, referrer) = ("?" + text(), text())
            let address = WebAddress("https://shop.example/" + query)
            let found = SourceRules.standard.acquisition(
                page: try #require(address), referrer: referrer, siteHosts: ["shop.example"],
                ignoredReferrers: [])
            for kept in [
                found.source, found.referrer, found.tags.source, found.tags.medium,
                found.tags.campaign,
            ] {
                #expect(
                    kept.unicodeScalars.count <= 800
                        && kept.unicodeScalars.allSatisfy(PlainText.isVisible),
                    "\(kept) of \(query) from \(referrer)")
            }
        }
    }
}
