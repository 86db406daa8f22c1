package import Analytics
package import Hummingbird

/// Hummingbird's context with the peer's address.
package struct FootfallRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// `nil` for a peer on a Unix socket.
    package let peer: ClientAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { ClientAddress($0) }
    }
}
