import Analytics
import HTTPTypes
import Testing

@testable import Collector

/// What a connection promises whichever way its requests go: an answer each, in their order, and
/// none lost when it is closed half or the server stops.
@Suite("Connections")
struct ConnectionTests {
    private static let view = #"{"n":"pageview","u":"https://a.test/","d":"a.test"}"#

    private static func beacon(_ more: HTTPFields = [:], _ body: String = view) -> String {
        var headers: HTTPFields = [.userAgent: CollectorBench.chrome, .acceptLanguage: "lv"]
        for field in more { headers.append(field) }
        return TestClient.request("POST", "/api/event", headers, body: body)
    }

    private static let get = TestClient.request("GET", "/healthz")
    private static let chunked =
        TestClient.request(
            "POST", "/api/event",
            [
                .userAgent: CollectorBench.chrome, .acceptLanguage: "lv",
                .transferEncoding: "chunked",
            ]) + String(view.utf8.count, radix: 16) + "\r\n" + view + "\r\n0\r\n\r\n"

    @Test(
        "answers come in the order of the requests, whatever takes them",
        arguments: [
            "bbb", "gbg", "bgb", "bgbgb", "gggg", "bcb", "cbg", "mbgmb", "bbbbbbbbgb", "gbbbbbbcbg",
        ])
    func order(pattern: String) async throws {
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let connection = try await client.connect()
            var text = ""
            var statuses: [Int] = []
            for kind in pattern {
                switch kind {
                case "b": (text, statuses) = (text + Self.beacon(), statuses + [202])
                case "c": (text, statuses) = (text + Self.chunked, statuses + [202])
                case "m": (text, statuses) = (text + Self.beacon([:], "{"), statuses + [400])
                default: (text, statuses) = (text + Self.get, statuses + [200])
                }
            }
            try connection.send(text)
            #expect(try await connection.replies(pattern.count).map(\.status) == statuses)
        }
        let kept = pattern.count { "bc".contains($0) }
        #expect(try bench.books() == "received=\(kept) kept=\(kept)")
    }

    @Test("a request in single bytes is read like one in one piece")
    func trickled() async throws {
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let connection = try await client.connect()
            for byte in (Self.beacon() + Self.get + Self.beacon()).utf8 {
                try connection.send(bytes: [byte])
            }
            #expect(try await connection.replies(3).map(\.status) == [202, 200, 202])
        }
    }

    @Test("more pipelined beacons than are taken at once")
    func manyPipelined() async throws {
        let bench = try CollectorBench()
        try await ServerBench().run(bench) { client in
            let connection = try await client.connect()
            try connection.send(String(repeating: Self.beacon(), count: 500) + Self.get)
            let replies = try await connection.replies(501)
            #expect(
                replies.dropLast().allSatisfy { $0.status == 202 } && replies[500].status == 200)
        }
        #expect(try bench.books() == "received=500 kept=500")
    }

    @Test("a sender that closes its half gets its answers", arguments: ["b", "bb", "g", "bg", "c"])
    func halfClosed(pattern: String) async throws {
        try await ServerBench().run(try CollectorBench()) { client in
            let connection = try await client.connect()
            for kind in pattern {
                try connection.send(
                    kind == "b" ? Self.beacon() : kind == "c" ? Self.chunked : Self.get)
            }
            connection.closeOutput()
            let replies = try await connection.replies(pattern.count)
            #expect(replies.allSatisfy { $0.status < 300 })
            #expect(try await connection.isClosed())
        }
    }

    @Test("Connection: close is honoured", arguments: [true, false])
    func closes(isBeacon: Bool) async throws {
        try await ServerBench().run(try CollectorBench()) { client in
            let connection = try await client.connect()
            let closing: HTTPFields = [.connection: "close"]
            let reply = try await connection.exchange(
                isBeacon
                    ? Self.beacon(closing) : TestClient.request("GET", "/healthz", closing))
            #expect(reply.status < 300)
            if isBeacon { #expect(reply.headers[.connection] == "close") }
            connection.closeOutput()
            #expect(try await connection.isClosed())
        }
    }

    @Test("an answer has a date, a server's name and a length")
    func headers() async throws {
        try await ServerBench().run(try CollectorBench()) { client in
            for request in [Self.beacon(), Self.beacon([.trailer: "x"]), Self.get] {
                let reply = try await client.connect().exchange(request)
                #expect(reply.headers[.server] == "footfall")
                #expect(reply.headers[.date]?.hasSuffix(" GMT") == true)
                #expect(reply.headers[.contentLength] == "\(reply.body.count)")
            }
        }
    }

    @Test(
        "what is over a limit is answered and cut off",
        arguments: [
            ("GET /" + String(repeating: "x", count: 9_000), 414),
            ("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 40_000), 431),
        ])
    func tooLarge(request: String, status: Int) async throws {
        try await ServerBench().run(try CollectorBench()) { client in
            let connection = try await client.connect()
            #expect(try await connection.exchange(request).status == status)
            #expect(try await connection.isClosed())
        }
    }

    @Test("slow senders and idle connections are cut")
    func slow() async throws {
        var limits = CollectorLimits.standard
        limits.requestTime = .seconds(1)
        limits.idleTime = .seconds(2)
        try await ServerBench(limits: limits).run(try CollectorBench()) { client in
            let half = try await client.connect()
            #expect(try await half.exchange("POST /api/event HTTP/1.1\r\nHost:").status == 408)
            let body = try await client.connect()
            let whole = Self.beacon()
            #expect(try await body.exchange(String(whole.dropLast())).status == 408)
            let routed = try await client.connect()
            try routed.send(String(Self.chunked.dropLast(3)))
            #expect(try await routed.isClosed())
            for first in [nil, Self.beacon(), Self.get, Self.chunked] {
                let idle = try await client.connect()
                if let first { #expect(try await idle.exchange(first).status < 300) }
                #expect(try await idle.isClosed())
            }
        }
    }

    @Test("what the decoder keeps to itself of a request takes of its time as well")
    func slowBehindDecoder() async throws {
        var limits = CollectorLimits.standard
        limits.requestTime = .seconds(1)
        // Longer than a read of this test waits.
        limits.idleTime = .seconds(60)
        try await ServerBench(limits: limits).run(try CollectorBench()) { client in
            let empty = try await client.connect()
            let behind = try await client.connect()
            #expect(try await behind.exchange(Self.chunked).status == 202)
            try empty.send("\r\n\r\n")
            try behind.send("POST /api/event HTTP/1.1\r\nHost:")
            #expect(try await empty.isClosed())
            #expect(try await behind.isClosed())
        }
    }

    @Test("who reads no answer is held up, and cut", arguments: ["b", "g", "c"])
    func neverReads(kind: String) async throws {
        var limits = CollectorLimits.standard
        limits.requestTime = .seconds(1)
        limits.idleTime = .seconds(1)
        try await ServerBench(limits: limits).run(try CollectorBench()) { client in
            let connection = try await client.connect()
            let request = ["b": Self.beacon(), "g": Self.get, "c": Self.chunked][kind]!
            let flood = String(repeating: request, count: 500)
            let cut = try await offPool { () -> TestConnection.Failure? in
                // More than the system's buffers hold: without the cut a send times out.
                for _ in 0..<2_000 {
                    do throws(TestConnection.Failure) { try connection.send(flood) } catch {
                        return error
                    }
                }
                return nil
            }
            #expect(cut == .closed)
            #expect(try await client.connect().exchange(Self.get).status == 200)
        }
    }

    @Test("one address has so many connections, all together have so many")
    func connectionLimits() async throws {
        for (limit, proxies) in [(3, []), (5, ["127.0.0.1"])] {
            var limits = CollectorLimits.standard
            limits.connectionsPerAddress = 3
            limits.connections = 5
            try await ServerBench(proxies: proxies, limits: limits).run(try CollectorBench()) {
                client in
                var open: [TestConnection] = []
                for _ in 0..<limit {
                    let connection = try await client.connect()
                    #expect(try await connection.exchange(Self.get).status == 200)
                    open.append(connection)
                }
                let refused = try await client.connect()
                #expect(try await refused.isClosed())
                // One that goes makes room for another.
                open.removeLast()
                var status: Int?
                for _ in 0..<100 where status == nil {
                    status = try? await client.connect().exchange(Self.get).status
                }
                #expect(status == 200)
                withExtendedLifetime(open) {}
            }
        }
    }

    @Test("too many beacons of one address, or for one site, are turned away with 429")
    func rates() async throws {
        for change in [\CollectorLimits.eventsPerAddress, \.eventsPerSite] {
            var limits = CollectorLimits.standard
            limits[keyPath: change] = 1
            let bench = try CollectorBench()
            try await ServerBench(limits: limits).run(bench) { client in
                let connection = try await client.connect()
                for _ in 0..<10 {
                    #expect(try await connection.exchange(Self.beacon()).status == 202)
                }
                let reply = try await connection.exchange(Self.beacon())
                #expect(reply.status == 429 && reply.headers[.retryAfter] == "10")
                bench.clock.advance(.seconds(1))
                #expect(try await connection.exchange(Self.beacon()).status == 202)
                #expect(try await connection.exchange(Self.beacon()).status == 429)
            }
        }
    }

    @Test("a stopping server answers what has come, says that it closes, and ends")
    func drains() async throws {
        let bench = try CollectorBench()
        let open = try await stoppedWithOpenConnections(bench)
        // The half request is told that it comes too late.
        #expect(try await open[1].replies(1)[0].status == 408)
        for connection in open { #expect(try await connection.isClosed()) }
        #expect(try bench.books() == "received=2 kept=2")
    }

    private func stoppedWithOpenConnections(
        _ bench: CollectorBench
    ) async throws -> [TestConnection] {
        let (stream, ready) = AsyncStream.makeStream(of: [TestConnection].self)
        try await ServerBench().run(bench) { client in
            let idle = try await client.connect()
            #expect(try await idle.exchange(Self.beacon()).status == 202)
            let half = try await client.connect()
            try half.send("POST /api/event HTTP/1.1\r\nHost: a")
            let routed = try await client.connect()
            #expect(try await routed.exchange(Self.get).status == 200)
            let last = try await client.connect()
            try last.send(Self.beacon())
            #expect(try await last.replies(1)[0].status == 202)
            ready.yield([idle, half, routed, last])
        }
        for await connections in stream { return connections }
        return []
    }
}
