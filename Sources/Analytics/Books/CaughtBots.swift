/// How much one rule took for bots, on some days of a site.
package struct CaughtBots: Hashable, Sendable {
    /// The rule's stable name: `googlebot`, `webdriver`.
    package var rule: String
    /// `nil` for a rule that this version doesn't have any more.
    package var category: BotCategory?
    /// That are set aside; a partition holds 200,000 at most, and the books count on.
    package var beacons: Int

    package init(rule: String, category: BotCategory?, beacons: Int) {
        self.rule = rule
        self.category = category
        self.beacons = beacons
    }

    /// With the categories of the built-in rules, the largest first.
    package static func sorted(_ beaconsByRule: [String: Int]) -> [CaughtBots] {
        let categories = Dictionary(
            uniqueKeysWithValues: BotRules.standard.verdicts.map { ($0.rule, $0.category) })
        return beaconsByRule.map { rule, beacons in
            CaughtBots(rule: rule, category: categories[rule], beacons: beacons)
        }.sorted { ($0.beacons, $1.rule) > ($1.beacons, $0.rule) }
    }
}
