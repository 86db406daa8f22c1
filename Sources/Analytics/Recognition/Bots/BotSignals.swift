/// What a beacon, or a line of a log, shows of the program that sent it.
///
/// `nil` is for what is not known: a log holds no headers, and no rule fires on their absence there.
package struct BotSignals: Hashable, Sendable {
    package var userAgent: String
    /// `navigator.webdriver`, as the tracker read it.
    package var webdriver: Bool
    package var hasAcceptLanguage: Bool?
    /// Whether any `Sec-Fetch-*` header came: only a browser's own request has them, one that a
    /// server passes on in a visitor's name has not.
    package var hasFetchMetadata: Bool?
    package var hints: ClientHints

    package init(
        userAgent: String, webdriver: Bool = false, hasAcceptLanguage: Bool? = nil,
        hasFetchMetadata: Bool? = nil, hints: ClientHints = .none
    ) {
        self.userAgent = userAgent
        self.webdriver = webdriver
        self.hasAcceptLanguage = hasAcceptLanguage
        self.hasFetchMetadata = hasFetchMetadata
        self.hints = hints
    }
}
