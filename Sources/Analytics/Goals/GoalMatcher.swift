/// A site's goals, funnels and shop steps in the numbers of one fold: each text is compared with
/// the patterns once, not once an event.
struct GoalMatcher {
    /// What an event or a page is wanted for.
    private struct Wanted {
        /// Positions among the goals.
        var goals: [Int] = []
        var shopStep: Int?
        /// By funnel, a bit for each step.
        var funnelSteps: [UInt16] = []

        func has(step: Int, of funnel: Int) -> Bool { funnelSteps[funnel] >> step & 1 == 1 }
    }

    let goals: [Goal]
    let funnels: [Funnel]
    private let kinds: EventKinds
    private let pagePaths: [UInt32]
    /// By number of the event's name, and of the page's path.
    private let events: [Wanted]
    private let pages: [Wanted]
    private let hasShopSteps: Bool

    init(_ settings: SiteSettings, vocabulary: Vocabulary) {
        goals = settings.goals
        funnels = settings.funnels
        kinds = vocabulary.kinds
        pagePaths = vocabulary.pages.map(\.path)
        let shopSteps = ShopStep.allCases.map(\.event)
        events = vocabulary.texts(of: .event).map { name in
            var wanted = Self.wanted(.event, name, settings)
            wanted.shopStep = shopSteps.firstIndex(of: name)
            return wanted
        }
        pages = vocabulary.texts(of: .page).map { Self.wanted(.page, $0, settings) }
        hasShopSteps = events.contains { $0.shopStep != nil }
    }

    private static func wanted(
        _ kind: GoalTarget.Kind, _ text: String, _ settings: SiteSettings
    ) -> Wanted {
        func isMet(_ target: GoalTarget) -> Bool {
            target.kind == kind && Glob(target.pattern).matches(text)
        }
        return Wanted(
            goals: settings.goals.indices.filter { isMet(settings.goals[$0].target) },
            funnelSteps: settings.funnels.map { funnel in
                funnel.steps.enumerated()
                    .reduce(0) { isMet($1.element) ? $0 | 1 << UInt16($1.offset) : $0 }
            })
    }

    private func wanted(_ event: FoldEvent) -> Wanted? {
        if event.isEngagement { return nil }
        return event.isCustom
            ? events[Int(kinds[event.name].name)] : pages[Int(pagePaths[Int(event.page)])]
    }

    /// Positions of the goals that an event reaches.
    func goals(of event: FoldEvent) -> [Int] {
        goals.isEmpty ? [] : wanted(event)?.goals ?? []
    }

    func reachesGoal(_ span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>) -> Bool
    {
        !goals.isEmpty && span.range.contains { !goals(of: events[$0]).isEmpty }
    }

    /// How many steps of each funnel a session comes to, one event for each step.
    func funnelSteps(
        of span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>
    ) -> [Int] {
        guard !funnels.isEmpty else { return [] }
        var reached = Array(repeating: 0, count: funnels.count)
        for index in span.range {
            guard let wanted = wanted(events[index]) else { continue }
            for (funnel, step) in reached.enumerated()
            where step < funnels[funnel].steps.count && wanted.has(step: step, of: funnel) {
                reached[funnel] += 1
            }
        }
        return reached
    }

    /// Positions among `ShopStep.allCases`.
    func shopSteps(
        of span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>
    ) -> [Int] {
        guard hasShopSteps, span.customEvents > 0 else { return [] }
        var steps: Set<ShopStep> = []
        for index in span.range where events[index].isCustom {
            if let step = wanted(events[index])?.shopStep { steps.insert(ShopStep.allCases[step]) }
        }
        if !steps.contains(.purchased) {
            if steps.contains(.cart) { steps.insert(.cartLeft) }
            if steps.contains(.checkout) { steps.insert(.checkoutLeft) }
        }
        return ShopStep.allCases.indices.filter { steps.contains(ShopStep.allCases[$0]) }
    }

    /// The values of `funnel_step` and `shop_step` that a session has, as text.
    func texts(
        of dimension: Dimension, _ span: Sessionizer.Stretch,
        _ events: UnsafeBufferPointer<FoldEvent>
    ) -> [String] {
        if dimension == .shopStep {
            return shopSteps(of: span, events).map { ShopStep.allCases[$0].rawValue }
        }
        return zip(funnels, funnelSteps(of: span, events)).flatMap { funnel, reached in
            (0..<reached).map { funnel.value(ofStep: $0 + 1) }
        }
    }
}
