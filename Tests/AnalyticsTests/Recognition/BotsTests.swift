import Testing

@testable import Analytics

/// Programs by name, word and shape; people's browsers beside them.
@Suite struct BotsTests {
    static func rule(_ userAgent: String) -> String? {
        BotRules.standard.verdict(BotSignals(userAgent: userAgent))?.rule
    }

    /// AI crawlers and the fetchers of assistants, one by one, as their makers document them.
    @Test(arguments: [
        ("gptbot", BotCategory.aiCrawler, "; compatible; GPTBot/1.2; +https://openai.com/gptbot"),
        ("oai_searchbot", .aiCrawler, "; compatible; OAI-SearchBot/1.0; +https://openai.com/bot"),
        ("chatgpt_user", .aiFetcher, "; compatible; ChatGPT-User/1.0; +https://openai.com/bot"),
        ("claudebot", .aiCrawler, "; compatible; ClaudeBot/1.0; +claudebot@anthropic.com"),
        ("claude_user", .aiFetcher, "; compatible; Claude-User/1.0; +Claude-User@anthropic.com"),
        ("claude_searchbot", .aiCrawler, "; compatible; Claude-SearchBot/1.0; +x@anthropic.com"),
        ("perplexitybot", .aiCrawler, "; compatible; PerplexityBot/1.0; +https://perplexity.ai/b"),
        ("perplexity_user", .aiFetcher, "; compatible; Perplexity-User/1.0; +https://perplexity"),
        ("amazonbot", .aiCrawler, "; compatible; Amazonbot/0.1; +https://developer.amazon.com/x"),
        ("mistralai_user", .aiFetcher, "; compatible; MistralAI-User/1.0; +https://docs.mistral"),
        ("petalbot", .aiCrawler, "; compatible; PetalBot; +https://webmaster.petalsearch.com/site"),
        ("youbot", .aiCrawler, "; compatible; YouBot/1.0; +https://about.you.com/youbot/"),
        ("duckassistbot", .aiFetcher, "; compatible; DuckAssistBot/1.2; +http://duckduckgo.com"),
        ("google_cloudvertexbot", .aiCrawler, "; compatible; Google-CloudVertexBot; +https://g.co"),
        ("imagesiftbot", .aiCrawler, "; compatible; ImagesiftBot; +imagesift.com"),
    ])
    func assistants(_ rule: String, _ category: BotCategory, _ words: String) {
        let verdict = BotRules.standard.verdict(
            BotSignals(userAgent: "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko\(words))"))
        #expect(verdict == BotVerdict(rule: rule, category: category))
    }

