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
    private let limits: CollectorLimits
    private(set) var openRequests = 0
    /// Whether bytes of a request have come and its end has not.
    private(set) var isReading = false
    private var hasDecoded = false
    /// A request was over a limit: the rest of the connection is not read.
    private var isRefusing = false

    /// - Parameters:
    ///   - requestCame: called with each request's end.
    ///   - answerEnded: called when every request that came has its answer.
    init(
        limits: CollectorLimits, requestCame: @escaping () -> Void,
        answerEnded: @escaping () -> Void
    ) {
        self.limits = limits
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
        guard !isRefusing else { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            if let status = refusal(of: request) { return refuse(with: status, context) }
            openRequests += 1
            isReading = true
        case .body: break
        case .end:
            isReading = false
            requestCame()
        }
        context.fireChannelRead(data)
    }

    /// The byte level knows the limits of the first request on a connection; what comes behind it
    /// is measured here.
    private func refusal(of request: HTTPRequest) -> HTTPResponse.Status? {
        if request.path?.utf8.count ?? 0 > limits.url { return .uriTooLong }
        let size = request.headerFields.reduce(0) {
            $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4
        }
        return size > limits.header ? .requestHeaderFieldsTooLarge : nil
    }

    /// Closes; with an answer where none is due before it.
    private func refuse(with status: HTTPResponse.Status, _ context: ChannelHandlerContext) {
        isRefusing = true
        guard openRequests == 0 else {
            context.close(promise: nil)
            return
        }
        var head = HTTPResponse(status: status)
        head.headerFields[.connection] = "close"
        head.headerFields[.contentLength] = "0"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
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
