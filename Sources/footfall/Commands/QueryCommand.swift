import Analytics
import ArgumentParser
import Dashboard
import Storage

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "One table of a site's figures.",
        discussion: """
            Metrics: \(Metric.allCases.map(\.rawValue).joined(separator: ", ")).
            Dimensions: \(Dimension.allCases.map(\.rawValue).joined(separator: ", ")).

            Rows are in falling order of the first metric; totals are of the whole range and all \
            values. property:NAME breaks down by the values of one property. Orders and revenue \
            are of one currency: the one with the most orders, or --currency. Where visitors can't be counted exactly over several days, the answer has \
            visitor_days in their place.

            \(FilterOptions.discussion)

            Example: footfall query huntprox.com --metrics visitors,pageviews --dimension page \
            --period 7d --filter country=LV --filter 'page~/shop/*'
            """)

    @Argument(help: "The site's domain.") var domain: String
    @Option(help: "Metrics, separated by commas.") var metrics = "visitors,sessions,pageviews"
    @Option(help: "Break the figures down by this dimension.") var dimension: String?
    @OptionGroup var period: PeriodOption
    @OptionGroup var filters: FilterOptions
    @Option(help: "The currency of orders and revenue, such as EUR.") var currency: String?
    @Option(help: "The most rows to print.") var limit: Int?
    @Option(help: "text, json or csv.") var format = TextJSONOrCSV.text
    @OptionGroup var data: DataOption

    func run() async throws {
        let chosenMetrics = try metrics.split(separator: ",").map {
            try Self.metric($0.trimmingSpaces)
        }
        guard !chosenMetrics.isEmpty else {
            throw Failure("--metrics names no metric.", code: Failure.usage)
        }
        if let limit, limit < 1 {
            throw Failure("--limit must be 1 or more.", code: Failure.usage)
        }
        let breakdown = try dimension.map(Arguments.breakdown)
        let chosenCurrency = currency?.uppercased()
        if let chosenCurrency, !Currency.isKnown(chosenCurrency) {
            throw Failure(
                "'\(chosenCurrency)' is no currency of ISO 4217; write EUR.", code: Failure.usage)
        }
        let filter = try filters.parsed()
        let chosenPeriod = try period.parsed()
        let installation = try await Installation.open(data)
        let site = try installation.database.site(named: domain)
        var query = Query(
            days: installation.days(of: chosenPeriod, site), metrics: chosenMetrics,
            dimension: breakdown?.dimension, propertyName: breakdown?.property, filter: filter,
            currency: chosenCurrency, limit: limit)
        let figures = installation.figures
        if filter != nil, !period.isGiven {
            query.days = try figures.foldableDays(endingLike: query.days, of: site)
        }
        var bar = ProgressBar(label: "Folding days")
        let answer = try figures.answer(query, of: site) { bar.update($0, of: $1) }
        bar.finish()
        if answer.totals.allSatisfy({ ($0 ?? 0) == 0 }) {
            try filters.hint(filter, answer.days, site, figures)
        }
        switch format {
        case .json: Console.print(answer.json.text)
        case .csv: Console.printRaw(answer.csv)
        case .text: Console.printRaw(Console.renderer.render(answer))
        }
    }

    private static func metric(_ text: String) throws -> Metric {
        guard let metric = Metric(rawValue: text) else {
            throw Failure(
                """
                There is no metric '\(text)'; there are \
                \(Metric.allCases.map(\.rawValue).joined(separator: ", ")).
                """, code: Failure.usage)
        }
        return metric
    }
}

struct PeriodOption: ParsableArguments {
    @Option(
        help: "today, yesterday, 30d, 12mo, 2026-11, 2026-11-22 or 2026-11-01..2026-11-22 (30d).")
    var period: String?

    var isGiven: Bool { period != nil }

    func parsed() throws -> Period { try period.map(Period.init) ?? .standard }
}

/// Arguments that several commands take.
enum Arguments {
    static func dimension(_ text: String) throws -> Dimension {
        guard let dimension = Dimension(rawValue: text) else {
            throw Failure(
                """
                There is no dimension '\(text)'; there are \
                \(Dimension.allCases.map(\.rawValue).joined(separator: ", ")).
                """, code: Failure.usage)
        }
        return dimension
    }

    /// A dimension, or `property:NAME`.
    static func breakdown(_ text: String) throws -> (dimension: Dimension, property: String?) {
        let prefix = Dimension.property.rawValue + ":"
        guard text.hasPrefix(prefix), text != prefix else { return (try dimension(text), nil) }
        return (.property, String(text.dropFirst(prefix.count)))
    }

    static func day(_ text: String) throws -> LocalDay {
        guard let day = LocalDay(text) else {
            throw Failure("'\(text)' is no day; write 2026-11-22.", code: Failure.usage)
        }
        return day
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String { String(self).trimmed }
}
