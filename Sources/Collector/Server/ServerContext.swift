import Analytics
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What every connection of a server has in common.
final class ServerContext: Sendable {
    /// A shutdown closes connections that rest, or whose request is still coming, after so many
    /// seconds; under load each closes with its next answer, so that no request is lost to it.
    static let drainSeconds = 2
    /// The rest, which reads its answer slowly, is cut before a service manager kills the process.
    static let longestDrainSeconds = 20

    let receiver: BeaconReceiver
    let senders: SenderReader
    let answers: AnswerQueue
    let connections: OpenConnections
    let limits: CollectorLimits
    private let router: HTTP1Channel
    private let routed: AsyncStream<HTTP1Channel.Value>.Continuation
    private let logger: Logger

    var requestSeconds: Int { Int(limits.requestTime.seconds) }
    var idleSeconds: Int { Int(limits.idleTime.seconds) }

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
        self.router = router
        self.routed = routed
        self.logger = logger
    }

    /// Adds NIO's and Hummingbird's handlers behind the byte level, and gives the connection to a
    /// task of the server's.
    ///
    /// - Returns: `nil` when the channel is gone.
    func buildRouter(
        _ channel: any NIOCore.Channel, answerEnded: @escaping () -> Void
    ) -> RoutedHalf? {
        let half = RoutedHalf(answerEnded: answerEnded)
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
