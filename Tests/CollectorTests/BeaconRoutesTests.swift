import Analytics
import HTTPTypes
import Storage
import Testing

@testable import Collector

/// The wire contract of DESIGN §8, over a socket. `path` is the way that a request takes: by the
/// bytes, or, with a header that only NIO's decoder understands, by the router; the answers must
/// not differ.
@Suite("Beacon routes")
struct BeaconRoutesTests {
    enum Path: CaseIterable, Sendable { case bytes, router }

    private static let agent: HTTPFields = [
        .userAgent: CollectorBench.chrome, .acceptLanguage: "lv",
    ]

    private func post(
        _ client: TestClient, _ body: String, _ headers: HTTPFields = [:], by path: Path = .bytes
    ) async throws -> Reply {
        var all = Self.agent
        for field in headers { all[values: field.name] = headers[values: field.name] }
        if path == .router { all[.trailer] = "x" }
        return try await client.execute("POST", "/api/event", all, body: body)
    }

    private static let view = #"{"n":"pageview","u":"https://a.test/","d":"a.test"}"#

    @Test("202 ok when kept, with CORS and nothing to be cached", arguments: Path.allCases)
    func kept(path: Path) async throws {
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let response = try await post(
                client, Self.view, [.contentType: "text/plain", .origin: "https://a.test"], by: path
            )
            #expect(response.status == 202)
            #expect(response.text == "ok")
            #expect(response.headers[.cacheControl] == "no-store")
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(response.headers[.accessControlExposeHeaders] == "Footfall-Dropped")
            #expect(response.headers[.footfallDropped] == nil)
            #expect(response.headers[.setCookie] == nil)
        }
        #expect(try bench.books() == "received=1 kept=1")
    }

    @Test(
        "202 with the reason when dropped",
        arguments: [
            ("bot", "curl/8.5.0", "a.test"), ("unknown_site", CollectorBench.chrome, "b.test"),
            ("bot, unknown_site", "curl/8.5.0", "a.test,b.test,a.test"),
        ], Path.allCases)
    func dropped(sent: (reasons: String, agent: String, domains: String), path: Path) async throws {
        let (reasons, agent, domains) = sent
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let body = #"{"n":"pageview","u":"https://a.test/","d":"\#(domains)"}"#
            let response = try await post(client, body, [.userAgent: agent], by: path)
            #expect(response.status == 202)
            #expect(response.text == "ok")
            #expect(response.headers[.footfallDropped] == reasons)
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
        ], Path.allCases)
    func refused(sent: (body: String, status: Int, start: String), path: Path) async throws {
        let (body, status, start) = sent
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let response = try await post(client, body, by: path)
            #expect(response.status == status)
            #expect(response.text.hasPrefix(start))
            #expect(response.headers[.contentType] == "application/json")
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            // Nothing else is disturbed.
            #expect(try await post(client, Self.view).status == 202)
        }
        #expect(try bench.books() == "received=1 kept=1")
    }

    @Test("a body of just the limit is taken")
    func justTheLimit() async throws {
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let body =
                Self.view + String(repeating: " ", count: BeaconLimits.body - Self.view.utf8.count)
            let response = try await post(client, body)
            #expect(response.status == 202)
        }
    }

    @Test(
        "503 with Retry-After when it can't be kept now; the cause is for the log alone",
        arguments: Path.allCases)
    func unavailable(path: Path) async throws {
        let bench = try CollectorBench()
        bench.journal.close()
        let log = LogCatcher()
        try await ServerBench(log: log).run(bench) { client in
            let response = try await post(client, Self.view, by: path)
            #expect(response.status == 503)
            #expect(response.headers[.retryAfter] == "5")
            let text = response.text
            #expect(text == #"{"errors":{"server":["can't keep the event now; send it again"]}}"#)
        }
        #expect(log.text.contains("could not be kept"))
        for secret in ["127.0.0.1", "Mozilla", "a.test"] { #expect(!log.text.contains(secret)) }
    }

    @Test("a preflight is answered on beacon routes alone")
    func preflight() async throws {
        try await ServerBench().run(try CollectorBench()) { client in
            for uri in ["/api/event", "/pixel.gif"] {
                let response = try await client.execute("OPTIONS", uri)
                #expect(response.status == 204)
                #expect(response.headers[.accessControlAllowOrigin] == "*")
                #expect(response.headers[.accessControlAllowMethods] == "GET, POST, OPTIONS")
                #expect(response.headers[.accessControlAllowHeaders] == "Content-Type")
            }
            let health = try await client.execute("GET", "/healthz")
            #expect(health.status == 200)
            #expect(health.headers[.accessControlAllowOrigin] == nil)
            #expect(try await client.execute("GET", "/api/event").status != 200)
            #expect(try await client.execute("POST", "/nothing").status == 404)
        }
    }

    @Test("the pixel counts the page it names, or the one it is on, and is always an image")
    func pixel() async throws {
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let uris = [
                "/pixel.gif?u=https%3A%2F%2Fa.test%2F%C4%81%22%5C&t=%00x",
                "/pixel.gif?url=https://a.test/b&d=a.test",
            ]
            for uri in uris {
                let response = try await client.execute("GET", uri, Self.agent)
                #expect(response.status == 202)
                #expect(response.headers[.contentType] == "image/gif")
                #expect(response.headers[.cacheControl] == "no-store")
                #expect(response.text.hasPrefix("GIF89a"))
            }
            var onPage = Self.agent
            onPage[.referer] = "https://a.test/c"
            #expect(
                try await client.execute("GET", "/pixel.gif", onPage).status
                    == 202)
            let nowhere = try await client.execute("GET", "/pixel.gif", Self.agent)
            #expect(nowhere.status == 400)
        }
        #expect(try bench.books() == "received=3 kept=3")
    }

    @Test("the address is the peer's unless the peer is a trusted proxy", arguments: Path.allCases)
    func clientAddress(path: Path) async throws {
        for (proxies, visitors) in [([], 1), (["127.0.0.1"], 3)] {
            let bench = try CollectorBench()
            try await ServerBench(proxies: proxies).run(bench) { client in
                for forwarded in ["198.51.100.1", "198.51.100.2", "203.0.113.9, 198.51.100.2"] {
                    let headers: HTTPFields = [HTTPField.Name("X-Forwarded-For")!: forwarded]
                    let response = try await post(client, Self.view, headers, by: path)
                    #expect(response.status == 202)
                }
                // Another proxy's header is nobody's business.
                let other: HTTPFields = [HTTPField.Name("X-Real-IP")!: "198.51.100.77"]
                let response = try await post(client, Self.view, other, by: path)
                #expect(response.status == 202)
            }
            #expect(Set(try bench.storedVisitors()).count == visitors)
        }
    }

    @Test("a proxy that nobody told of is warned of once an hour and noted; no address is logged")
    func untrustedProxy() async throws {
        let bench = try CollectorBench()
        let log = LogCatcher()
        let headers: HTTPFields = [HTTPField.Name("X-Forwarded-For")!: "198.51.100.1"]
        try await ServerBench(log: log).run(bench) { client in
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
        try await ServerBench().run(try CollectorBench()) { client in
            let plain = try await client.execute("GET", "/footfall.js")
            #expect(plain.status == 200)
            #expect(plain.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(plain.headers[.cacheControl]?.contains("max-age") == true)
            let tag = try #require(plain.headers[.eTag])
            let unchanged = try await client.execute("GET", "/footfall.js", [.ifNoneMatch: tag])
            #expect(unchanged.status == 304 && unchanged.body.isEmpty)
            let zipped = try await client.execute(
                "GET", "/footfall.js", [.acceptEncoding: "gzip, br"])
            #expect(zipped.headers[.contentEncoding] == "gzip")
            #expect(zipped.body.count < plain.body.count)
        }
    }
}
