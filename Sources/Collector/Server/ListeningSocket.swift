import Foundation
import NIOCore
import NIOPosix

/// Where the collector listens.
package enum ListeningSocket: Hashable, Sendable {
    case tcp(host: String, port: Int)
    /// A socket file; one that is left from a process that has gone is replaced.
    case unix(path: String)
    /// One that the parent (systemd, `systemd-socket-activate`) opened and keeps: between two
    /// processes connections wait in its backlog.
    case inherited(descriptor: CInt)

    /// The first descriptor that systemd passes (`sd_listen_fds(3)`).
    private static let firstInherited: CInt = 3

    /// The socket that the parent passed to this very process, if it did.
    ///
    /// - Throws: `ListeningError` when it passed several.
    package static func inherited(
        environment: [String: String], processID: Int32
    ) throws(ListeningError) -> ListeningSocket? {
        guard let count = environment["LISTEN_FDS"].flatMap(Int.init), count > 0,
            environment["LISTEN_PID"].flatMap(Int32.init) == processID
        else { return nil }
        guard count == 1 else {
            throw ListeningError(
                "The parent passed \(count) sockets: pass one, as with one ListenStream= line.")
        }
        return .inherited(descriptor: firstInherited)
    }

    /// For people.
    /// - Parameter port: that was bound, where the system chose it.
    package func name(port: Int?, isTLS: Bool) -> String {
        switch self {
        case .tcp(let host, let asked):
            let host = host.contains(":") ? "[\(host)]" : host
            return "\(isTLS ? "https" : "http")://\(host):\(port ?? asked)"
        case .unix(let path): return "the Unix socket \(path)"
        case .inherited: return "the socket that was passed on"
        }
    }

    func bind(_ bootstrap: ServerBootstrap) async throws -> any Channel {
        switch self {
        case .tcp(let host, let port):
            return try await bootstrap.bind(host: host, port: port).get()
        case .unix(let path):
            guard !Self.isServed(path) else {
                throw ListeningError(
                    "Another process listens on \(path): stop it, or give this one another path.")
            }
            let channel = try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true
            ).get()
            // The proxy is another user; whoever may enter the folder may send beacons.
            chmod(path, 0o666)
            return channel
        case .inherited(let descriptor):
            return try await bootstrap.withBoundSocket(descriptor).get()
        }
    }

    /// Whether a process takes connections on a socket file; one that is left of a process that has
    /// gone refuses them.
    private static func isServed(_ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        // One that is too long is told when it is bound; the last byte stays 0.
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        // Written within the call, and within its bounds as just seen.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        // Without blocking: a full backlog is an answer as well.
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let probe = socket(AF_UNIX, type, 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        // Read within the call.
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(probe, $0, size) }
        }
        return result == 0 || errno == EAGAIN
    }
}

package struct ListeningError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