    @Test(arguments: [
        ("ccbot", BotCategory.aiCrawler, "CCBot/2.0 (https://commoncrawl.org/faq/)"),
        (
            "bytespider", .aiCrawler,
            "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile "
                + "Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)"
        ),
        ("meta_externalagent", .aiCrawler, "meta-externalagent/1.1 (+https://developers.facebook)"),
        ("meta_externalfetcher", .aiFetcher, "meta-externalfetcher/1.1"),
        ("cohere_ai", .aiCrawler, "cohere-ai/1.0"),
        (
            "googlebot", .crawler,
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, "
                + "like Gecko) Chrome/130.0.6723.91 Mobile Safari/537.36 (compatible; "
                + "Googlebot/2.1; +http://www.google.com/bot.html)"
        ),
        ("bingbot", .crawler, "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/b.htm)"),
        ("yandexbot", .crawler, "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"),
        ("slurp", .crawler, "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help)"),
        ("ahrefsbot", .seo, "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
        (
            "facebookexternalhit", .preview,
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
        ),
        ("whatsapp", .preview, "WhatsApp/2.23.20.0 A"),
        ("uptimerobot", .monitor, "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://uptimerobot)"),
        (
            "ptst", .monitor,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/120.0.0.0 Safari/537.36 PTST/240101.1"
        ),
        (
            "headless_chrome", .headless,
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "HeadlessChrome/130.0.0.0 Safari/537.36"
        ),
        ("curl", .library, "curl/8.5.0"),
        ("python_requests", .library, "python-requests/2.31.0"),
        ("go_http_client", .library, "Go-http-client/2.0"),
        ("okhttp", .library, "okhttp/4.12.0"),
        ("wget", .library, "Wget/1.21.3"),
        ("nikto", .scanner, "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)"),
        ("feedly", .feed, "Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher)"),
        ("empty_user_agent", .other, ""),
        ("empty_user_agent", .other, " - "),
    ])
    func named(_ rule: String, _ category: BotCategory, _ userAgent: String) {
        let verdict = BotRules.standard.verdict(BotSignals(userAgent: userAgent))
        #expect(verdict == BotVerdict(rule: rule, category: category))
    }

    /// Programs of no table's, made up for this test.
    @Test(arguments: [
        ("bot_word", "Quuxbot/1.0"),
        ("bot_word", "Mozilla/5.0 (compatible; quux-robot)"),
        ("spider_word", "QuuxSpider 0.1"),
        ("crawler_word", "quuxcrawl"),
        ("scraper_word", "QuuxScraper/3"),
        ("contact_url", "Quux/2.0 (+https://quux.example/about)"),
        ("contact_address", "Quux/2.0 (hello@quux.com)"),
        ("contact_address", "Quux/2.0 (hello at quux dot com)"),
        ("names_domain", "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/99 quux.com"),
        ("checker_word", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/99 LinkChecker"),
        ("client_word", "Quux HTTP client"),
        ("no_browser", "Quux/2.0"),
        ("no_browser", "Mozilla/5.0 (compatible; Quux/2.0)"),
        ("no_browser", "Mozilla/5.0"),
        ("no_browser", "Chrome/130"),
        ("no_browser", "Quux, Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/99"),
        (
            "engine_comment",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; Quux/1.2) "
                + "Chrome/124.0.0.0 Safari/537.36"
        ),
        (
            "compatible_word",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 9_1 like Mac OS X) AppleWebKit/601.1.46 (KHTML, "
                + "like Gecko) Version/9.0 Mobile/13B143 Safari/601.1 (compatible; Quux/1.0)"
        ),
        ("injection", "() { :; }; /bin/cat /etc/passwd"),
        ("injection", "Mozilla/5.0 ${jndi:ldap://192.0.2.1/a}"),
        ("injection", "1' or 1=1 union select password"),
    ])
    func unheardOf(_ rule: String, _ userAgent: String) {
        #expect(Self.rule(userAgent) == rule)
    }

    /// A library gives way to what uses it, whichever stands first.
    @Test func theUserOfALibraryCounts() {
        #expect(Self.rule("python-requests/2.31 GPTBot/1.0") == "gptbot")
        #expect(Self.rule("GPTBot/1.0 python-requests/2.31") == "gptbot")
        #expect(Self.rule("curl/8.5.0 Wget/1.21") == "curl")
    }

    /// People, in browsers and applications, with names that look like bots' among them.
    @Test(arguments: [
        "Mozilla/5.0 (Linux; Android 6.0; CUBOT MAX) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/72.0.3626.121 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Version/4.0 Chrome/124.0.6367.123 Mobile Safari/537.36 CamScanner/4.8.5",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            + "Gecko) Mobile/15E148 Safari/605.1.15 (Ecosia ios@8.1.3.72)",
        "Mozilla/5.0 (Linux; Android 13; 2201117TG; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/487.0.0.54.78;"
            + "FBCR/Spider Mobile;]",
        "Mozilla/5.0 (Linux; Android 13; Pixel 6 Pro; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 Instagram 308.0.0.36.109 Android "
            + "(33/13; 420dpi; 1080x2209; Google/google; Pixel 6 Pro; raven; nuclei; en_GB; 5432)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            + "Gecko) Mobile/15E148 NewsReader/3.1 com.example.newsreader",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/126.0.6478.183 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Valve Client/default/1769025840) "
            + "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.183 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/145.0.0.0 Safari/537.36 LongTail/94.6.7545.46",
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; www.example.de; GTB7.5)",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1; University Search; http://example.com)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            + "Gecko) Mobile/15E148 CampusBrowser/3.16.0 (https://campus.example/information)",
        "Mozilla/5.0 (Windows NT 6.2; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "LeagueOfLegendsClient/12.1.417.3216 (CEF 91) Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) Cobalt/23.lts.1.0-qa (unlike Gecko) Starboard/15",
        "Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)",
        "Mozilla/5.0 (Unknown; Linux armv7l) AppleWebKit/537.1+ (KHTML, like Gecko) "
            + "Safari/537.1+ HbbTV/1.1.1 ( ;LGE ;NetCast 4.0 ;03.20.30 ;1.0M ;)",
        "Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.6.5",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10",
        "DoCoMo/2.0 N904i(c100;TB;W30H20)",
        "BlackBerry9700/5.0.0.1014 Profile/MIDP-2.1 Configuration/CLDC-1.1 VendorID/220",
        // What Android calls the device, before a build, behind a language, or by itself.
        "Mozilla/5.0 (Linux; Android 7.0; M bot 54) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/78.0.3904.96 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; U; Android 5.1.1; en-us; MAVEN_10_PLUS Build/LMY47V) "
            + "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/39.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; arm_64; Android 13; zh_hans_cn; Spider 8; wv) AppleWebKit/537.36 "
            + "(KHTML, like Gecko) Version/4.0 Chrome/124.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; M bot 54 Build/PPR1; wv) AppleWebKit/537.36 (KHTML, like "
            + "Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 Telegram-Android/11.5.3 "
            + "(Mobicel M bot 54; Android 9; SDK 28; LOW)",
    ])
    func people(_ userAgent: String) {
        #expect(Self.rule(userAgent) == nil)
    }

    @Test(
        "a program that gives its name where Android names the device is none",
        arguments: [
            "(Linux; Android 7.0; Quuxbot/1.0)", "(Linux; Android 7.0; bot@quux.example)",
            "(Linux; Android 7.0; Pixel 3; quuxbot)", "(Linux; Android; quuxbot)",
            "(Linux; Android 7.0; Pixel 3 Build/PQ3A) quuxbot", "(Linux; Android 7.0;) quuxbot",
            "(compatible; Android 7.0; quuxbot)", "(X11; Linux) (Android 7.0; quuxbot)",
        ])
    func programs(_ comment: String) {
        #expect(Self.rule("Mozilla/5.0 \(comment) AppleWebKit/537.36 (KHTML, like Gecko)") != nil)
    }

    /// No browser or application that the tables know is lost, wherever its name may stand.
    @Test func everyKnownBrowserIsLetThrough() {
        let scripted: Set<String> = ["Headless Chrome", "PhantomJS", "jsdom", "HtmlUnit"]
        let table = Embedded.files["browsers.tsv"] ?? ""
        let rows = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: "\t")
        }
        var asked = 0
        for row in rows where !scripted.contains(String(row[1])) {
            asked += 1
            let mark = row[0].filter { $0 != "*" && $0 != "^" }
            let name = mark.hasSuffix("/") ? mark : mark + "/"
            for userAgent in [
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    + "Chrome/130.0.0.0 Safari/537.36 \(name)23.4",
                "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like "
                    + "Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 \(name)23.4",
            ] {
                #expect(Self.rule(userAgent) == nil, "\(userAgent)")
            }
        }
        #expect(asked > 400)
    }
}
