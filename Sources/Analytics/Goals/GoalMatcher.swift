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
        let targets = Targets(settings)
        events = vocabulary.texts(of: .event).map { name in
            var wanted = targets.wanted(.event, name)
            wanted.shopStep = shopSteps.firstIndex(of: name)
            return wanted
        }
        pages =
            targets.hasPages ? vocabulary.texts(of: .page).map { targets.wanted(.page, $0) } : []
        hasShopSteps = events.contains { $0.shopStep != nil }
    }

    /// What goals and funnels wait for, their patterns taken apart once.
    private struct Targets {
        private struct Target {
            let kind: GoalTarget.Kind
            let glob: Glob

            init(_ target: GoalTarget) {
                kind = target.kind
                glob = Glob(target.pattern)
            }
        }

        private let goals: [Target]
        private let funnels: [[Target]]
        let hasPages: Bool

        init(_ settings: SiteSettings) {
            goals = settings.goals.map { Target($0.target) }
            funnels = settings.funnels.map { $0.steps.map(Target.init) }
            hasPages = (goals + funnels.joined()).contains { $0.kind == .page }
        }

        func wanted(_ kind: GoalTarget.Kind, _ text: String) -> Wanted {
            let signs = Array(text.unicodeScalars)
            func isMet(_ target: Target) -> Bool {
                target.kind == kind && target.glob.matches(signs)
            }
            return Wanted(
                goals: goals.indices.filter { isMet(goals[$0]) },
                funnelSteps: funnels.map { steps in
                    steps.enumerated()
                        .reduce(0) { isMet($1.element) ? $0 | 1 << UInt16($1.offset) : $0 }
                })
        }
    }

    private func wanted(_ event: FoldEvent) -> Wanted? {
        if event.isEngagement { return nil }
        if event.isCustom { return events[Int(kinds[event.name].name)] }
        return pages.isEmpty ? nil : pages[Int(pagePaths[Int(event.page)])]
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
        // A bit for each position.
        var came = 0
        for index in span.range where events[index].isCustom {
            if let step = self.events[Int(kinds[events[index].name].name)].shopStep {
                came |= 1 << step
            }
        }
        guard came != 0 else { return [] }
        func has(_ step: ShopStep) -> Bool {
            came >> ShopStep.allCases.firstIndex(of: step)! & 1 == 1
        }
        return ShopStep.allCases.enumerated().compactMap { position, step in
            let isLeft =
                step == .cartLeft && has(.cart) || step == .checkoutLeft && has(.checkout)
            return has(step) || isLeft && !has(.purchased) ? position : nil
        }
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
