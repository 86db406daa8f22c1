/// Why something is taken for a bot.
package struct BotVerdict: Hashable, Sendable {
    /// A stable name such as `gptbot`, `curl`, `webdriver`: one that the tables or `BotRules` hold,
    /// never a piece of the user agent, which must not reach the disk.
    package var rule: String
    package var category: BotCategory

    package init(rule: String, category: BotCategory) {
        self.rule = rule
        self.category = category
    }
}
