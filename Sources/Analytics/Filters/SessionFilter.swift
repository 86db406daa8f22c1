/// Keeps the sessions of which every condition holds.
package struct SessionFilter: Hashable, Sendable, Codable {
    package var conditions: [FilterCondition]
    /// Only sessions with no more engaged time than so many seconds.
    package var mostEngagedSeconds: Int?

    package init(_ conditions: [FilterCondition], mostEngagedSeconds: Int? = nil) {
        self.conditions = conditions
        self.mostEngagedSeconds = mostEngagedSeconds
    }

    package init(dimension: Dimension, value: String) {
        conditions = [FilterCondition(dimension: dimension, value: value)]
    }

    /// For people: `source=Google, page~/shop/*`.
    package var text: String {
        let time = mostEngagedSeconds.map { ["engaged for \($0) s at most"] } ?? []
        return (conditions.map(\.text) + time).joined(separator: ", ")
    }
}

/// What is asked of a session: its value of a session dimension; of an event dimension, the value
/// of at least one of its events.
package struct FilterCondition: Hashable, Sendable, Codable {
    package enum Comparison: String, Hashable, Sendable, Codable {
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
