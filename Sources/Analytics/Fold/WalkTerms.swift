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
    /// By day of the table, then hour of the day.
    let hours: [[(hour: UInt32, weekdayHour: UInt32)]]

    init(vocabulary: Vocabulary, table: DayTable) {
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
        self.vocabulary = terms
    }

    /// How many values each dimension has, in the order of their indexes.
    var counts: [Int] { Dimension.allCases.map { vocabulary.count(of: $0) } }

    func text(_ value: UInt32, of dimension: Dimension) -> String {
        vocabulary.text(value, of: dimension)
    }

    /// A session's value in each session dimension.
    func values(
        of span: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?
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
        return values
    }

    /// An event's value in each event dimension but the hours.
    func eventValues(of event: FoldEvent) -> [(Dimension, UInt32)] {
        if event.name > 0 { return [(.event, vocabulary.names[Int(event.name)].term)] }
        let page = vocabulary.pages[Int(event.page)]
        return [(.page, page.path), (.title, page.title)]
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
    private static let byIndex = allCases.sorted { $0.index < $1.index }

    static func at(_ index: Int) -> Dimension { byIndex[index] }
}
