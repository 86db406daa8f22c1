package import Analytics

/// A dashboard's file, read: panels from top to bottom. Shapes and names are in the comments of
/// `dashboards/overview.yaml`.
package struct DashboardDefinition: Hashable, Sendable {
    package enum Panel: Hashable, Sendable {
        /// Figures of the whole period with their change against the period before.
        case header([Metric])
        /// One metric over the period, hour by hour or day by day.
        case chart(Metric)
        case table(Table)
        /// Visitors with an event in the last five minutes.
        case now
        /// What was received, kept and dropped, by reason.
        case books
    }

    package struct Table: Hashable, Sendable {
        package var title: String
        package var dimension: Analytics.Dimension
        /// The first orders the rows and has the bar.
        package var metrics: [Metric]
        /// The most rows to show.
        package var limit: Int
        /// Left out while it would show nothing but `(none)`.
        package var isOptional: Bool

        package init(
            title: String, dimension: Analytics.Dimension, metrics: [Metric], limit: Int,
            isOptional: Bool = false
        ) {
            self.title = title
            self.dimension = dimension
            self.metrics = metrics
            self.limit = limit
            self.isOptional = isOptional
        }
    }

    package var panels: [Panel]

    package init(panels: [Panel]) {
        self.panels = panels
    }

    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - file: its name, for messages.
    /// - Throws: all faults of the file at once.
    package init(yaml: String, file: String) throws(DefinitionError) {
        self = try DefinitionReader.read(yaml, file: file)
    }

    /// The dashboard that ships with the program, from `dashboards/overview.yaml`.
    package static func overview() throws(DefinitionError) -> DashboardDefinition {
        let file = "overview.yaml"
        return try DashboardDefinition(yaml: Embedded.files[file] ?? "", file: file)
    }
}

/// What is wrong with a dashboard's file: every fault with its place and its mend.
package struct DefinitionError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Fault: Hashable, Sendable, CustomStringConvertible {
        package var file: String
        /// From 1.
        package var line: Int
        /// From 1, in Unicode scalars.
        package var column: Int
        package var message: String

        package var description: String { "\(file):\(line):\(column): \(message)" }
    }

    package var faults: [Fault]

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
