import Synchronization

/// What the server counts of its connections, for `/metrics`.
package final class ServerCounters: Sendable {
    private struct State {
        var connections: OpenConnections?
        var refused = 0
        var isDraining = false
    }

    private let state = Mutex(State())

    package init() {}

    func watch(_ connections: OpenConnections) { state.withLock { $0.connections = connections } }

    func countRefusedConnection() { state.withLock { $0.refused += 1 } }

    func beginDraining() { state.withLock { $0.isDraining = true } }

    /// Whether the server is stopping: it answers what has come and takes no new connection.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    var openConnections: Int { state.withLock { $0.connections }?.count ?? 0 }

    var refusedConnections: Int { state.withLock { $0.refused } }
}
