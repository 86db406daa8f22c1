/// Keeps the sessions of which every condition holds.
package struct SessionFilter: Hashable, Sendable {
    package var conditions: [FilterCondition]

    package init(_ conditions: [FilterCondition]) {
        self.conditions = conditions
    }

    package init(dimension: Dimension, value: String) {
        conditions = [FilterCondition(dimension: dimension, value: value)]
    }

    /// For people: `source=Google, page~/shop/*`.
    package var text: String { conditions.map(\.text).joined(separator: ", ") }
}

/// What is asked of a session: its value of a session dimension; of an event dimension, the value
/// of at least one of its events.
package struct FilterCondition: Hashable, Sendable {
    package enum Comparison: String, Hashable, Sendable {
        case equal = "="
        /// The sessions that `equal` leaves out: for a page, those that never saw it.
        case unequal = "!="
        /// The value matches a `Glob`.
        case like = "~"
    }

    package var dimension: Dimension
    package var comparison: Comparison
    package var value: String

    package init(dimension: Dimension, _ comparison: Comparison = .equal, value: String) {
        self.dimension = dimension
        self.comparison = comparison
        self.value = value
    }

    package var text: String { dimension.rawValue + comparison.rawValue + value }
}
