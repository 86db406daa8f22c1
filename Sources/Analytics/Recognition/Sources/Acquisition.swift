/// Where a visit came from; the first event of a session decides.
package struct Acquisition: Hashable, Sendable {
    /// `Google`, `newsletter`, `shop.example`; `Direct` when nobody sent the visitor, `(none)`
    /// when a tagged link doesn't say who did.
    package var source: String
    /// One of `Channel`'s names. A site's own channels take its place in figures alone, so that
    /// they can be changed for events that are there already.
    package var channel: String
    /// Host and cleaned path of the page before, without its query; "" for none, for the site's
    /// own pages, and for mail, whose addresses tell of the reader.
    package var referrer: String
    package var tags: CampaignTags

    package init(source: String, channel: String, referrer: String = "", tags: CampaignTags = .none)
    {
        self.source = source
        self.channel = channel
        self.referrer = referrer
        self.tags = tags
    }

    package static let nameOfDirect = "Direct"
    package static let nameOfUnknown = "(none)"

    package static let direct = Acquisition(source: nameOfDirect, channel: Channel.direct)

    /// Whether nobody is known to have sent the visitor.
}

/// The `utm_…` parameters as sent, scrubbed; "" for none.
package struct CampaignTags: Hashable, Sendable {
    /// In scalars, of each: names of campaigns are shorter, what is longer is no name.
    package static let limit = 120

    package var source: String
    package var medium: String
    package var campaign: String
    package var content: String
    package var term: String

    package init(
        source: String = "", medium: String = "", campaign: String = "", content: String = "",
        term: String = ""
    ) {
        self.source = source
        self.medium = medium
        self.campaign = campaign
        self.content = content
        self.term = term
    }

    package static let none = CampaignTags()
}
