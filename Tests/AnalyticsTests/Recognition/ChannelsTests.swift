import Testing

@testable import Analytics

@Suite("Channels")
struct ChannelsTests {
    /// Each rule of GA4's default channel group, and what the one before it takes first.
    @Test(
        "GA4's rules in their order",
        arguments: [
            ("(direct)", nil, "", "", "Direct"), ("(direct)", nil, "(none)", "", "Direct"),
            ("(direct)", nil, "(not set)", "cross-network", "Direct"),
            ("(direct)", nil, "email", "", "Email"),
            ("google", .search, "cpc", "x-cross-network", "Cross-network"),
            ("amazon", .shopping, "cpc", "", "Paid Shopping"),
            ("google", .search, "cpc", "shopping", "Paid Shopping"),
            ("google", .search, "ppc", "", "Paid Search"),
            ("google", .search, "PaidSearch", "", "Paid Search"),
            ("facebook", .social, "retargeting", "", "Paid Social"),
            ("youtube.com", .video, "cpv", "", "Paid Video"),
            ("google", .search, "display", "", "Display"),
            ("google", .search, "cpm", "", "Paid Search"), ("x", nil, "cpm", "", "Display"),
            ("x", nil, "banner", "", "Display"), ("x", nil, "cpc", "", "Paid Other"),
            ("chatgpt.com", .ai, "cpc", "", "Paid Other"),
            ("ebay", .shopping, "", "", "Organic Shopping"),
            ("x", nil, "email", "e-shop news", "Organic Shopping"),
            ("x", nil, "email", "eshop", "Organic Shopping"),
            ("x", nil, "email", "workshop", "Email"), ("x", nil, "", "shop", "Organic Shopping"),
            ("facebook", .social, "", "", "Organic Social"),
            ("x", nil, "Social-Media", "", "Organic Social"),
            ("x", nil, "sm", "", "Organic Social"),
            ("facebook", .social, "video", "", "Organic Social"),
            ("vimeo", .video, "", "", "Organic Video"), ("x", nil, "my-video", "", "Organic Video"),
            ("bing", .search, "", "", "Organic Search"),
            ("x", nil, "organic", "", "Organic Search"),
            ("chatgpt.com", .ai, "", "", "AI Assistants"),
            ("x", nil, "ai-assistant", "", "AI Assistants"),
            ("mail.example", .mail, "referral", "", "Email"),
            ("x", nil, "referral", "", "Referral"), ("email", nil, "link", "", "Referral"),
            ("x", nil, "app", "", "Referral"), ("x", nil, "e-mail", "", "Email"),
            ("e mail", nil, "", "", "Email"), ("x", nil, "newsletter", "", "Unassigned"),
            ("x", nil, "affiliate", "", "Affiliates"), ("x", nil, "affiliates", "", "Affiliates"),
            ("x", nil, "audio", "", "Audio"), ("sms", nil, "", "", "SMS"),
            ("", nil, "sms", "", "SMS"),
            ("x", nil, "web-push", "", "Mobile Push Notifications"),
            ("x", nil, "mobile-app", "", "Mobile Push Notifications"),
            ("x", nil, "notification", "", "Mobile Push Notifications"),
            ("firebase", nil, "", "", "Mobile Push Notifications"),
            ("x", nil, "", "", "Unassigned"), ("", nil, "", "", "Unassigned"),
            ("newsletter", nil, "", "", "Unassigned"), ("x", .other, "", "", "Unassigned"),
        ] as [(String, SourceCategory?, String, String, String)])
    func rules(
        source: String, category: SourceCategory?, medium: String, campaign: String,
        expected: String
    ) {
        let signs = Channel.Signs(
            source: source, category: category, medium: medium, campaign: campaign)
        #expect(Channel.name(of: signs) == expected)
    }
}

@Suite("Channels of the owner's own")
struct ChannelsCustomTests {
    private let visit = Acquisition(
        source: "newsletter", channel: "Unassigned", referrer: "blog.example/a",
        tags: CampaignTags(source: "Newsletter", medium: "mailing", campaign: "Spring 2026"))

    @Test(
        "all conditions must hold, in any case, with stars and question marks",
        arguments: [
            (["utm_source=newsletter"], true), (["source=NEWS*"], true), (["source=*letter"], true),
            (["source=n*w*s*"], true), (["source=news"], false), (["source=*x*"], false),
            (["utm_medium=mail*", "utm_campaign=spring*"], true),
            (["utm_medium=mail*", "utm_campaign=autumn*"], false), (["utm_term=*"], true),
            (["referrer=blog.example*"], true), (["channel=unassigned"], true),
            (["utm_campaign=*20?6"], true), (["utm_campaign=*20?26"], false),
        ])
    func conditions(texts: [String], fits: Bool) throws {
        let channel = try CustomChannel(name: "Newsletters", conditions: texts)
        #expect(channel.fits(visit) == fits)
        #expect([channel].channel(of: visit) == (fits ? "Newsletters" : "Unassigned"))
    }

    @Test("the first that fits names the channel")
    func order() throws {
        let channels = [
            try CustomChannel(name: "A", conditions: ["source=x"]),
            try CustomChannel(name: "B", conditions: ["source=news*"]),
            try CustomChannel(name: "C", conditions: ["source=newsletter"]),
        ]
        #expect(channels.channel(of: visit) == "B")
    }

    @Test(
        "what can't be read is told",
        arguments: [
            ("", ["source=x"]), ("A", []), ("A", ["source"]), ("A", ["colour=red"]),
            ("A", ["source="]),
            ("\u{1B}", ["source=x"]),
        ])
    func refused(name: String, texts: [String]) {
        #expect(throws: CustomChannelError.self) {
            try CustomChannel(name: name, conditions: texts)
        }
    }
}
