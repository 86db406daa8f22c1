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
