package import Analytics

/// Whose address a request has: the peer's, or, only if the peer is a trusted proxy, that of
/// exactly one header (DESIGN §8). A peer without an address, on a Unix socket, is a trusted proxy:
/// no browser can be there, and whom the socket's file lets in is the owner's choice.
package struct ClientAddressResolver: Sendable {
    package static let standardHeader = "X-Forwarded-For"

    let trustedProxies: [Network]
    /// In lower case.
    let header: String

    package init(trustedProxies: [Network], header: String = Self.standardHeader) {
        self.trustedProxies = trustedProxies
        self.header = header.lowercased()
    }

    /// - Parameter values: all lines of the header, in order.
    func resolve(peer: ClientAddress?, values: [String]) -> ClientAddress? {
        if let peer, !isTrusted(peer) { return peer }
        // One proxy that names one client: nearly always.
        if values.count == 1, let client = ClientAddress(values[0]), !isTrusted(client) {
            return client
        }
        var address = peer
        // From the right: each trusted proxy vouches for the address that it put there.
        for text in values.joined(separator: ",").split(separator: ",").reversed() {
            // RFC 7239's form, "for=192.0.2.7;proto=https", where that header is chosen.
            guard let next = ClientAddress(Self.node(in: text)) else { return address }
            address = next
            if !isTrusted(next) { return next }
        }
        return address
    }

    /// An untrusted peer on this machine or network that sends the header is most likely a proxy
    /// that nobody told Footfall of.
    func looksLikeUntrustedProxy(peer: ClientAddress?, values: [String]) -> Bool {
        guard let peer, !values.isEmpty, !isTrusted(peer) else { return false }
        return peer.isLoopback || peer.isPrivate
    }

    func isTrusted(_ address: ClientAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    private static func node(in text: Substring) -> String {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
        let node = parts.first { $0.lowercased().hasPrefix("for=") }?.dropFirst(4)
        return (node.map(String.init) ?? parts[0]).filter { $0 != "\"" }
    }
}
