/// How much one rule took for bots, on some days of a site.
package struct CaughtBots: Hashable, Sendable {
    /// The rule's stable name: `googlebot`, `webdriver`.
    package var rule: String
    /// `nil` for a rule that this version doesn't have any more.
    package var category: BotCategory?
    /// That are set aside; a partition holds 200,000 at most, and the books count on.
    package var beacons: Int
    /// Whether the site lets them in: they count, and what else the rule would have caught since
    /// was not set aside.
    package var isAllowed: Bool

    package init(rule: String, category: BotCategory?, beacons: Int, isAllowed: Bool = false) {
        self.rule = rule
        self.category = category
        self.beacons = beacons
        self.isAllowed = isAllowed
    }

    /// With the rules' categories, the largest first.
    package static func sorted(
        _ beaconsByRule: [String: Int], allowed: [String] = [],
        verdicts: [BotVerdict] = BotRules.standard.verdicts
    ) -> [CaughtBots] {
        let categories = Dictionary(
            verdicts.map { ($0.rule, $0.category) }, uniquingKeysWith: { first, _ in first })
        return beaconsByRule.map { rule, beacons in
            CaughtBots(
                rule: rule, category: categories[rule], beacons: beacons,
                isAllowed: allowed.contains(rule))
        }.sorted { ($0.beacons, $1.rule) > ($1.beacons, $0.rule) }
    }
}
