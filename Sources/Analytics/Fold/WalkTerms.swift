/// The numbers of a walk's values: those of the vocabulary, and those that only the fold knows:
/// hours, numbers of visits, `(none)`.
struct WalkTerms {
    typealias SessionValues = [(dimension: Int, value: UInt32)]

    private static let acquisitionIndexes = Vocabulary.acquisitionDimensions.map(\.index)
    private static let profileIndexes = Vocabulary.profileDimensions.map(\.index)
    /// More visits than this in one salt period, or days between two, count as this many.
    private static let highest = 400

    private let vocabulary: Vocabulary
    private let noPage: UInt32
    /// By dimension the value that stands for all that have no row of their own; a property's name
    /// has one of its own.
    private let others: [UInt32]
    private let otherProperties: [String: UInt32]
    /// By day of the table, then hour of the day.
    /// By position in the site's settings.
    let goals: [UInt32]
    /// By funnel, then step.
    let funnelSteps: [[UInt32]]
    /// By position among all steps.
    let shopSteps: [UInt32]
    let hours: [[(hour: UInt32, weekdayHour: UInt32)]]

    init(vocabulary: Vocabulary, table: DayTable, goals: GoalMatcher) {
        var terms = vocabulary
        noPage = terms.term("", of: .page)
        hours = table.hours.map { hours in
            hours.map {
                (terms.term($0.label, of: .hour), terms.term($0.weekdayLabel, of: .weekdayHour))
            }
        }
        // In order, so that a number of visits is its own term: see `visits` and `days`.
        for number in 1...Self.highest { _ = terms.term(String(number), of: .visitNumber) }
        _ = terms.term("", of: .daysSinceLastVisit)
        for number in 0...Self.highest { _ = terms.term(String(number), of: .daysSinceLastVisit) }
        self.goals = goals.goals.map { terms.term($0.name, of: .goal) }
        funnelSteps = goals.funnels.map { funnel in
            (1...funnel.steps.count).map { terms.term(funnel.value(ofStep: $0), of: .funnelStep) }
        }
        shopSteps = ShopStep.allCases.map { terms.term($0.rawValue, of: .shopStep) }
        others = Dimension.indexed.map { terms.term(Dimension.otherValue, of: $0) }
        var otherProperties: [String: UInt32] = [:]
        for text in terms.texts(of: .property) {
            let name = Dimension.propertyName(of: text)
            let other = Dimension.property(named: name, value: Dimension.otherValue)
            otherProperties[name] = terms.term(other, of: .property)
        }
        self.otherProperties = otherProperties
        self.vocabulary = terms
    }

    /// What a value counts as when it has no row of its own.
    func other(of value: UInt32, in dimension: Dimension) -> UInt32 {
        guard dimension == .property else { return others[dimension.index] }
        return otherProperties[propertyName(of: value)] ?? others[dimension.index]
    }

    /// The same where only some values are kept: a property that keeps none is no row either.
    func others(of dimension: Dimension, keeping kept: [UInt32]) -> (UInt32) -> UInt32 {
        let names = dimension == .property ? Set(kept.map(propertyName)) : []
        return { value in
            dimension == .property && !names.contains(propertyName(of: value))
                ? others[dimension.index] : other(of: value, in: dimension)
        }
    }

    func propertyName(of value: UInt32) -> String {
        Dimension.propertyName(of: text(value, of: .property))
    }

    /// How many values each dimension has, in the order of their indexes.
    var counts: [Int] { Dimension.indexed.map { vocabulary.count(of: $0) } }

    func text(_ value: UInt32, of dimension: Dimension) -> String {
        vocabulary.text(value, of: dimension)
    }

    /// A session's value in each session dimension; of steps, one for each that it came to.
    func values(
        of span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?,
        _ goals: GoalMatcher
    ) -> SessionValues {
        let first = events[span.first]
        var values: SessionValues = []
        values.reserveCapacity(FoldWalk.dimensionCount)
        values.append((Dimension.entryPage.index, path(span.entryPage)))
        values.append((Dimension.exitPage.index, path(span.exitPage)))
        let acquisition = vocabulary.acquisitions[Int(first.acquisition)]
        for (position, dimension) in Self.acquisitionIndexes.enumerated() {
            values.append((dimension, acquisition[position]))
        }
        let profile = vocabulary.profiles[Int(first.profile)]
        for (position, dimension) in Self.profileIndexes.enumerated() {
            values.append((dimension, profile[position]))
        }
        if let visit {
            values.append((Dimension.visitNumber.index, Self.visits(visit.number)))
            values.append((Dimension.daysSinceLastVisit.index, Self.days(visit.daysSinceLast)))
        }
        for (funnel, reached) in goals.funnelSteps(of: span, events).enumerated() {
            for step in funnelSteps[funnel].prefix(reached) {
                values.append((Dimension.funnelStep.index, step))
            }
        }
        for step in goals.shopSteps(of: span, events) {
            values.append((Dimension.shopStep.index, shopSteps[step]))
        }
        return values
    }

    /// An event's value in each event dimension but the hours.
    func eventValues(of event: FoldEvent) -> [(Dimension, UInt32)] {
        let page = vocabulary.pages[Int(event.page)]
        guard !event.isEngagement, event.name != FoldEvent.pageview else {
            return [(.page, page.path), (.title, page.title)]
        }
        let kind = vocabulary.kinds[event.name]
        var values: [(Dimension, UInt32)] =
            event.isCustom ? [(.event, kind.name)] : [(.page, page.path), (.title, page.title)]
        if kind.details.isPageNotFound { values.append((.notFound, page.path)) }
        for value in kind.details.values { values.append((value.dimension, value.number)) }
        return values
    }

    private func path(_ page: UInt32?) -> UInt32 {
        page.map { vocabulary.pages[Int($0)].path } ?? noPage
    }

    /// A number of visits or days, as the rows have it.
    static func text(_ number: Int) -> String { String(min(number, highest)) }

    private static func visits(_ number: Int) -> UInt32 { UInt32(min(number, highest) - 1) }

    /// `(none)` for a visitor's first session.
    private static func days(_ number: Int?) -> UInt32 {
        number.map { UInt32(min($0, highest) + 1) } ?? 0
    }
}

extension Dimension {
    /// In the order of their indexes.
    static let indexed = allCases.sorted { $0.index < $1.index }

    /// The name of the property that a value of `property` is of.
    static func propertyName(of value: String) -> String {
        // Byte by byte: a sign that combines with the `=` hides none.
        String(decoding: value.utf8.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
    }
}
