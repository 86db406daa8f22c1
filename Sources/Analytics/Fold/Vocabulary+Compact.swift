extension Vocabulary {
    /// Numbers of a vocabulary that many sites share → those of one site's own, made for one site
    /// after the other: without it the fold of each would have places for the values of all.
    package struct Compactor {
        private let shared: Vocabulary
        private var pages: Renumbering
        private var acquisitions: Renumbering
        private var profiles: Renumbering
        private var customKinds: Renumbering
        private var pageviewKinds: Renumbering

        package init(_ shared: Vocabulary) {
            self.shared = shared
            pages = Renumbering(count: shared.pages.count)
            acquisitions = Renumbering(count: shared.acquisitions.count)
            profiles = Renumbering(count: shared.profiles.count)
            customKinds = Renumbering(count: shared.kinds.custom.count)
            pageviewKinds = Renumbering(count: shared.kinds.pageviews.count)
        }

        /// A vocabulary of what one site's events name, in whose numbers they are afterwards.
        package mutating func compact(_ events: inout EventBuckets) -> Vocabulary {
            var own = Vocabulary()
            pages.begin()
            acquisitions.begin()
            profiles.begin()
            customKinds.begin()
            pageviewKinds.begin()
            events.update { renumber(&$0, &own) }
            return own
        }

        private mutating func renumber(_ event: inout FoldEvent, _ own: inout Vocabulary) {
            event.page = pages.number(of: event.page) {
                own.copyPage($0, of: shared)
            }
            // What is a time and a depth of an engagement update.
            guard !event.isEngagement else { return }
            event.acquisition = acquisitions.number(of: event.acquisition) {
                own.copyAcquisition($0, of: shared)
            }
            event.profile = profiles.number(of: event.profile) {
                own.copyProfile($0, of: shared)
            }
            if event.name > FoldEvent.pageview {
                let number = customKinds.number(of: UInt32(event.name)) {
                    UInt32(own.copyKind(shared.kinds[Int32($0)], of: shared, isCustom: true))
                }
                event.name = Int32(number)
            } else if event.name < FoldEvent.engagement {
                let position = UInt32(-2 - Int(event.name))
                let number = pageviewKinds.number(of: position) {
                    let kind = shared.kinds.pageviews[Int($0)]
                    return UInt32(-2 - Int(own.copyKind(kind, of: shared, isCustom: false)))
                }
                event.name = -2 - Int32(number)
            }
        }
    }

    /// Numbers that have new ones; forgets all at once.
    private struct Renumbering {
        private var numbers: [UInt32]
        /// Of which round the new number is.
        private var rounds: [UInt32]
        private var round: UInt32 = 0

        init(count: Int) {
            numbers = Array(repeating: 0, count: count)
            rounds = numbers
        }

        mutating func begin() { round += 1 }

        mutating func number(of old: UInt32, _ new: (UInt32) -> UInt32) -> UInt32 {
            if rounds[Int(old)] != round {
                rounds[Int(old)] = round
                numbers[Int(old)] = new(old)
            }
            return numbers[Int(old)]
        }
    }

    private mutating func copy(_ term: UInt32, of dimension: Dimension, _ shared: Vocabulary)
        -> UInt32
    {
        self.term(shared.text(term, of: dimension), of: dimension)
    }

    private mutating func copyPage(_ number: UInt32, of shared: Vocabulary) -> UInt32 {
        let page = shared.pages[Int(number)]
        return add(page: (copy(page.path, of: .page, shared), copy(page.title, of: .title, shared)))
    }

    private mutating func copyAcquisition(_ number: UInt32, of shared: Vocabulary) -> UInt32 {
        let values = zip(shared.acquisitions[Int(number)], Self.acquisitionDimensions)
        return add(acquisition: values.map { copy($0, of: $1, shared) })
    }

    private mutating func copyProfile(_ number: UInt32, of shared: Vocabulary) -> UInt32 {
        let values = zip(shared.profiles[Int(number)], Self.profileDimensions)
        return add(profile: values.map { copy($0, of: $1, shared) })
    }

    private mutating func copyKind(
        _ shared: EventKind, of vocabulary: Vocabulary, isCustom: Bool
    ) -> Int32 {
        var kind = shared
        if isCustom { kind.name = copy(shared.name, of: .event, vocabulary) }
        kind.details.values = shared.details.values.map { value in
            EventDetails.Value(
                dimension: value.dimension,
                number: copy(value.number, of: value.dimension, vocabulary))
        }
        return isCustom ? kinds.add(custom: kind) : kinds.add(pageview: kind)
    }
}
