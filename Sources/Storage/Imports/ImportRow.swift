package import Analytics

/// One pageview on its way into an import's partition: 40 bytes, texts as numbers of the import's
/// `ImportVocabulary`.
package struct ImportRow: BitwiseCopyable, Sendable {
    /// Seconds since 1970 in the upper half, the line's place among the import's in the lower, so
    /// that sorting by it keeps the lines' order within a second.
    package var key: UInt64
    /// The visitor under the salt of the row's own period; `FoldEvent.noVisitor` for none.
    package var visitor: UInt64
    /// The visitor under the salt before, for rows so soon after a rotation that a session may
    /// have crossed it; else `FoldEvent.noVisitor`.
    package var previousVisitor: UInt64
    package var page: UInt32
    package var acquisition: UInt32
    package var profile: UInt32
    /// The rule that took it for a bot; 0 for a pageview that counts.
    package var rule: UInt32

    package init(
        seconds: Int64, order: UInt32, visitor: UInt64, previousVisitor: UInt64, page: UInt32,
        acquisition: UInt32, profile: UInt32, rule: UInt32
    ) {
        key = UInt64(UInt32(clamping: seconds)) << 32 | UInt64(order)
        self.visitor = visitor
        self.previousVisitor = previousVisitor
        self.page = page
        self.acquisition = acquisition
        self.profile = profile
        self.rule = rule
    }

    package var time: Instant { Instant(milliseconds: Int64(key >> 32) * 1_000) }
}

/// The texts of an import as small dense numbers.
package struct ImportVocabulary: Sendable {
    /// Most texts of a kind, so that a log of made-up addresses fills no memory (I11); past it a
    /// page is `(other)`, as in a partition that is full.
    private static let limit = 500_000

    private(set) var pages = Numbers<Page>()
    private(set) var acquisitions = Numbers<Acquisition>()
    private(set) var profiles = Numbers<ClientProfile>()
    /// From 1: 0 stands for no rule.
    private(set) var rules = Numbers<String>()

    struct Numbers<Value: Hashable & Sendable>: Sendable {
        private(set) var values: [Value] = []
        private var numbers: [Value: UInt32] = [:]

        /// - Parameter other: stands for a new value when there are too many.
        mutating func number(of value: Value, other: (Value) -> Value) -> UInt32 {
            if let number = numbers[value] { return number }
            guard values.count < ImportVocabulary.limit else {
                let other = other(value)
                return numbers[other] ?? add(other)
            }
            return add(value)
        }

        private mutating func add(_ value: Value) -> UInt32 {
            let number = UInt32(values.count)
            values.append(value)
            numbers[value] = number
            return number
        }
    }

    package init() {
        _ = rules.number(of: "") { $0 }
    }

    package mutating func number(of page: Page) -> UInt32 {
        pages.number(of: page) { Page(host: $0.host, path: Dimension.otherValue) }
    }

    package mutating func number(of acquisition: Acquisition) -> UInt32 {
        acquisitions.number(of: acquisition) {
            Acquisition(source: Dimension.otherValue, channel: $0.channel)
        }
    }

    package mutating func number(of profile: ClientProfile) -> UInt32 {
        profiles.number(of: profile) { _ in .unknown }
    }

    package mutating func number(ofRule rule: String) -> UInt32 {
        rules.number(of: rule) { _ in Dimension.otherValue }
    }
}
