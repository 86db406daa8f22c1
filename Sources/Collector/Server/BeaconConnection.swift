import Analytics
import HTTPTypes
import NIOCore

/// A connection's bytes, ahead of the router on the same port: takes whole, plain beacons off them
/// and answers each when its sync is done; hands every other request on.
///
/// Why: Hummingbird's router with its tasks costs some 20 µs a request, NIO's HTTP/1 decoder and
/// encoder 3, and building their half of the pipeline 100 µs a connection; a beacon needs none of
/// it (docs/performance.md). So that half is built when the first other request comes.
///
/// Answers leave in the order of the requests: while a beacon waits for its commit no other request
/// is handed on, and while the router answers one the bytes behind it wait here.
final class BeaconConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Mode {
        case beacons
        /// The router has a whole request without a body; the next byte is the next request's.
        case routed
        /// Something odd came: NIO's decoder has the rest of the connection.
        case passing
        case closing
    }

    private struct Pending {
        var answer: BeaconAnswer?
        var closes: Bool
    }

    /// Beacons of one connection that wait for their commit; the rest waits to be read.
    private static let pipelineLimit = 64

    private let server: ServerContext
    private var mode = Mode.beacons
    private var unread = ByteBuffer()
    private var pending = CircularBuffer<Pending>()
    /// The number of the first pending beacon.
    private var firstTicket = 0
    private var router: RoutedHalf?
    private var routedCloses = false
    private var hasUnforwardedRead = false
    private var inputEnded = false
    private var quiesces = false
    private var context: ChannelHandlerContext?
    private var peer: ClientAddress?
    // Seconds, as the sweep counts them: no clock is read for each request.
    private var idleSeconds = 0
    private var requestSeconds = 0
    private var drainSeconds = 0

    init(server: ServerContext) {
        self.server = server
    }

    /// The network whose connections are counted against the limit for one address.
    func limitedNetwork(of channel: any NIOCore.Channel) -> UInt64? {
        let peer = channel.remoteAddress?.ipAddress.flatMap { ClientAddress($0) }
        return server.senders.isTrusted(peer) ? nil : peer?.networkNumber
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = context.remoteAddress?.ipAddress.flatMap { ClientAddress($0) }
        server.connections.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        server.connections.remove(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if mode == .passing {
            context.fireChannelRead(data)
            return
        }
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeBuffer(&bytes) }
        readRequests(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if router != nil { context.fireChannelReadComplete() }
    }

    /// While requests wait here nothing more is read: the sender is held up, not memory filled.
    func read(context: ChannelHandlerContext) {
        if isHeldUp { hasUnforwardedRead = true } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        pending.removeAll()
        mode = .closing
        context.fireChannelInactive()
    }

    /// Half-closing and shutting down wait for the answers that are due.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputEnded = true
            if mode == .passing { context.fireUserInboundEventTriggered(event) }
        case is ChannelShouldQuiesceEvent:
            quiesces = true
            if mode == .passing { context.fireUserInboundEventTriggered(event) }
        default: context.fireUserInboundEventTriggered(event)
        }
        finishIfDone(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset connection, a failed TLS handshake: nothing to say, and no address in a log.
        context.close(promise: nil)
    }

    // MARK: Requests

    private var isHeldUp: Bool {
        switch mode {
        case .beacons: pending.count >= Self.pipelineLimit
        case .routed, .closing: true
        case .passing: false
        }
    }

    private func readRequests(_ context: ChannelHandlerContext) {
        while mode == .beacons, unread.readableBytes > 0, pending.count < Self.pipelineLimit,
            pending.last?.closes != true
        {
            // What the request holds is used before the bytes are given back.
            let length = unread.withUnsafeReadableBytes { bytes -> Int in
                take(PlainRequest(bytes.bindMemory(to: UInt8.self), limits: server.limits))
            }
            guard length > 0 else { break }
            idleSeconds = 0
            requestSeconds = 0
            unread.moveReaderIndex(forwardBy: length)
        }
        // Given back at once, so that the next read finds its buffer free.
        if unread.readableBytes == 0 { unread = ByteBuffer() }
        guard mode == .beacons, pending.isEmpty else { return }
        handOn(context)
    }

    /// - Returns: the bytes that were dealt with; 0 if the request has to wait, or is no beacon.
    private func take(_ request: PlainRequest) -> Int {
        guard case .beacon(let beacon) = request else { return 0 }
        let ticket = firstTicket + pending.count
        pending.append(Pending(closes: beacon.head.closes || quiesces))
        let sender = server.senders.sender(
            peer: peer, addresses: beacon.head.values(server.senders.addressHeader)
        ) { beacon.head.value($0) }
        let answers = server.answers
        let connection = ConnectionReference(connection: self)
        server.receiver.receive(body: beacon.body, from: sender) { answer in
            answers.deliver(AnswerQueue.Delivery(to: connection, ticket: ticket, answer: answer))
        }
        return beacon.length
    }

    /// The request at hand is no beacon, or not whole: no answer is due before its own.
    private func handOn(_ context: ChannelHandlerContext) {
        guard unread.readableBytes > 0 else { return }
        // As above.
        let request = unread.withUnsafeReadableBytes {
            PlainRequest($0.bindMemory(to: UInt8.self), limits: server.limits)
        }
        switch request {
        case .beacon, .incomplete: break
        case .bodyless(let length, let closes):
            routedCloses = closes
            guard let bytes = unread.readSlice(length: length), buildRouter(context) else { return }
            mode = .routed
            idleSeconds = 0
            requestSeconds = 0
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        case .other:
            guard buildRouter(context) else { return }
            mode = .passing
            let bytes = unread
            unread = ByteBuffer()
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
            if inputEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
            if quiesces { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
            readOn(context)
        case .tooLarge(let isTarget):
            refuse(
                context,
                isTarget
                    ? BeaconResponse(
                        .uriTooLong, fault: "url", "is over \(server.limits.url) bytes")
                    : BeaconResponse(
                        .requestHeaderFieldsTooLarge, fault: "headers",
                        "are over \(server.limits.header) bytes"))
        }
    }

    private func buildRouter(_ context: ChannelHandlerContext) -> Bool {
        if router != nil { return true }
        router = server.buildRouter(context.channel) { [weak self] in self?.routedAnswerEnded() }
        if router == nil { context.close(promise: nil) }
        return router != nil
    }

    /// The router has answered: the bytes behind its request are next.
    private func routedAnswerEnded() {
        guard mode == .routed, let context else { return }
        mode = routedCloses ? .closing : .beacons
        idleSeconds = 0
        readRequests(context)
        finishIfDone(context)
        readOn(context)
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard hasUnforwardedRead, !isHeldUp else { return }
        hasUnforwardedRead = false
        context.read()
    }

    // MARK: Answers

    /// Called by the queue with what it has for this connection; it flushes afterwards.
    func take(_ answer: BeaconAnswer, ticket: Int) {
        guard let context, ticket >= firstTicket, ticket - firstTicket < pending.count else {
            return
        }
        let index = pending.index(pending.startIndex, offsetBy: ticket - firstTicket)
        pending[index].answer = answer
        while let first = pending.first, let answer = first.answer {
            pending.removeFirst()
            firstTicket += 1
            let closes = first.closes || quiesces
            let bytes = server.answers.bytes(of: answer, closes: closes)
            context.write(wrapOutboundOut(bytes), promise: nil)
            if closes {
                mode = .closing
                pending.removeAll()
            }
        }
    }

    func flushAnswers() {
        guard let context else { return }
        context.flush()
        if mode == .closing {
            close(context)
        } else {
            readRequests(context)
            finishIfDone(context)
            readOn(context)
        }
    }

    /// Answers a request that is not taken, and closes: what follows it can't be told apart.
    private func refuse(_ context: ChannelHandlerContext, _ response: BeaconResponse) {
        mode = .closing
        let bytes = response.bytes(date: server.answers.date, closes: true)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        close(context)
    }

    /// Closes the sending half first, so that the answer is not lost to a reset when unread bytes
    /// wait; the sweep closes the rest.
    private func close(_ context: ChannelHandlerContext) {
        guard unread.readableBytes > 0, !inputEnded else {
            context.close(promise: nil)
            return
        }
        context.close(mode: .output, promise: nil)
    }

    private func finishIfDone(_ context: ChannelHandlerContext) {
        guard mode == .beacons || mode == .closing, pending.isEmpty, inputEnded else { return }
        context.close(promise: nil)
    }

    // MARK: Time

    /// Once a second: cuts slow senders, idle connections, and those that a shutdown left open.
    func sweep() {
        guard let context else { return }
        if quiesces { drainSeconds += 1 }
        if drainSeconds > ServerContext.longestDrainSeconds { return context.close(promise: nil) }
        switch mode {
        case .closing:
            context.close(promise: nil)
        case .beacons where !pending.isEmpty: break
        case .beacons where unread.readableBytes > 0:
            requestSeconds += 1
            if requestSeconds > server.requestSeconds || drainSeconds > ServerContext.drainSeconds {
                refuse(
                    context,
                    BeaconResponse(
                        .requestTimeout, fault: "request", "took too long to come whole"))
            }
        case .beacons: closeIfIdle(context)
        case .routed, .passing:
            guard let router else { return }
            if router.isReading {
                requestSeconds += 1
                if requestSeconds > server.requestSeconds { context.close(promise: nil) }
            } else if router.openRequests == 0 {
                requestSeconds = 0
                closeIfIdle(context)
            } else {
                idleSeconds = 0
            }
        }
    }

    private func closeIfIdle(_ context: ChannelHandlerContext) {
        idleSeconds += 1
        // Under load each connection's next answer closes it; one that rests is closed here.
        if idleSeconds > server.idleSeconds || drainSeconds > ServerContext.drainSeconds {
            context.close(promise: nil)
        }
    }
}

/// A connection as other threads may hold it: they hand it back to its loop, and only there is it
/// used.
struct ConnectionReference: @unchecked Sendable {
    let connection: BeaconConnection
}
