import Analytics
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What every connection of a server has in common.
final class ServerContext: Sendable {
    let receiver: BeaconReceiver
    let senders: SenderReader
    let answers: AnswerQueue
    let connections: OpenConnections
    let limits: CollectorLimits
    /// Bytes of a connection that may wait to be dealt with: a request, and some reads of 256 KiB
    /// behind it. Nothing is read while requests wait; only of a sender that closes its half the
    /// channel reads at once whatever the system holds.
    let unreadLimit: Int
    private let router: HTTP1Channel
    private let routed: AsyncStream<HTTP1Channel.Value>.Continuation
    private let logger: Logger

    init(
        receiver: BeaconReceiver, senders: SenderReader, answers: AnswerQueue,
        connections: OpenConnections, limits: CollectorLimits, router: HTTP1Channel,
        routed: AsyncStream<HTTP1Channel.Value>.Continuation, logger: Logger
    ) {
        self.receiver = receiver
        self.senders = senders
        self.answers = answers
        self.connections = connections
        self.limits = limits
        unreadLimit = limits.header + limits.body + (1 << 19)
        self.router = router
        self.routed = routed
        self.logger = logger
    }

    /// Adds NIO's and Hummingbird's handlers behind the byte level, and gives the connection to a
    /// task of the server's.
    ///
    /// - Returns: `nil` when the channel is gone.
    func buildRouter(
        _ channel: any NIOCore.Channel, requestCame: @escaping () -> Void,
        answerEnded: @escaping () -> Void
    ) -> RoutedHalf? {
        let half = RoutedHalf(
            limits: limits, requestCame: requestCame, answerEnded: answerEnded)
        // Both run at once: we are on the channel's loop.
        router.setup(channel: channel, logger: logger).assumeIsolated().whenSuccess { [routed] in
            routed.yield($0)
        }
        do {
            let pipeline = channel.pipeline.syncOperations
            let state = try pipeline.handler(type: HTTPConnectionStateHandler.self)
            try pipeline.addHandler(half, position: .before(state))
            return half
        } catch {
            return nil
        }
    }
}
