/// What a program that is not a person's browser is there for.
package enum BotCategory: String, Hashable, Sendable, CaseIterable {
    /// A search engine's crawler, or one of unknown purpose.
    case crawler
    /// Collects pages to train models or to index them for assistants.
    case aiCrawler = "ai_crawler"
    /// Fetches a page because a person asked an assistant.
    case aiFetcher = "ai_fetcher"
    case seo
    case advertising
    /// Keeps copies of sites, for the public or for one person.
    case archiver
    case feed
    /// Shows a link's title and picture in a chat or a post.
    case preview
    /// Uptime, speed and correctness.
    case monitor
    /// Looks for weaknesses.
    case scanner
    /// A browser driven by a script.
    case headless
    /// A programming library or a command-line tool.
    case library
    /// Wants its address to be read in reports of sources.
    case spam
    case other
}
