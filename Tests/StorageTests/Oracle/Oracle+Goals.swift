import Analytics

extension Oracle {
    /// The visits that no exclusion hides.
    var shownVisits: [Visit] {
        visits.filter { visit in
            !settings.exclusions.contains { matches(visit, $0.sessions) }
        }
    }

    /// The first of the site's own channels that fits, or the standard one.
    func channel(of acquisition: Acquisition) -> String {
        let tags = acquisition.tags
        let values: [Dimension: String] = [
            .source: acquisition.source, .channel: acquisition.channel,
            .referrer: acquisition.referrer, .utmSource: tags.source, .utmMedium: tags.medium,
            .utmCampaign: tags.campaign, .utmContent: tags.content, .utmTerm: tags.term,
        ]
        let fitting = settings.channels.first { channel in
            channel.conditions.allSatisfy { condition in
                let value = values[condition.field]!.lowercased()
                let pattern = condition.pattern.lowercased()
                guard value != "" else { return pattern == "*" || pattern == "(none)" }
                // The patterns of `World` end with their only star.
                return pattern.hasSuffix("*")
                    ? value.hasPrefix(pattern.dropLast()) : value == pattern
            }
        }
        return fitting?.name ?? acquisition.channel
    }

    private func isMet(_ target: GoalTarget, by placed: Placed) -> Bool {
        let text: String?
        switch (target.kind, placed.event.kind) {
        case (.page, .pageview): text = placed.event.page.path
        case (.event, .custom(let name, _)): text = name
        default: text = nil
        }
        guard let text else { return false }
        // The patterns of `World` end with their only star.
        return target.pattern.hasSuffix("*")
            ? text.hasPrefix(target.pattern.dropLast()) : text == target.pattern
    }

    func goals(of placed: Placed) -> [Goal] {
        settings.goals.filter { isMet($0.target, by: placed) }
    }

    /// The steps of funnels and to an order that a visit comes to.
    func steps(of visit: Visit) -> [(Dimension?, String)] {
        var found: [(Dimension?, String)] = []
        for funnel in settings.funnels {
            var rest = visit.events[...]
            for (number, step) in funnel.steps.enumerated() {
                guard let index = rest.firstIndex(where: { isMet(step, by: $0) }) else { break }
                rest = rest[(index + 1)...]
                found.append((.funnelStep, "\(funnel.name)/\(number + 1)"))
            }
        }
        let names = Set(visit.events.compactMap(\.customName))
        let steps = [
            ("view_item", "product viewed"), ("add_to_cart", "added to cart"),
            ("begin_checkout", "checkout begun"), ("purchase", "purchased"),
        ]
        found += steps.filter { names.contains($0.0) }.map { (.shopStep, $0.1) }
        guard !names.contains("purchase") else { return found }
        if names.contains("add_to_cart") { found.append((.shopStep, "cart left")) }
        if names.contains("begin_checkout") { found.append((.shopStep, "checkout left")) }
        return found
    }

    func matches(_ visit: Visit, _ filter: SessionFilter) -> Bool {
        if let most = filter.mostEngagedSeconds, visit.engagedMilliseconds > Int64(most) * 1_000 {
            return false
        }
        return filter.conditions.allSatisfy { has($0, visit) == ($0.comparison != .unequal) }
    }

    private func has(_ condition: FilterCondition, _ visit: Visit) -> Bool {
        func isWanted(_ value: String) -> Bool {
            condition.comparison == .like && condition.value.hasSuffix("*")
                ? value.hasPrefix(condition.value.dropLast()) : value == condition.value
        }
        switch condition.dimension {
        case .page: return visit.views.contains { isWanted($0.event.page.path) }
        case .title: return visit.views.contains { isWanted($0.event.page.title) }
        case .event: return visit.events.contains { $0.customName.map(isWanted) ?? false }
        case .goal:
            return visit.events.contains { goals(of: $0).map(\.name).contains(where: isWanted) }
        case .funnelStep, .shopStep:
            return steps(of: visit).contains { $0.0 == condition.dimension && isWanted($0.1) }
        case .property, .notFound:
            return visit.events.contains { placed in
                Self.eventValues(placed).contains {
                    $0.0 == condition.dimension && isWanted($0.1)
                }
            }
        default: return visit.values[condition.dimension].map(isWanted) ?? false
        }
    }
}
