import Analytics
package import Logging

/// Reads from a request who sent it: the client's address and what the headers tell.
package struct SenderReader: Sendable {
    private let addresses: ClientAddressResolver
    private let proxyWatch: ProxyWatch
    private let logger: Logger

    package init(addresses: ClientAddressResolver, proxyWatch: ProxyWatch, logger: Logger) {
        self.addresses = addresses
        self.proxyWatch = proxyWatch
        self.logger = logger
    }

    /// The one header in which a proxy tells the client's address, in lower case.
    var addressHeader: String { addresses.header }

    /// Whether a peer is a proxy that the owner named, to which no limit for one address applies.
    func isTrusted(_ peer: ClientAddress?) -> Bool { peer.map(addresses.isTrusted) ?? true }

    /// Whether a request comes from this machine or its private network, and was not passed on from
    /// elsewhere.
    func isLocal(peer: ClientAddress?, addresses lines: [String]) -> Bool {
        if !lines.isEmpty, !isTrusted(peer) { return false }
        guard let client = addresses.resolve(peer: peer, values: lines) else { return true }
        return client.isLoopback || client.isPrivate
    }

    /// - Parameters:
    ///   - peer: `nil` on a Unix socket.
    ///   - lines: all lines of the address header, in order.
    ///   - header: the value of a header.
    func sender(
        peer: ClientAddress?, addresses lines: [String], header: (SenderHeader) -> String?
    ) -> Sender {
        if addresses.looksLikeUntrustedProxy(peer: peer, values: lines) {
            proxyWatch.saw(header: addresses.header, logger: logger)
        }
        return Sender(address: addresses.resolve(peer: peer, values: lines), header: header)
    }
}
