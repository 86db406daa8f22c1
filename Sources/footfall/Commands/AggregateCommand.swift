import Analytics
import ArgumentParser
import Dashboard
import Storage

struct AggregateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aggregate", abstract: "Fold events into daily rollups; for cron.",
        discussion: """
            Folds and seals days, deletes what is past its term, destroys old salts. Running it \
            again changes nothing. Exits with 75 when another run is under way, with 1 when \
            something is wrong, which it names.

            Example, hourly from cron: 7 * * * * footfall aggregate --quiet --data /var/lib/footfall
            """)

    @Option(help: "Fold only this site; raw events that other sites still need stay.")
    var site: String?
    @Flag(help: "Recompute each foldable day and compare; write nothing.") var verify = false
    @Option(help: "Fold this day again, even if nothing changed (repeatable).")
    var rebuild: [String] = []
    @Flag(help: "Make the sums of months anew from their days.") var rebuildMonths = false
    @Flag(help: "Say nothing when all is well.") var quiet = false
    @Option(help: "text or json.") var format = TextOrJSON.text
    @OptionGroup var data: DataOption

    func run() async throws {
        let installation = try await Installation.open(data)
        let chosen = try site.map { try installation.database.site(named: $0) }
        let mode = try mode()
        var bar = ProgressBar(label: "Folding days", isQuiet: quiet)
        defer { bar.finish() }
        let report = try installation.aggregator.run(
            mode, only: chosen?.domain, remakesMonths: rebuildMonths
        ) { done, total in
            bar.update(done, of: total)
        }
        bar.finish()
        if format == .json {
            Console.print(AggregationText.json(report))
        } else if !quiet {
            Console.printRaw(AggregationText.text(report, isVerification: verify))
        }
        guard report.problems.isEmpty else {
            for problem in report.problems { Console.error(problem) }
            throw ExitCode(Failure.failed)
        }
    }

    private func mode() throws -> Aggregator.Mode {
        if verify, rebuildMonths || !rebuild.isEmpty {
            throw Failure(
                "--verify writes nothing: rebuild in a run of its own.", code: Failure.usage)
        }
        guard !rebuild.isEmpty else { return verify ? .verify : .fold }
        return .rebuild(Set(try rebuild.map(Arguments.day)))
    }
}

/// What a run says.
private enum AggregationText {
    static func text(_ report: AggregationReport, isVerification: Bool) -> String {
        var lines: [String] = []
        if isVerification {
            lines.append("Verified \(report.verified) days, \(report.frozen) frozen days skipped.")
        } else {
            lines.append(
                "Folded: \(report.written.count) days written, \(report.unchanged) unchanged, "
                    + "\(report.sealed) sealed.")
            lines += days(report.written)
            if report.removedRollupDays > 0 {
                lines.append(
                    "Removed: \(report.removedRollupDays) days of rollups past their term.")
            }
            if !report.deletedPartitions.isEmpty {
                lines.append("Deleted: \(report.deletedPartitions.joined(separator: ", "))")
            }
        }
        if report.destroyedSalts > 0 { lines.append("Destroyed: \(report.destroyedSalts) salts.") }
        lines.append("Oldest raw event: \(report.oldestRawEvent.map { "\($0)" } ?? "none")")
        lines.append("Oldest rollup:    \(report.oldestRollup.map { "\($0)" } ?? "none")")
        lines.append("Oldest salt:      \(report.oldestSalt.map { "\($0)" } ?? "none")")
        return lines.joined(separator: "\n") + "\n"
    }

    /// `huntprox.com: 2026-11-20 … 2026-11-22`, or each day where they are few.
    private static func days(_ written: [AggregationReport.SiteDay]) -> [String] {
        Dictionary(grouping: written, by: \.domain).sorted { $0.key.name < $1.key.name }.map {
            let days = $0.value.map(\.day).sorted()
            guard days.count > 4, let first = days.first, let last = days.last else {
                return "  \($0.key): \(days.map(\.description).joined(separator: ", "))"
            }
            return "  \($0.key): \(first) … \(last) (\(days.count) days)"
        }
    }

    /// Every key, with `null` where there is nothing to tell.
    static func json(_ report: AggregationReport) -> String {
        JSONValue.object([
            .init(
                "written",
                .array(
                    report.written.map {
                        ["site": .string($0.domain.name), "day": .string($0.day.description)]
                    })),
            .init("unchanged", .integer(report.unchanged)),
            .init("sealed", .integer(report.sealed)),
            .init("verified", .integer(report.verified)),
            .init("frozen", .integer(report.frozen)),
            .init("deleted_partitions", .array(report.deletedPartitions.map { .string($0) })),
            .init("removed_rollup_days", .integer(report.removedRollupDays)),
            .init("destroyed_salts", .integer(report.destroyedSalts)),
            .init("oldest_raw_event", JSONValue(report.oldestRawEvent?.description)),
            .init("oldest_rollup", JSONValue(report.oldestRollup?.description)),
            .init("oldest_salt", JSONValue(report.oldestSalt?.description)),
            .init("problems", .array(report.problems.map { .string($0) })),
        ]).text
    }
}
