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
    /// Unread bytes that a connection may have whatever the others have: a beacon's.
    private static let fairShare = 2_048
    /// Bytes that NIO's decoder is given at once, so that the requests in them are few.
    private static let pieceLimit = 4_096

    private let server: ServerContext
    private var mode = Mode.beacons
    private var unread = ByteBuffer()
    /// What `unread` is counted with among all connections.
    private var unreadCounted = 0
    private var pending = CircularBuffer<Pending>()
    /// The number of the first pending beacon.
    private var firstTicket = 0
    private var router: RoutedHalf?
    private var routedCloses = false
    /// The channel, or the router behind us, is ready for more than it was given.
    private var wantsRead = false
    private var isPassingOn = false
    /// Whether the sender takes its answers: false while over 64 KiB of them wait.
    private var isWritable = true
    private var inputEnded = false
    private var inputEndPassedOn = false
    private var quiesces = false
    private var context: ChannelHandlerContext?
    private var peer: ClientAddress?
    private var patience = ConnectionPatience()

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
        server.connections.unread.value -= unreadCounted
        unreadCounted = 0
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            // Else what was read before would stay for as long as each read ends within a request.
            unread.discardReadBytes()
            unread.writeBuffer(&bytes)
        }
        guard unread.readableBytes <= server.unreadLimit else {
            context.close(promise: nil)
            return
        }
        readRequests(context)
        passOn(context)
        keepUnreadSmall(context)
    }

    /// What stays of a read is part of a request: it keeps no more memory than it needs, and all
    /// connections together keep no more than they may.
    private func keepUnreadSmall(_ context: ChannelHandlerContext) {
        let count = unread.readableBytes
        if count > 0 {
            var compact = context.channel.allocator.buffer(capacity: count)
            compact.writeImmutableBuffer(unread)
            unread = compact
        }
        let total = server.connections.unread
        total.value += count - unreadCounted
        unreadCounted = count
        guard total.value > server.limits.unread, count > Self.fairShare, mode != .closing else {
            return
        }
        context.close(promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if router != nil { context.fireChannelReadComplete() }
    }

    /// While requests wait here, or answers that the sender doesn't take, nothing more is read: the
    /// sender is held up, not memory filled.
    func read(context: ChannelHandlerContext) {
        wantsRead = true
        readOn(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        context.fireChannelWritabilityChanged()
        guard isWritable else { return }
        readRequests(context)
        finishIfDone(context)
        readOn(context)
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
            passOn(context)
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
        case .beacons: !isWritable || pending.count >= Self.pipelineLimit
        case .routed, .closing: true
        case .passing: !isWritable
        }
    }

    private func readRequests(_ context: ChannelHandlerContext) {
        while mode == .beacons, !isHeldUp, unread.readableBytes > 0, pending.last?.closes != true {
            // What the request holds is used before the bytes are given back.
            let length = unread.withUnsafeReadableBytes { bytes -> Int in
                take(PlainRequest(bytes.bindMemory(to: UInt8.self), limits: server.limits))
            }
            guard length > 0 else { break }
            patience.requestCame()
            unread.moveReaderIndex(forwardBy: length)
        }
        // Given back at once, so that the next read finds its buffer free.
        if unread.readableBytes == 0 { unread = ByteBuffer() }
        guard mode == .beacons, isWritable, pending.isEmpty else { return }
        handOn(context)
    }

    /// - Returns: the bytes that were dealt with; 0 if the request has to wait, or is no beacon.
    private func take(_ request: PlainRequest) -> Int {
        guard case .beacon(let beacon) = request else { return 0 }
        let ticket = firstTicket + pending.count
        pending.append(Pending(closes: beacon.head.closes))
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
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        case .other:
            guard buildRouter(context) else { return }
            mode = .passing
            routedCloses = PlainRequest.isOfOldClient(unread.readableBytesView)
            // The router's half is new, or has answered all that it had: it can take some.
            wantsRead = true
            passOn(context)
            if quiesces { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
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

    /// Gives the decoder the rest of the connection, piece by piece as the router asks for more.
    private func passOn(_ context: ChannelHandlerContext) {
        guard mode == .passing, !isPassingOn, let router else { return }
        isPassingOn = true
        defer { isPassingOn = false }
        while mode == .passing, wantsRead, isWritable,
            let piece = unread.readSlice(length: min(unread.readableBytes, Self.pieceLimit)),
            piece.readableBytes > 0
        {
            wantsRead = false
            router.decode { context.fireChannelRead(wrapInboundOut(piece)) }
            context.fireChannelReadComplete()
            // Comes back to `read` unless the router has enough for now.
            context.channel.read()
        }
        guard mode == .passing, unread.readableBytes == 0 else { return }
        unread = ByteBuffer()
        if inputEnded, !inputEndPassedOn {
            inputEndPassedOn = true
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if wantsRead, isWritable {
            wantsRead = false
            context.read()
        }
    }

    private func buildRouter(_ context: ChannelHandlerContext) -> Bool {
        if router != nil { return true }
        router = server.buildRouter(
            context.channel,
            requestCame: { [weak self] in self?.patience.requestCame() },
            answerEnded: { [weak self] in self?.routedAnswerEnded() })
        if router == nil { context.close(promise: nil) }
        return router != nil
    }

    /// The router has answered: the bytes behind its request are next.
    private func routedAnswerEnded() {
        guard let context else { return }
        if mode == .passing, routedCloses {
            mode = .closing
            close(context)
        }
        guard mode == .routed else { return }
        mode = routedCloses ? .closing : .beacons
        readRequests(context)
        finishIfDone(context)
        readOn(context)
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard wantsRead, !isHeldUp else { return }
        if mode == .passing { return passOn(context) }
        wantsRead = false
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
            // A shutdown closes with the last answer that is due.
            let isLast = pending.isEmpty && unread.readableBytes == 0
            let closes = first.closes || quiesces && isLast
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
    /// wait, nor cut off when the sender is slow to take it; the sweep closes the rest.
    private func close(_ context: ChannelHandlerContext) {
        guard unread.readableBytes > 0 && !inputEnded || hasUnsentBytes(context) else {
            context.close(promise: nil)
            return
        }
        context.close(mode: .output, promise: nil)
    }

    private func hasUnsentBytes(_ context: ChannelHandlerContext) -> Bool {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 > 0
    }

    private func finishIfDone(_ context: ChannelHandlerContext) {
        guard mode == .beacons || mode == .closing, pending.isEmpty, inputEnded, isWritable else {
            return
        }
        mode = .closing
        close(context)
    }

    // MARK: Time

    /// Once a second: cuts slow senders and readers, idle connections, and those that a shutdown
    /// left open.
    func sweep() {
        guard let context else { return }
        switch patience.secondPassed(activity(context), isStopping: quiesces, server.limits) {
        case .stays: break
        case .tooSlow where mode == .beacons:
            refuse(
                context,
                BeaconResponse(.requestTimeout, fault: "request", "took too long to come whole"))
        case .tooSlow, .isOver: context.close(promise: nil)
        }
    }

    private func activity(_ context: ChannelHandlerContext) -> ConnectionPatience.Activity {
        if !isWritable { return .blocked }
        switch mode {
        case .closing: return hasUnsentBytes(context) ? .blocked : .closing
        case .beacons where !pending.isEmpty: return .answering
        case .beacons: return unread.readableBytes > 0 ? .receiving : .resting
        case .routed, .passing:
            guard let router else { return .closing }
            if router.isReading { return .receiving }
            return router.openRequests > 0 ? .answering : .resting
        }
    }
}
