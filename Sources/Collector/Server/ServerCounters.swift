import Synchronization

/// What the server counts of its connections, for `/metrics`.
package final class ServerCounters: Sendable {
    private struct State {
        var connections: OpenConnections?
        var refused = 0
    }

    private let state = Mutex(State())

    package init() {}

    func watch(_ connections: OpenConnections) { state.withLock { $0.connections = connections } }

    func countRefusedConnection() { state.withLock { $0.refused += 1 } }

    var openConnections: Int { state.withLock { $0.connections }?.count ?? 0 }

    var refusedConnections: Int { state.withLock { $0.refused } }
}
