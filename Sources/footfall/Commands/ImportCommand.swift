import Analytics
import ArgumentParser
import Dashboard
import Exchange
import Storage

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring in past traffic; list and undo imports.",
        subcommands: [Log.self, List.self, Undo.self])

    struct Log: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import access logs of nginx or Apache.",
            discussion: """
                Takes the combined and the common format, plain or gzip, in any order; - is \
                standard input. Counts pages only, no assets and no bots. A local day is imported \
                once; days that have beacons or an import are left alone and reported. Run \
                'footfall aggregate' afterwards, or let cron do it.

                Example: zcat access.log.*.gz | footfall import log huntprox.com -
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "Log files, or - for standard input.") var files: [String]
        @Flag(help: "Swap days that another import brought.") var replace = false
        @Flag(help: "Also the unfinished day, as far as the log goes.") var includeToday = false
        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            var options = LogImport.Options()
            options.replacesDays = replace
            options.includesToday = includeToday
            options.terms = installation.settings.terms
            var bars = ImportBars()
            let summary = try LogImport(
                site: site, folder: installation.folder, database: installation.database,
                clock: installation.clock,
                steps: IngestSteps(recognition: try installation.recognition()), options: options
            ).run(
                files: files, progress: { bars.show($0) },
                report: { line in
                    bars.clear()
                    Console.say("\(line)")
                })
            bars.clear()
            switch format {
            case .json: Console.print(ImportText.json(summary))
            case .text: Console.printRaw(ImportText.text(summary, site: site))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the imports.",
            discussion: """
                Tells the days that an import still holds, and what it brought when it ran: the \
                counts stay as they were when another import has replaced some of its days.

                Example: footfall import list
                """)

        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let records = try installation.database.imports().filter { $0.completed != nil }
            switch format {
            case .json: Console.print(ImportText.json(records))
            case .text: Console.printRaw(ImportText.text(records))
            }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an import back, with all that it brought.",
            discussion: "Example: footfall import undo 3")

        @Argument(help: "The import's number, from 'footfall import list'.") var id: Int64
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let outcome = try ImportUndo(
                folder: installation.folder, database: installation.database
            ).run(id)
            Console.say(
                """
                Took import \(id) of \(outcome.domain) back: \(outcome.removed.count) days removed, \
                \(outcome.refolded.count) to be folded again by 'footfall aggregate'.
                """)
            if !outcome.frozen.isEmpty {
                let days = outcome.frozen.map(\.description).joined(separator: ", ")
                Console.say("The figures of these days stay, they can't be folded again: \(days).")
            }
        }
    }
}

/// Bars for reading, then for writing.
private struct ImportBars {
    private var reading = ProgressBar(label: "Reading")
    private var writing = ProgressBar(label: "Writing days")

    mutating func show(_ progress: ImportProgress) {
        switch progress {
        case .reading(let done, let total?): reading.update(Int(done), of: Int(total))
        case .reading(_, nil), .publishing: break
        case .writing(let done, let total): writing.update(done, of: total)
        }
    }

    func clear() {
        reading.finish()
        writing.finish()
    }
}

private enum ImportText {
    static func text(_ summary: ImportSummary, site: Site) -> String {
        var lines: [String] = []
        if let id = summary.importID, let first = summary.days.map(\.day).min(),
            let last = summary.days.map(\.day).max()
        {
            lines.append(
                "Import \(id): \(summary[.pageview]) pageviews of \(site.domain) on "
                    + "\(summary.days.count) days, \(first) … \(last).")
        } else {
            lines.append("Nothing to import for \(site.domain).")
        }
        lines.append("Read \(summary.lines) lines:")
        for fate in LineFate.allCases where summary[fate] > 0 {
            lines.append("  \(fate.words): \(summary[fate])")
        }
        for day in summary.leftAlone {
            lines.append("Left alone: \(day.day), \(day.obstacle.words) (\(day.lines) lines).")
        }
        if !summary.replaced.isEmpty {
            lines.append(
                "Replaced: \(summary.replaced.map(\.description).joined(separator: ", "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func text(_ records: [ImportRecord]) -> String {
        guard !records.isEmpty else { return "No import yet.\n" }
        return records.map { record in
            let days = record.days.sorted()
            let span = days.first.map { "\($0) … \(days.last ?? $0)" } ?? "no days"
            let count = days.count == 1 ? "1 day" : "\(days.count) days"
            return "\(record.id)  \(record.domain)  \(record.kind)  holds \(span) (\(count)), "
                + "brought \(record.summary["pageview"] ?? 0) pageviews\n"
        }.joined()
    }

    /// Every key; `id` is `null` when nothing was imported.
    static func json(_ summary: ImportSummary) -> String {
        JSONValue.object([
            .init("id", JSONValue(summary.importID.map { Int($0) })),
            .init("lines", .integer(summary.lines)),
            .init("counts", counts(summary.counts)),
            .init(
                "days",
                .array(
                    summary.days.map {
                        ["day": .string($0.day.description), "lines": .integer($0.lines)]
                    })),
            .init("replaced", texts(summary.replaced)),
            .init(
                "left_alone",
                .array(
                    summary.leftAlone.map {
                        [
                            "day": .string($0.day.description),
                            "reason": .string(LineFate.name(of: $0.obstacle)),
                            "lines": .integer($0.lines),
                        ]
                    })),
        ]).text
    }

    static func json(_ records: [ImportRecord]) -> String {
        JSONValue.array(
            records.map {
                [
                    "id": .integer(Int($0.id)), "site": .string($0.domain.name),
                    "kind": .string($0.kind), "started": .string($0.started.description),
                    "days": texts($0.days), "counts": counts($0.summary),
                ]
            }
        ).text
    }

    private static func texts(_ days: [LocalDay]) -> JSONValue {
        .array(days.map { .string($0.description) })
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) })
    }
}

extension LineFate {
    fileprivate var words: String {
        switch self {
        case .pageview: "pageviews"
        case .bot: "bots"
        case .excluded: "excluded addresses"
        case .foreignHost: "hosts that the site does not count"
        case .otherHost: "other hosts"
        case .asset: "assets and downloads"
        case .method: "no page (not GET)"
        case .status: "no page (status)"
        case .unreadable: "unreadable"
        case .dayImported: "of days that were imported before (--replace swaps them)"
        case .dayHasBeacons: "of days that have beacons"
        case .unfinishedDay: "of the unfinished day (--include-today takes them)"
        case .pastTerm: "older than rollups are kept"
        case .future: "after this machine's clock"
        }
    }

    fileprivate static func name(of obstacle: DayObstacle) -> String {
        switch obstacle {
        case .imported: dayImported.rawValue
        case .beacons: dayHasBeacons.rawValue
        case .unfinished: unfinishedDay.rawValue
        }
    }
}

extension DayObstacle {
    fileprivate var words: String {
        switch self {
        case .imported: "imported before"
        case .beacons: "has beacons"
        case .unfinished: "not over yet"
        }
    }
}
