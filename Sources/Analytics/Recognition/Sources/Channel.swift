/// Google Analytics 4's default channel group, by its own names and in its own order, and beside
/// it `AI Assistants` (support.google.com/analytics/answer/9756891; the rules as DESIGN's
/// companion on wire formats quotes them).
package enum Channel {
    package static let direct = "Direct"
    package static let crossNetwork = "Cross-network"
    package static let paidShopping = "Paid Shopping"
    package static let paidSearch = "Paid Search"
    package static let paidSocial = "Paid Social"
    package static let paidVideo = "Paid Video"
    package static let display = "Display"
    package static let paidOther = "Paid Other"
    package static let organicShopping = "Organic Shopping"
    package static let organicSocial = "Organic Social"
    package static let organicVideo = "Organic Video"
    package static let organicSearch = "Organic Search"
    package static let aiAssistants = "AI Assistants"
    package static let referral = "Referral"
    package static let email = "Email"
    package static let affiliates = "Affiliates"
    package static let audio = "Audio"
    package static let sms = "SMS"
    package static let mobilePush = "Mobile Push Notifications"
    package static let unassigned = "Unassigned"

    package static let names = [
        direct, crossNetwork, paidShopping, paidSearch, paidSocial, paidVideo, display, paidOther,
        organicShopping, organicSocial, organicVideo, organicSearch, aiAssistants, referral, email,
        affiliates, audio, sms, mobilePush, unassigned,
    ]

    /// What the rules look at; texts in any case.
    package struct Signs: Sendable {
        /// As tagged, or the host that referred; "" for none.
        package var source: String
        /// Of the source, or of whoever's ad it was; `nil` when unknown.
        package var category: SourceCategory?
        /// As tagged, or what stands for it: `cpc` for an ad's click id, `referral` for an
        /// untagged link; "" for none.
        package var medium: String
        package var campaign: String

        package init(
            source: String, category: SourceCategory?, medium: String, campaign: String
        ) {
            self.source = source
            self.category = category
            self.medium = medium
            self.campaign = campaign
        }
    }

    /// The first rule that fits.
    package static func name(of signs: Signs) -> String {
        let source = signs.source.lowercased()
        let medium = signs.medium.lowercased()
        let campaign = signs.campaign.lowercased()
        if source == "(direct)", isMissing(medium) { return direct }
        if ASCII.text(campaign, has: "cross-network") { return crossNetwork }
        let category =
            namesShopping(campaign) && signs.category != .shopping
            ? SourceCategory.shopping : signs.category
        return paid(category, medium) ?? organic(category, medium)
            ?? other(source, category, medium)
    }

    private static func paid(_ category: SourceCategory?, _ medium: String) -> String? {
        if isPaid(medium) {
            switch category {
            case .shopping: return paidShopping
            case .search: return paidSearch
            case .social: return paidSocial
            case .video: return paidVideo
            default: break
            }
        }
        switch medium {
        case "display", "banner", "expandable", "interstitial", "cpm": return display
        default: return isPaid(medium) ? paidOther : nil
        }
    }

    private static func organic(_ category: SourceCategory?, _ medium: String) -> String? {
        if category == .shopping { return organicShopping }
        switch medium {
        case "social", "social-network", "social-media", "sm", "social network", "social media":
            return organicSocial
        default: break
        }
        if category == .social { return organicSocial }
        if category == .video || ASCII.text(medium, has: "video") { return organicVideo }
        if category == .search || medium == "organic" { return organicSearch }
        if category == .ai || medium == "ai-assistant" { return aiAssistants }
        // GA4 knows no web mail; without this it would be a referral.
        return category == .mail ? email : nil
    }

    private static func other(
        _ source: String, _ category: SourceCategory?, _ medium: String
    ) -> String {
        switch medium {
        case "referral", "app", "link": return referral
        case "affiliate", "affiliates": return affiliates
        default: break
        }
        if isMail(source) || isMail(medium) { return email }
        if medium == "audio" { return audio }
        if source == "sms" || medium == "sms" { return sms }
        if ASCII.text(medium, endsWith: "push") || ASCII.text(medium, has: "mobile")
            || ASCII.text(medium, has: "notification") || source == "firebase"
        {
            return mobilePush
        }
        return unassigned
    }

    // MARK: Words

    private static func isMissing(_ text: String) -> Bool {
        text.isEmpty || text == "(none)" || text == "(not set)"
    }

    private static func isMail(_ text: String) -> Bool {
        text == "email" || text == "e-mail" || text == "e_mail" || text == "e mail"
    }

    /// GA4: `^(.*cp.*|ppc|retargeting|paid.*)$`.
    static func isPaid(_ medium: String) -> Bool {
        ASCII.text(medium, has: "cp") || medium == "ppc" || medium == "retargeting"
            || medium.utf8.starts(with: "paid".utf8)
    }

    /// GA4: `^(.*(([^a-df-z]|^)shop|shopping).*)$`, which takes `e-shop` and `eshop` and leaves
    /// `workshop`.
    static func namesShopping(_ campaign: String) -> Bool {
        guard ASCII.text(campaign, has: "shop") else { return false }
        if ASCII.text(campaign, has: "shopping") { return true }
        let bytes = Array(campaign.utf8)
        let shop = Array("shop".utf8)
        return bytes.indices.dropLast(3).contains { start in
            bytes[start..<(start + 4)].elementsEqual(shop)
                && (start == 0 || !ASCII.isLower(bytes[start - 1])
                    || bytes[start - 1] == UInt8(ascii: "e"))
        }
    }
}
