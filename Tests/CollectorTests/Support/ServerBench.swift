import Analytics
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import Storage
import Synchronization

@testable import Collector

/// A collector's server on a free port of 127.0.0.1, for as long as a test's body runs; the peer of
/// every request is 127.0.0.1.
struct ServerBench {
    var proxies: [String] = []
    var header = "X-Forwarded-For"
    var limits = CollectorLimits.standard
    var socket = ListeningSocket.tcp(host: "127.0.0.1", port: 0)
    var certificates: ServerCertificates?
    var log = LogCatcher()

    func run(
        _ bench: CollectorBench, _ test: @Sendable (TestClient) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test") { [log] _ in log }
        logger.logLevel = .trace
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let group = ServiceGroup(
            services: [server(bench, logger) { listening.yield($0 ?? 0) }],
            logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { return try await tasks.waitForAll() }
            do {
                try await test(TestClient(port: port))
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func server(
        _ bench: CollectorBench, _ logger: Logger,
        onListening: @escaping @Sendable (Int?) -> Void
    ) -> CollectorServer {
        let receiver = bench.receiver(limits: limits)
        let senders = SenderReader(
            addresses: ClientAddressResolver(
                trustedProxies: proxies.map { Network($0)! }, header: header),
            proxyWatch: ProxyWatch(clock: bench.clock.clock, database: bench.database),
            logger: logger)
        let outages = OutageLog(clock: bench.clock.clock, logger: logger)
        let counters = ServerCounters()
        let router = Router(context: FootfallRequestContext.self)
        BeaconRoutes(receiver: receiver, senders: senders, outages: outages, limits: limits)
            .add(to: router)
        HealthRoutes(journal: bench.journal, counters: counters).add(to: router)
        AssetRoutes().add(to: router)
        MetricsRoutes(
            journal: bench.journal, folder: bench.folder, salts: bench.salts,
            registry: bench.registry, counters: counters, senders: senders,
            clock: bench.clock.clock
        ).add(to: router)
        return CollectorServer(
            socket: socket, router: router, receiver: receiver, senders: senders,
            outages: outages, limits: limits, tls: certificates, counters: counters,
            logger: logger,
            onListening: onListening)
    }
}

/// An answer, read off a socket.
struct Reply: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Sends requests over sockets of its own.
struct TestClient: Sendable {
    let port: Int

    func connect() async throws -> TestConnection {
        try await offPool { try TestConnection(port: port) }
    }

    /// One request on a connection of its own.
    func execute(
        _ method: String, _ target: String, _ headers: HTTPFields = [:], body: String? = nil
    ) async throws -> Reply {
        let connection = try await connect()
        return try await connection.exchange(
            TestClient.request(method, target, headers, body: body))
    }

    static func request(
        _ method: String, _ target: String, _ headers: HTTPFields = [:], body: String? = nil
    ) -> String {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: a.test\r\n"
        for field in headers { text += "\(field.name.rawName): \(field.value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return text + "\r\n" + (body ?? "")
    }
}

/// Runs what blocks on a thread of its own: the pool has as few as the machine has cores.
func offPool<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

/// A socket; a read or write that nothing answers within ten seconds fails, so that no test hangs.
final class TestConnection: Sendable {
    enum Failure: Error {
        case closed
        case timedOut
    }

    private let socket: Int32
    private let received = Mutex<[UInt8]>([])

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        for direction in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                socket, SOL_SOCKET, direction, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address is read within the call.
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, size)
            }
        }
        guard result == 0 else { throw Failure.closed }
    }

    deinit { Glibc.close(socket) }

    func exchange(_ request: String) async throws -> Reply {
        try await offPool { [self] in
            try send(request)
            return try receive()
        }
    }

    func exchange(_ request: [UInt8]) async throws -> Reply {
        try await offPool { [self] in
            try send(bytes: request)
            return try receive()
        }
    }

    /// The next `count` answers.
    func replies(_ count: Int) async throws -> [Reply] {
        try await offPool { [self] in try (0..<count).map { _ in try receive() } }
    }

    /// Whether the server has closed, with nothing left to read.
    func isClosed() async throws -> Bool {
        try await offPool { [self] in
            guard received.withLock(\.isEmpty) else { return false }
            return try !fill()
        }
    }

    func send(_ text: String) throws(Failure) { try send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The system copies the bytes before it returns.
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw errno == EAGAIN ? .timedOut : .closed }
            rest = rest.dropFirst(count)
        }
    }

    func closeOutput() { shutdown(socket, Int32(SHUT_WR)) }

    private func receive() throws -> Reply {
        while true {
            let bytes = received.withLock { $0 }
            if let end = Self.endOfHead(bytes) {
                let lines = String(decoding: bytes[..<end], as: UTF8.self)
                    .components(separatedBy: "\r\n").filter { !$0.isEmpty }
                var headers = HTTPFields()
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
                    headers.append(HTTPField(name: .init(String(parts[0]))!, value: value))
                }
                let length = headers[.contentLength].flatMap { Int($0) } ?? 0
                if bytes.count >= end + length {
                    received.withLock { $0.removeFirst(end + length) }
                    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
                    return Reply(
                        status: status, headers: headers,
                        body: Array(bytes[end..<(end + length)]))
                }
            }
            guard try fill() else { throw Failure.closed }
        }
    }

    /// - Returns: whether anything came before the end.
    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // Written within the call, at most its size.
        let count = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
        guard count >= 0 || errno == ECONNRESET else { throw Failure.timedOut }
        received.withLock { $0 += buffer.prefix(max(0, count)) }
        return count > 0
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= end.count else { return nil }
        return bytes.indices.dropLast(3).first { Array(bytes[$0..<($0 + 4)]) == end }.map { $0 + 4 }
    }
}

/// Keeps what is logged, metadata included.
final class LogCatcher: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    func count(of part: String) -> Int { lines.withLock { $0.count { $0.contains(part) } } }

    // A handler's own level and metadata don't matter here: everything is kept.
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}
