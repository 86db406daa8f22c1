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

    private let requestCame: () -> Void
    private let answerEnded: () -> Void
    private(set) var openRequests = 0
    /// Whether bytes of a request have come and its end has not.
    private(set) var isReading = false
    private var hasDecoded = false

    /// - Parameters:
    ///   - requestCame: called with each request's end.
    ///   - answerEnded: called when every request that came has its answer.
    init(requestCame: @escaping () -> Void, answerEnded: @escaping () -> Void) {
        self.requestCame = requestCame
        self.answerEnded = answerEnded
    }

    /// Hands bytes to the decoder. When nothing comes of them they are of a head that isn't whole,
    /// or empty lines ahead of one: the decoder keeps them to itself, and time must not.
    func decode(_ hand: () -> Void) {
        hasDecoded = false
        hand()
        if !hasDecoded { isReading = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasDecoded = true
        switch unwrapInboundIn(data) {
        case .head:
            openRequests += 1
            isReading = true
        case .body: break
        case .end:
            isReading = false
            requestCame()
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
