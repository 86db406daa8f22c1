import HTTPTypes
package import Hummingbird
package import Storage

/// `GET /healthz` (or HEAD): the process answers. `GET /readyz`: beacons can be kept; 503 while draining,
/// when the disk refused the last batch or stands still, and while the queue is full.
package struct HealthRoutes: Sendable {
    private let journal: Journal
    private let counters: ServerCounters

    package init(journal: Journal, counters: ServerCounters) {
        self.journal = journal
        self.counters = counters
    }

    /// HEAD as well: some probes ask for no more.
    package func add(to router: Router<FootfallRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/healthz", method: method) { _, _ in "ok\n" }
            router.on("/readyz", method: method) { _, _ in
                journal.isReady && !counters.isDraining
                    ? Response(status: .ok, body: .init(byteBuffer: .init(string: "ready\n")))
                    : Response(
                        status: .serviceUnavailable,
                        body: .init(byteBuffer: .init(string: "not ready\n")))
            }
        }
    }
}
