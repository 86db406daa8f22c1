import Analytics
import NIOCore
import Synchronization

/// The connections that are open, in all and by address, so that nobody takes them all; and the
/// round once a second that cuts the slow and the idle ones.
final class OpenConnections: Sendable {
    private struct Counts {
        var all = 0
        var byNetwork: [UInt64: Int] = [:]
    }

    private let limits: CollectorLimits
    private let counts = Mutex(Counts())
    private let connections: NIOLoopBoundBox<[ObjectIdentifier: BeaconConnection]>
    /// Bytes of all connections that are part of a request still to come; on the loop only.
    let unread: NIOLoopBoundBox<Int>

    init(limits: CollectorLimits, loop: any EventLoop) {
        self.limits = limits
        connections = .makeBoxSendingValue([:], eventLoop: loop)
        unread = .makeBoxSendingValue(0, eventLoop: loop)
    }

    var count: Int { counts.withLock { $0.all } }

    /// - Parameter network: `nil` for a peer without limit: a trusted proxy, a Unix socket.
    /// - Returns: whether the connection may stay; it is then counted until `leave`.
    func enter(_ network: UInt64?) -> Bool {
        counts.withLock { counts in
            guard counts.all < limits.connections else { return false }
            if let network {
                guard counts.byNetwork[network, default: 0] < limits.connectionsPerAddress else {
                    return false
                }
                counts.byNetwork[network, default: 0] += 1
            }
            counts.all += 1
            return true
        }
    }

    func leave(_ network: UInt64?) {
        counts.withLock { counts in
            counts.all -= 1
            guard let network, let open = counts.byNetwork[network] else { return }
            counts.byNetwork[network] = open > 1 ? open - 1 : nil
        }
    }

    // MARK: On the loop only

    func add(_ connection: BeaconConnection) {
        connections.value[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: BeaconConnection) {
        connections.value[ObjectIdentifier(connection)] = nil
    }

    func sweep() {
        for connection in connections.value.values { connection.sweep() }
    }
}
