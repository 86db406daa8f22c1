import Analytics
import Collector
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import Synchronization
import Testing

/// The wire contract of DESIGN §8, over a socket.
@Suite("Beacon routes")
struct BeaconRoutesTests {
    private static let agent: HTTPFields = [
        .userAgent: CollectorBench.chrome, .acceptLanguage: "lv",
    ]

    /// Runs a server for the bench; the peer of every request is 127.0.0.1.
    private func serve(
        _ bench: CollectorBench, trusting proxies: [String] = [],
        header: String = "X-Forwarded-For",
        log: LogCatcher = LogCatcher(),
        _ test: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let router = Router(context: FootfallRequestContext.self)
        var logger = Logger(label: "test") { _ in log }
        logger.logLevel = .trace
        BeaconRoutes(
            receiver: bench.receiver,
            addresses: ClientAddressResolver(
                trustedProxies: proxies.map { Network($0)! }, header: header),
            proxyWatch: ProxyWatch(clock: bench.clock.clock, database: bench.database),
            logger: logger
        ).add(to: router)
        HealthRoutes(journal: bench.journal).add(to: router)
        AssetRoutes().add(to: router)
        var quiet = Logger(label: "server")
        quiet.logLevel = .critical
        try await Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: quiet
        ).test(.live, test)
    }

    private func post(
        _ client: any TestClientProtocol, _ body: String, _ headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var all = Self.agent
        for field in headers { all[values: field.name] = headers[values: field.name] }
        return try await client.execute(
            uri: "/api/event", method: .post, headers: all, body: ByteBuffer(string: body))
    }

    private static let view = #"{"n":"pageview","u":"https://a.test/","d":"a.test"}"#

    @Test("202 ok when kept, with CORS and nothing to be cached")
    func kept() async throws {
        let bench = try CollectorBench()
        try await serve(bench) { client in
            let response = try await post(
                client, Self.view, [.contentType: "text/plain", .origin: "https://a.test"])
            #expect(response.status == .accepted)
            #expect(String(buffer: response.body) == "ok")
            #expect(response.headers[.cacheControl] == "no-store")
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(response.headers[.accessControlExposeHeaders] == "Footfall-Dropped")
            #expect(response.headers[HTTPField.Name("Footfall-Dropped")!] == nil)
            #expect(response.headers[.setCookie] == nil)
        }
        #expect(try bench.books() == "received=1 kept=1")
    }

    @Test(
        "202 with the reason when dropped",
        arguments: [
            ("bot", "curl/8.5.0", "a.test"), ("unknown_site", CollectorBench.chrome, "b.test"),
            ("bot, unknown_site", "curl/8.5.0", "a.test,b.test,a.test"),
        ])
    func dropped(reasons: String, agent: String, domains: String) async throws {
        let bench = try CollectorBench()
        try await serve(bench) { client in
            let body = #"{"n":"pageview","u":"https://a.test/","d":"\#(domains)"}"#
            let response = try await post(client, body, [.userAgent: agent])
            #expect(response.status == .accepted)
            #expect(String(buffer: response.body) == "ok")
            #expect(response.headers[HTTPField.Name("Footfall-Dropped")!] == reasons)
        }
    }

    @Test(
        "400 names the field, 413 the limit, in JSON that browsers may read",
        arguments: [
            ("", 400, #"{"errors":{"body":["#),
            ("{\"n\":\"x\"}", 400, #"{"errors":{"url":["is required"]}}"#),
            (#"{"n":"x","u":"\"","d":1}"#, 400, #"{"errors":{"domain":["must be a string"]}}"#),
            (
                String(repeating: " ", count: BeaconLimits.body + 1), 413,
                #"{"errors":{"body":["is over"#
            ),
        ])
    func refused(body: String, status: Int, start: String) async throws {
        let bench = try CollectorBench()
        try await serve(bench) { client in
            let response = try await post(client, body)
            #expect(response.status.code == status)
            #expect(String(buffer: response.body).hasPrefix(start))
            #expect(response.headers[.contentType] == "application/json")
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            // Nothing else is disturbed.
            #expect(try await post(client, Self.view).status == .accepted)
        }
        #expect(try bench.books() == "received=1 kept=1")
    }

    @Test("a body of just the limit is taken")
    func justTheLimit() async throws {
        let bench = try CollectorBench()
        try await serve(bench) { client in
            let body =
                Self.view + String(repeating: " ", count: BeaconLimits.body - Self.view.utf8.count)
            let response = try await post(client, body)
            #expect(response.status == .accepted)
        }
    }

    @Test("503 with Retry-After when it can't be kept now; the cause is for the log alone")
    func unavailable() async throws {
        let bench = try CollectorBench()
        bench.journal.close()
        let log = LogCatcher()
        try await serve(bench, log: log) { client in
            let response = try await post(client, Self.view)
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] == "5")
            let text = String(buffer: response.body)
            #expect(text == #"{"errors":{"server":["can't keep the event now; send it again"]}}"#)
        }
        #expect(log.text.contains("could not be kept"))
        for secret in ["127.0.0.1", "Mozilla", "a.test"] { #expect(!log.text.contains(secret)) }
    }

    @Test("a preflight is answered on beacon routes alone")
    func preflight() async throws {
        try await serve(try CollectorBench()) { client in
            for uri in ["/api/event", "/pixel.gif"] {
                let response = try await client.execute(uri: uri, method: .options)
                #expect(response.status == .noContent)
                #expect(response.headers[.accessControlAllowOrigin] == "*")
                #expect(response.headers[.accessControlAllowMethods] == "GET, POST, OPTIONS")
                #expect(response.headers[.accessControlAllowHeaders] == "Content-Type")
            }
            let health = try await client.execute(uri: "/healthz", method: .get)
            #expect(health.status == .ok)
            #expect(health.headers[.accessControlAllowOrigin] == nil)
            #expect(try await client.execute(uri: "/api/event", method: .get).status != .ok)
            #expect(try await client.execute(uri: "/nothing", method: .post).status == .notFound)
        }
    }

    @Test("the pixel counts the page it names, or the one it is on, and is always an image")
    func pixel() async throws {
        let bench = try CollectorBench()
        try await serve(bench) { client in
            let uris = [
                "/pixel.gif?u=https%3A%2F%2Fa.test%2F%C4%81%22%5C&t=%00x",
                "/pixel.gif?url=https://a.test/b&d=a.test",
            ]
            for uri in uris {
                let response = try await client.execute(uri: uri, method: .get, headers: Self.agent)
                #expect(response.status == .accepted)
                #expect(response.headers[.contentType] == "image/gif")
                #expect(response.headers[.cacheControl] == "no-store")
                #expect(String(buffer: response.body).hasPrefix("GIF89a"))
            }
            var onPage = Self.agent
            onPage[.referer] = "https://a.test/c"
            #expect(
                try await client.execute(uri: "/pixel.gif", method: .get, headers: onPage).status
                    == .accepted)
            let nowhere = try await client.execute(
                uri: "/pixel.gif", method: .get, headers: Self.agent)
            #expect(nowhere.status == .badRequest)
        }
        #expect(try bench.books() == "received=3 kept=3")
    }

    @Test("the address is the peer's unless the peer is a trusted proxy")
    func clientAddress() async throws {
        for (proxies, visitors) in [([], 1), (["127.0.0.1"], 3)] {
            let bench = try CollectorBench()
            try await serve(bench, trusting: proxies) { client in
                for forwarded in ["198.51.100.1", "198.51.100.2", "203.0.113.9, 198.51.100.2"] {
                    let headers: HTTPFields = [HTTPField.Name("X-Forwarded-For")!: forwarded]
                    let response = try await post(client, Self.view, headers)
                    #expect(response.status == .accepted)
                }
                // Another proxy's header is nobody's business.
                let other: HTTPFields = [HTTPField.Name("X-Real-IP")!: "198.51.100.77"]
                let response = try await post(client, Self.view, other)
                #expect(response.status == .accepted)
            }
            #expect(Set(try bench.storedVisitors()).count == visitors)
        }
    }

    @Test("a proxy that nobody told of is warned of once an hour and noted; no address is logged")
    func untrustedProxy() async throws {
        let bench = try CollectorBench()
        let log = LogCatcher()
        let headers: HTTPFields = [HTTPField.Name("X-Forwarded-For")!: "198.51.100.1"]
        try await serve(bench, log: log) { client in
            for _ in 0..<3 { _ = try await post(client, Self.view, headers) }
            #expect(log.count(of: "--trusted-proxy") == 1)
            bench.clock.advance(.hours(1))
            _ = try await post(client, Self.view, headers)
            #expect(log.count(of: "--trusted-proxy") == 2)
        }
        #expect(try bench.database.note(.untrustedProxySeen) == bench.clock.now.milliseconds)
        #expect(!log.text.contains("198.51.100.1") && !log.text.contains("127.0.0.1"))
    }

    @Test("the tracker script: cached, compressed where asked, not sent again when unchanged")
    func script() async throws {
        try await serve(try CollectorBench()) { client in
            let plain = try await client.execute(uri: "/footfall.js", method: .get)
            #expect(plain.status == .ok)
            #expect(plain.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(plain.headers[.cacheControl]?.contains("max-age") == true)
            let tag = try #require(plain.headers[.eTag])
            let unchanged = try await client.execute(
                uri: "/footfall.js", method: .get, headers: [.ifNoneMatch: tag])
            #expect(unchanged.status == .notModified && unchanged.body.readableBytes == 0)
            let zipped = try await client.execute(
                uri: "/footfall.js", method: .get, headers: [.acceptEncoding: "gzip, br"])
            #expect(zipped.headers[.contentEncoding] == "gzip")
            #expect(zipped.body.readableBytes < plain.body.readableBytes)
        }
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
