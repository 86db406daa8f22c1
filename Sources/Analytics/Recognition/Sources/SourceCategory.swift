/// What kind of sender a source is. The first four are Google Analytics' categories
/// (support.google.com/analytics/answer/9756891); the table of sources gives each its own.
package enum SourceCategory: String, Hashable, Sendable, CaseIterable {
    case search
    case social
    case shopping
    case video
    /// Assistants that answer in words and link to pages: ChatGPT, Claude, Gemini.
    case ai
    /// Mail read in a browser or an app.
    case mail
    /// Payments and sign-ins: visitors only pass through and come back, so nobody was sent by it.
    case passage
    /// Known by name, of no kind that a channel is made of.
    case other
}

/// A sender that the tables know.
package struct KnownSource: Hashable, Sendable {
    /// As dashboards show it: `Google`, `Hacker News`.
    package let name: String
    package let category: SourceCategory
}
