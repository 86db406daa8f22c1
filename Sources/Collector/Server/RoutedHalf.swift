import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What the byte level knows of the router's half of a connection: how many of its requests are
/// being answered. Sits between NIO's HTTP codec and Hummingbird's handlers.
final class RoutedHalf: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let answerEnded: () -> Void
    private(set) var openRequests = 0
    /// Whether a request's head has come and its end has not.
    private(set) var isReading = false

    init(answerEnded: @escaping () -> Void) {
        self.answerEnded = answerEnded
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            openRequests += 1
            isReading = true
        case .body: break
        case .end: isReading = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        openRequests = max(0, openRequests - 1)
        context.write(data, promise: promise)
        if openRequests == 0, !isReading {
            // What is written is flushed first, in this turn of the loop.
            context.eventLoop.assumeIsolated().execute(answerEnded)
        }
    }
}
