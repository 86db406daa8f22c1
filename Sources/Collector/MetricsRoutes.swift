import Analytics
import Foundation
package import Hummingbird
package import Storage

/// `GET /metrics` in Prometheus' text format (version 0.0.4), for whoever asks from this machine or
/// its private network; a request that a proxy passed on from elsewhere finds nothing here. No
/// label holds what a visitor sent.
package struct MetricsRoutes: Sendable {
    private let journal: Journal
    private let folder: DataFolder
    private let salts: SaltStore
    private let registry: SiteRegistry
    private let counters: ServerCounters
    private let senders: SenderReader
    private let clock: Clock

    package init(
        journal: Journal, folder: DataFolder, salts: SaltStore, registry: SiteRegistry,
        counters: ServerCounters, senders: SenderReader, clock: Clock
    ) {
        self.journal = journal
        self.folder = folder
        self.salts = salts
        self.registry = registry
        self.counters = counters
        self.senders = senders
        self.clock = clock
    }

    package func add(to router: Router<FootfallRequestContext>) {
        router.get("/metrics") { request, context in
            let lines = request.headers[values: .init(senders.addressHeader)!]
            guard senders.isLocal(peer: context.peer, addresses: lines) else {
                return Response(status: .notFound)
            }
            let text: String = try await offEventLoop { self.text() }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/plain; version=0.0.4; charset=utf-8",
                    .cacheControl: "no-store",
                ],
                body: .init(byteBuffer: .init(string: text)))
        }
    }

    private func text() -> String {
        let metrics = journal.metrics
        var text = MetricsText()
        text.add(
            "footfall_received_total", .counter,
            "Beacons since the start, one for two sites twice.",
            Double(metrics.received))
        text.add(
            "footfall_kept_total", .counter, "Beacons kept as events.", Double(metrics.kept))
        text.add(
            "footfall_dropped_total", .counter, "Beacons dropped, by reason.",
            DropReason.allCases.map { (["reason": $0.rawValue], Double(metrics.dropped[$0] ?? 0)) })
        text.add(
            "footfall_refused_total", .counter, "Requests that came to no site, by reason.",
            Refusal.allCases.map { (["reason": $0.rawValue], Double(metrics.refused[$0] ?? 0)) })
        text.addHistogram(
            "footfall_commit_seconds", "Time from a batch's first write to the end of its sync.",
            bounds: JournalMetrics.commitBounds, counts: metrics.commits,
            sum: metrics.commitSeconds)
        text.add(
            "footfall_failed_commits_total", .counter, "Batches that the disk refused.",
            Double(metrics.failedCommits))
        text.add(
            "footfall_other_texts", .gauge,
            "New pages, sources, clients and names over a site's limit, in the open partitions.",
            Double(metrics.otherTexts))
        text.add(
            "footfall_queue_depth", .gauge, "Events that wait for their commit.",
            Double(journal.depth))
        text.add(
            "footfall_open_connections", .gauge, "Connections that are open.",
            Double(counters.openConnections))
        text.add(
            "footfall_refused_connections_total", .counter, "Connections over a limit.",
            Double(counters.refusedConnections))
        addDisk(to: &text)
        return text.text
    }

    /// What can't be read now is left out: the rest is worth more than an error.
    private func addDisk(to text: inout MetricsText) {
        let now = clock.now()
        // Of imports those too that don't count: they take their room, and what counts is for the
        // main database to say, which may be locked.
        if let partitions = try? folder.partitionFiles() {
            let sizes = partitions.map { ("\($0.day)", Double($0.sizeOnDisk)) }
            text.add(
                "footfall_partition_bytes", .gauge, "Size of a UTC day's partitions on disk.",
                Dictionary(sizes, uniquingKeysWith: +).sorted { $0.key < $1.key }
                    .map { (["day": $0.key], $0.value) })
        }
        if let entries = try? salts.entries() {
            let names = Dictionary(
                registry.sites.map { ($0.id, $0.domain.name) }, uniquingKeysWith: { a, _ in a })
            let starts = Dictionary(
                entries.map { ($0.site, $0.start) }, uniquingKeysWith: { max($0, $1) })
            text.add(
                "footfall_salt_age_seconds", .gauge, "Age of a site's newest salt.",
                starts.sorted { $0.key < $1.key }.compactMap { site, start in
                    names[site].map { (["site": $0], (now - start).seconds) }
                })
        }
        if let last = registry.lastAggregation {
            text.add(
                "footfall_last_aggregation_timestamp_seconds", .gauge,
                "When the last aggregation ended.", Double(last.milliseconds) / 1_000)
        }
    }
}

/// Writes Prometheus' text format.
struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [([:], value)])
    }

    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ values: [([String: String], Double)]
    ) {
        head(name, kind, help)
        for (labels, value) in values { line(name, labels, value) }
    }

    /// - Parameter counts: for each bound, and for what is over the last.
    mutating func addHistogram(
        _ name: String, _ help: String, bounds: [Double], counts: [Int], sum: Double
    ) {
        head(name, .histogram, help)
        var total = 0
        for (bound, count) in zip(bounds.map { "\($0)" } + ["+Inf"], counts) {
            total += count
            line(name + "_bucket", ["le": bound], Double(total))
        }
        line(name + "_sum", [:], sum)
        line(name + "_count", [:], Double(total))
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: [String: String], _ value: Double) {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
        let number =
            value.rounded() == value && value.magnitude < 1e15
            ? "\(Int64(value))" : "\(value)"
        text +=
            pairs.isEmpty
            ? "\(name) \(number)\n" : "\(name){\(pairs.joined(separator: ","))} \(number)\n"
    }
}
