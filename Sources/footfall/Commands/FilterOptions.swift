import Analytics
import ArgumentParser
import Dashboard
import Storage

/// Which sessions a question is about.
struct FilterOptions: ParsableArguments {
    static let discussion = """
        Filters keep sessions; with several, those that all of them keep. dimension=value: with \
        that value, or with such an event; dimension!=value: without; dimension~pattern: with a \
        value like the pattern, in which * is any text and ? one sign; property:NAME asks for a \
        property's value. They are answered from raw \
        events: without --period for the longest period, up to 30d, that these are kept for.
        """

    @Option(
        name: .customLong("filter"),
        help: "Keep sessions: dimension=value, dimension!=value, dimension~pattern. Repeatable.")
    var texts: [String] = []

    func parsed() throws -> SessionFilter? {
        texts.isEmpty ? nil : SessionFilter(try texts.map(Self.condition))
    }

    private static func condition(_ text: String) throws -> FilterCondition {
        let scalars = text.unicodeScalars
        let name = scalars.prefix { !"=!~".unicodeScalars.contains($0) }
        let rest = scalars[name.endIndex...]
        // "!=" first: "=" is its end.
        let comparisons: [FilterCondition.Comparison] = [.unequal, .equal, .like]
        guard
            let comparison = comparisons.first(where: {
                rest.starts(with: $0.rawValue.unicodeScalars)
            })
        else {
            throw Failure(
                """
                '\(text)' is no filter; write dimension=value, dimension!=value or \
                dimension~pattern, such as source=Google.
                """, code: Failure.usage)
        }
        let (dimension, property) = try Arguments.breakdown(String(name))
        let value = String(rest.dropFirst(comparison.rawValue.unicodeScalars.count))
        return FilterCondition(
            dimension: dimension, comparison,
            value: property.map { Dimension.property(named: $0, value: value) } ?? value)
    }

    /// Tells of a value that the site's figures spell otherwise; for when nothing was found.
    func hint(
        _ filter: SessionFilter?, _ days: ClosedRange<LocalDay>, _ site: Site,
        _ figures: FigureReader
    ) throws {
        guard let filter,
            let near = try figures.knownSpelling(of: filter, on: days, of: site)
        else { return }
        Console.say("Nothing is called that; did you mean --filter '\(near)'?")
    }
}
