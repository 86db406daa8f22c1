/// Keeps whole sessions: those with a value, for a session dimension; those with at least one
/// such event, for an event dimension.
package struct SessionFilter: Hashable, Sendable {
    package var dimension: Dimension
    package var value: String

    package init(dimension: Dimension, value: String) {
        self.dimension = dimension
        self.value = value
    }

    func matches(
        _ session: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ fold: SiteFold,
        _ visit: Visit?
    ) -> Bool {
        let vocabulary = fold.vocabulary
        let first = events[session.first]
        if let index = Vocabulary.acquisitionDimensions.firstIndex(of: dimension) {
            return wanted(vocabulary) == vocabulary.acquisitions[Int(first.acquisition)][index]
        }
        if let index = Vocabulary.profileDimensions.firstIndex(of: dimension) {
            return wanted(vocabulary) == vocabulary.profiles[Int(first.profile)][index]
        }
        func path(_ page: UInt32?) -> UInt32? { page.map { vocabulary.pages[Int($0)].path } }
        switch dimension {
        case .entryPage: return matches(path(session.entryPage), vocabulary)
        case .exitPage: return matches(path(session.exitPage), vocabulary)
        case .visitNumber: return visit.map { String($0.number) } == value
        case .daysSinceLastVisit:
            guard let visit else { return false }
            return (visit.daysSinceLast.map { String($0) } ?? Dimension.unknownValue) == value
        case .hour:
            let start = Instant(milliseconds: session.start)
            let day = fold.calendar.day(of: start)
            return fold.calendar.hours(of: day).last { $0.start <= start }?.label == value
        default:
            return session.range.contains { index in
                let event = events[index]
                switch dimension {
                case .event:
                    return event.name > 0
                        && wanted(vocabulary) == vocabulary.names[Int(event.name)].term
                case .page:
                    return event.name == 0
                        && wanted(vocabulary) == vocabulary.pages[Int(event.page)].path
                case .title:
                    return event.name == 0
                        && wanted(vocabulary) == vocabulary.pages[Int(event.page)].title
                default: return false
                }
            }
        }
    }

    private func wanted(_ vocabulary: Vocabulary) -> UInt32? {
        vocabulary.number(ifPresent: value, of: dimension)
    }

    /// A session of custom events only has no entry page: it is found by `(none)`.
    private func matches(_ term: UInt32?, _ vocabulary: Vocabulary) -> Bool {
        guard let term else { return value == Dimension.unknownValue }
        return term == wanted(vocabulary)
    }
}
