/// A `SessionFilter` in the numbers of one fold: each text is compared once, not once a session.
struct FilterMatcher {
    private enum Place {
        case acquisition(Int)
        case profile(Int)
        case other
    }

    private struct Condition {
        let dimension: Dimension
        let place: Place
        let isNegated: Bool
        /// By number of the dimension's vocabulary.
        let isWanted: [Bool]
        /// `isWanted` of what stands in no vocabulary: hours, numbers of visits, `(none)`.
        let isWantedText: (String) -> Bool
    }

    private let conditions: [Condition]
    private let mostEngaged: Int64
    private let vocabulary: Vocabulary
    private let goals: GoalMatcher

    init(_ filter: SessionFilter, vocabulary: Vocabulary, goals: GoalMatcher) {
        self.goals = goals
        self.vocabulary = vocabulary
        mostEngaged = filter.mostEngagedSeconds.map { Int64($0) * 1_000 } ?? .max
        conditions = filter.conditions.map { condition in
            let glob = Glob(condition.value)
            let isWantedText: (String) -> Bool =
                condition.comparison == .like
                ? { glob.matches($0) } : { $0 == condition.value }
            let dimension = condition.dimension
            let place: Place
            if let index = Vocabulary.acquisitionDimensions.firstIndex(of: dimension) {
                place = .acquisition(index)
            } else if let index = Vocabulary.profileDimensions.firstIndex(of: dimension) {
                place = .profile(index)
            } else {
                place = .other
            }
            return Condition(
                dimension: dimension, place: place, isNegated: condition.comparison == .unequal,
                isWanted: vocabulary.texts(of: dimension).map(isWantedText),
                isWantedText: isWantedText)
        }
    }

    /// - Parameter hour: the hour in which the session starts, with its weekday.
    func matches(
        _ session: Sessionizer.Stretch, _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?,
        hour: () -> String
    ) -> Bool {
        session.engagedMilliseconds <= mostEngaged
            && conditions.allSatisfy { has($0, session, events, visit, hour) != $0.isNegated }
    }

    private func has(
        _ condition: Condition, _ session: Sessionizer.Stretch,
        _ events: UnsafeBufferPointer<FoldEvent>, _ visit: Visit?, _ hour: () -> String
    ) -> Bool {
        let first = events[session.first]
        switch condition.place {
        case .acquisition(let index):
            let terms = vocabulary.acquisitions[Int(first.acquisition)]
            return condition.isWanted[Int(terms[index])]
        case .profile(let index):
            return condition.isWanted[Int(vocabulary.profiles[Int(first.profile)][index])]
        case .other: break
        }
        switch condition.dimension {
        case .entryPage: return has(condition, page: session.entryPage)
        case .exitPage: return has(condition, page: session.exitPage)
        case .visitNumber:
            return visit.map { condition.isWantedText(WalkTerms.text($0.number)) } ?? false
        case .daysSinceLastVisit:
            guard let visit else { return false }
            return condition.isWantedText(
                visit.daysSinceLast.map(WalkTerms.text) ?? Dimension.unknownValue)
        case .hour: return condition.isWantedText(String(hour().drop { $0 != " " }.dropFirst()))
        case .weekdayHour: return condition.isWantedText(hour())
        case .funnelStep, .shopStep:
            return goals.texts(of: condition.dimension, session, events)
                .contains(where: condition.isWantedText)
        default: return session.range.contains { has(condition, event: events[$0]) }
        }
    }

    /// A session of custom events only has no entry page: it is found by `(none)`.
    private func has(_ condition: Condition, page: UInt32?) -> Bool {
        guard let page else { return condition.isWantedText(Dimension.unknownValue) }
        return condition.isWanted[Int(vocabulary.pages[Int(page)].path)]
    }

    private func has(_ condition: Condition, event: FoldEvent) -> Bool {
        switch condition.dimension {
        case .event:
            event.isCustom && condition.isWanted[Int(vocabulary.kinds[event.name].name)]
        case .page:
            event.isPageview
                && condition.isWanted[Int(vocabulary.pages[Int(event.page)].path)]
        case .title:
            event.isPageview
                && condition.isWanted[Int(vocabulary.pages[Int(event.page)].title)]
        case .goal:
            goals.goals(of: event).contains { condition.isWantedText(goals.goals[$0].name) }
        case .notFound
        where !event.isEngagement && vocabulary.kinds[event.name].details.isPageNotFound:
            condition.isWanted[Int(vocabulary.pages[Int(event.page)].path)]
        case .property, .searchTerm, .outboundLink, .download, .notFound:
            !event.isEngagement
                && vocabulary.kinds[event.name].details.values.contains {
                    $0.dimension == condition.dimension && condition.isWanted[Int($0.number)]
                }
        default: false
        }
    }
}
