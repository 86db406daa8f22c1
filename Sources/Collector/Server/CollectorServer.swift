import Foundation
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The collector's server: one event loop takes all connections; beacons go from the bytes to the
/// journal, all else to the router (`BeaconConnection`).
///
/// One loop, because the journal's thread and SQLite's sync use the rest of a small machine: with
/// two loops a beacon cost 20 µs in place of 17.
package struct CollectorServer: Service {
    /// Connections that wait to be accepted: under `Connection: close` some hundreds come in the
    /// time of one commit; the kernel cuts it to `net.core.somaxconn`.
    private static let backlog: Int32 = 4_096

    private let socket: ListeningSocket
    private let responder: any HTTPResponder<FootfallRequestContext>
    private let receiver: BeaconReceiver
    private let senders: SenderReader
    private let outages: OutageLog
    private let limits: CollectorLimits
    private let tls: ServerCertificates?
    private let counters: ServerCounters
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int?) -> Void

    /// - Parameter onListening: called when connections are taken; the port is that of a TCP socket.
    package init(
        socket: ListeningSocket, router: Router<FootfallRequestContext>, receiver: BeaconReceiver,
        senders: SenderReader, outages: OutageLog, limits: CollectorLimits = .standard,
        tls: ServerCertificates? = nil, counters: ServerCounters = ServerCounters(),
        logger: Logger, onListening: @escaping @Sendable (_ port: Int?) -> Void
    ) {
        self.socket = socket
        responder = router.buildResponder()
        self.receiver = receiver
        self.senders = senders
        self.outages = outages
        self.limits = limits
        self.tls = tls
        self.counters = counters
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown, which answers every request that has come whole.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let loop = group.next()
        let (routed, continuation) = AsyncStream.makeStream(of: HTTP1Channel.Value.self)
        let channel = HTTP1Channel(
            responder: RoutedResponder(responder: responder, logger: logger).respond)
        let connections = OpenConnections(limits: limits, loop: loop)
        counters.watch(connections)
        let context = ServerContext(
            receiver: receiver, senders: senders,
            answers: AnswerQueue(loop: loop, outages: outages), connections: connections,
            limits: limits, router: channel, routed: continuation, logger: logger)
        let quiescing = ServerQuiescingHelper(group: group)
        let listener = try await socket.bind(bootstrap(group, context, quiescing))
        let sweep = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            connections.sweep()
        }
        try await Self.boundUnsentBytes(of: listener)
        onListening(listener.localAddress?.port)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await connection in routed {
                    tasks.addTask { await channel.handle(value: connection, logger: logger) }
                }
            }
        } onGracefulShutdown: {
            counters.beginDraining()
            let closed = loop.makePromise(of: Void.self)
            closed.futureResult.whenComplete { _ in continuation.finish() }
            quiescing.initiateShutdown(promise: closed)
        }
        sweep.cancel()
    }

    /// Connections take this on from their listener. Without it the system alone decides how much
    /// it keeps for a reader that takes nothing, megabytes of each; and only when a third of that
    /// has gone does it say that the reader takes anything.
    private static func boundUnsentBytes(of listener: any Channel) async throws {
        guard listener.localAddress?.ipAddress != nil else { return }
        try await listener.setOption(
            .tcpOption(.init(rawValue: CInt(TCP_NOTSENT_LOWAT))), value: 64 << 10
        ).get()
    }

    private func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ context: ServerContext,
        _ quiescing: ServerQuiescingHelper
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Under `Connection: close` many connections come with each turn of the loop.
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelInitializer { [outages] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                    try pipeline.addHandler(AcceptPause { outages.noteAcceptPause($0) })
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try admit(channel, context) }
            }
    }

    /// Refused connections are closed without a word: an answer would cost what they flood.
    private func admit(_ channel: any Channel, _ context: ServerContext) throws {
        let connection = BeaconConnection(server: context)
        let network = connection.limitedNetwork(of: channel)
        guard context.connections.enter(network) else {
            counters.countRefusedConnection()
            throw ListeningError("too many connections")
        }
        channel.closeFuture.whenComplete { _ in context.connections.leave(network) }
        if channel.remoteAddress?.ipAddress != nil {
            // Answers are whole when they are written: nothing is gained by gathering them.
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        }
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(tls.makeHandler()) }
        try pipeline.addHandler(connection)
    }
}

/// Answers what the router answers, with the headers that every answer has.
private struct RoutedResponder: Sendable {
    let responder: any HTTPResponder<FootfallRequestContext>
    let logger: Logger

    func respond(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var response: Response
        do {
            response = try await responder.respond(
                to: request,
                context: FootfallRequestContext(
                    source: ApplicationRequestContextSource(channel: channel, logger: logger)))
        } catch let error as HTTPParserError {
            // Answered with 400 by the connection's own handler.
            throw error
        } catch {
            // Of a body that broke off, or a fault of ours; its text may hold what was sent.
            logger.debug("A request failed.", metadata: ["type": "\(type(of: error))"])
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = AnswerQueue.dateNow
        response.headers[.server] = "footfall"
        try await writer.write(response: response.head, body: response.body)
    }
}
