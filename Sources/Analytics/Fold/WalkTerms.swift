/// The numbers of a walk's values: those of the vocabulary, and those that only the fold knows:
/// hours, numbers of visits, `(none)`.
struct WalkTerms {
    /// What a session is counted by.
    struct SessionValues {
        let entryPage: UInt32
        let exitPage: UInt32
        /// The vocabulary's number.
        let acquisition: UInt32
        /// The vocabulary's number.
        let profile: UInt32
        let visit: Visit?
        var steps: [(section: Int, value: UInt32)] = []
    }

    // Sections of the tallies: the dimensions by index, and these. The totals have one value, 0.
    static let totals = Dimension.allCases.count
    static let acquisitions = totals + 1
    static let profiles = totals + 2

    /// More visits than this in one salt period, or days between two, count as this many.
    private static let highest = 400

    /// By index, whether the dimension is wanted.
    let isWanted: [Bool]
    private let vocabulary: Vocabulary
    private let noPage: UInt32
    /// Whether anybody wants hours, of the day or of the week.
    let countsHours: Bool
    /// By section, whether a session is counted there as a whole, and not only its visitor.
    let isCountedWhole: [Bool]
    /// Of the dimensions that are wanted, where the vocabulary has them, and their indexes.
    let acquisitionPlaces: [(position: Int, dimension: Int)]
    let profilePlaces: [(position: Int, dimension: Int)]
    /// By number of the vocabulary, the values of these dimensions one after the other.
    private let acquisitionValues: [UInt32]
    private let profileValues: [UInt32]
    /// By dimension the value that stands for all that have no row of their own; a property's name
    /// has one of its own.
    private let others: [UInt32]
    private let otherProperties: [String: UInt32]
    /// By position in the site's settings.
    let goals: [UInt32]
    /// By funnel, then step.
    let funnelSteps: [[UInt32]]
    /// By position among all steps.
    let shopSteps: [UInt32]
    /// By day of the table, then hour of the day.
    let hours: [[(hour: UInt32, weekdayHour: UInt32)]]

    init(
        vocabulary: Vocabulary, table: DayTable, goals: GoalMatcher, dimensions: Set<Dimension>
    ) {
        isWanted = Dimension.indexed.map(dimensions.contains)
        func places(of known: [Dimension]) -> [(position: Int, dimension: Int)] {
            known.enumerated().filter { dimensions.contains($0.element) }
                .map { ($0.offset, $0.element.index) }
        }
        acquisitionPlaces = places(of: Vocabulary.acquisitionDimensions)
        profilePlaces = places(of: Vocabulary.profileDimensions)
        acquisitionValues = vocabulary.acquisitions.flatMap { [acquisitionPlaces] values in
            acquisitionPlaces.map { values[$0.position] }
        }
        profileValues = vocabulary.profiles.flatMap { [profilePlaces] values in
            profilePlaces.map { values[$0.position] }
        }
        countsHours = dimensions.contains { $0.isOfTime }
        let parts = Vocabulary.acquisitionDimensions + Vocabulary.profileDimensions
        isCountedWhole = Dimension.indexed.map { !parts.contains($0) } + [true]
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

    /// How many values each section has; none where nothing is counted.
    var capacities: [Int] {
        Dimension.indexed.map { dimension in
            isWanted[dimension.index] || dimension.isOfTime && countsHours
                ? vocabulary.count(of: dimension) : 0
        } + [1, vocabulary.acquisitions.count, vocabulary.profiles.count]
    }

    func text(_ value: UInt32, of dimension: Dimension) -> String {
        vocabulary.text(value, of: dimension)
    }

    /// A session's values, in the sections that they are counted in.
    func values(
        of span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?,
        _ goals: GoalMatcher
    ) -> SessionValues {
        let first = events[span.first]
        var values = SessionValues(
            entryPage: path(span.entryPage), exitPage: path(span.exitPage),
            acquisition: first.acquisition, profile: first.profile, visit: visit)
        if isWanted[Dimension.funnelStep.index] {
            for (funnel, reached) in goals.funnelSteps(of: span, events).enumerated() {
                for step in funnelSteps[funnel].prefix(reached) {
                    values.steps.append((Dimension.funnelStep.index, step))
                }
            }
        }
        if isWanted[Dimension.shopStep.index] {
            for step in goals.shopSteps(of: span, events) {
                values.steps.append((Dimension.shopStep.index, shopSteps[step]))
            }
        }
        return values
    }

    /// Calls `body` with the totals and with each wanted session dimension in which a session has a
    /// value; of steps, with each that it came to.
    @inline(__always)
    func forEachSection(
        of values: SessionValues, _ body: (_ section: Int, _ value: UInt32) -> Void
    ) {
        body(Self.totals, 0)
        if isWanted[Dimension.entryPage.index] {
            body(Dimension.entryPage.index, values.entryPage)
        }
        if isWanted[Dimension.exitPage.index] { body(Dimension.exitPage.index, values.exitPage) }
        var index = Int(values.acquisition) * acquisitionPlaces.count
        for place in acquisitionPlaces {
            body(place.dimension, acquisitionValues[index])
            index += 1
        }
        index = Int(values.profile) * profilePlaces.count
        for place in profilePlaces {
            body(place.dimension, profileValues[index])
            index += 1
        }
        if let visit = values.visit {
            if isWanted[Dimension.visitNumber.index] {
                body(Dimension.visitNumber.index, Self.visits(visit.number))
            }
            if isWanted[Dimension.daysSinceLastVisit.index] {
                body(Dimension.daysSinceLastVisit.index, Self.days(visit.daysSinceLast))
            }
        }
        for (section, value) in values.steps { body(section, value) }
    }

    /// The values, by position, of an acquisition or a profile.
    func values(of number: UInt32, in section: Int) -> [UInt32] {
        section == Self.acquisitions
            ? vocabulary.acquisitions[Int(number)] : vocabulary.profiles[Int(number)]
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
