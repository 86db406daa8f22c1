import ArgumentParser

/// What `make bench-fold`, `bench-query` and `bench-enrich` need beside the program: traffic of a known size on
/// disk, without sockets, and a fold of totals alone.
@main
struct TrafficBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "TrafficBench", abstract: "Traffic for benchmarks, and a fold of totals.",
        subcommands: [TrafficCommand.self, HistoryCommand.self, TotalsCommand.self, EnrichCommand.self])
}
