/// Why something is taken for a bot.
package struct BotVerdict: Hashable, Sendable {
    /// A stable name such as `gptbot`, `curl`, `webdriver`: one that the tables or the list below
    /// hold, never a piece of the user agent, which must not reach the disk.
    package var rule: String
    package var category: BotCategory

    package init(rule: String, category: BotCategory) {
        self.rule = rule
        self.category = category
    }
}

/// The verdicts that no table's row gives, but the whole of what was sent.
extension BotVerdict {
    /// No user agent at all, or the `-` of a log.
    static let emptyUserAgent = BotVerdict(rule: "empty_user_agent", category: .other)
    /// Not of a browser's form, and naming no browser, application or device that is known.
    static let noBrowser = BotVerdict(rule: "no_browser", category: .other)
    /// `compatible;` within Chrome's user agent.
    static let compatibleWord = BotVerdict(rule: "compatible_word", category: .crawler)
    /// A mail address to write to.
    static let contactAddress = BotVerdict(rule: "contact_address", category: .crawler)
    /// `navigator.webdriver`: the browser says that a program drives it.
    static let webdriver = BotVerdict(rule: "webdriver", category: .headless)
    /// A brand of Chrome without a window in the client hints.
    static let headlessHints = BotVerdict(rule: "headless_hints", category: .headless)
    /// Chrome of one version by its user agent, of another by its client hints.
    static let contradictingHints = BotVerdict(rule: "contradicting_hints", category: .headless)
    /// A browser's own request without the header that every browser sends.
    static let noAcceptLanguage = BotVerdict(rule: "no_accept_language", category: .headless)

    /// From a network that the owner lists as a data centre's: people don't browse from there.
    static let dataCenter = BotVerdict(rule: "data_center", category: .other)
    /// Sent by a host that the owner lists as a spammer's.
    static let referrerSpam = BotVerdict(rule: "referrer_spam", category: .spam)

    static let ofNoTable = [
        emptyUserAgent, noBrowser, compatibleWord, contactAddress, webdriver, headlessHints,
        contradictingHints, noAcceptLanguage, dataCenter, referrerSpam,
    ]
}
