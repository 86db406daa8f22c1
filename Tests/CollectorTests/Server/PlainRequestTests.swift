import Analytics
import Testing

@testable import Collector

@Suite("Plain requests")
struct PlainRequestTests {
    private static let beacon =
        "POST /api/event HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\n{}"

    private func kind(_ text: String, limits: CollectorLimits = .standard) -> String {
        kind(Array(text.utf8), limits: limits)
    }

    private func kind(_ bytes: [UInt8], limits: CollectorLimits = .standard) -> String {
        bytes.withUnsafeBufferPointer { buffer in
            switch PlainRequest(buffer, limits: limits) {
            case .beacon(let request):
                "beacon \(request.length) \(String(decoding: request.body, as: UTF8.self))"
                    + (request.head.closes ? " closes" : "")
            case .bodyless(let length, let closes): "bodyless \(length)" + (closes ? " closes" : "")
            case .incomplete: "incomplete"
            case .tooLarge(let isTarget): isTarget ? "target too large" : "head too large"
            case .other: "other"
            }
        }
    }

    @Test("a whole beacon, at any place where the bytes are cut")
    func cut() {
        let bytes = Array(Self.beacon.utf8)
        for end in 0..<bytes.count { #expect(kind(Array(bytes[..<end])) == "incomplete") }
        #expect(kind(bytes) == "beacon \(bytes.count) {}")
        // What follows belongs to the next request.
        #expect(kind(bytes + Array("POST".utf8)) == "beacon \(bytes.count) {}")
    }

    @Test("a target as long as its limit, at any place where the bytes are cut")
    func longTarget() {
        var limits = CollectorLimits.standard
        limits.url = 64
        for method in ["GET", "OPTIONS"] {
            let target = "/" + String(repeating: "x", count: limits.url - 1)
            let bytes = Array("\(method) \(target) HTTP/1.1\r\nHost: a.test\r\n\r\n".utf8)
            for end in 0..<bytes.count {
                #expect(kind(Array(bytes[..<end]), limits: limits) == "incomplete")
            }
            #expect(kind(bytes, limits: limits) == "bodyless \(bytes.count)")
        }
    }

    @Test(
        "headers that change nothing in how it is read",
        arguments: [
            "User-Agent: x", "user-agent:x", "X: \t y \t", "X:", "Connection: keep-alive",
            "connection: Keep-Alive", "X: ä", "Cookie: a=b; c=d", "Content-Type: text/plain",
        ])
    func plain(header: String) {
        let text = Self.beacon.replacing("Host", with: header + "\r\nHost")
        #expect(kind(text) == "beacon \(text.utf8.count) {}")
    }

    /// Each is a shape by which two servers have read one request differently (request smuggling),
    /// or asks for something that the fast path doesn't do.
    @Test(
        "whatever could be read in two ways is left to the decoder",
        arguments: [
            "Transfer-Encoding: chunked", "transfer-encoding: identity",
            "Transfer-Encoding:\tchunked",
            "Content-Length: 2", "Content-Length: 3", "Content-Length : 2", " X: folded", "\tX: y",
            "X y", "X\u{0}: y", "X: \u{0}", "X: a\u{7f}", "X: a\nY: b", "X: a\rY: b", ": x", "",
            "Expect: 100-continue", "Upgrade: h2c", "Connection: Upgrade", "Connection: close, x",
            "Trailer: x", "Host: b.test", "(X): y", "X\u{e4}: y",
        ])
    func odd(header: String) {
        let text = Self.beacon.replacing("Host", with: header + "\r\nHost")
        #expect(kind(text) == "other" || header.isEmpty && kind(text).hasPrefix("other"))
    }

    @Test(
        "request lines",
        arguments: [
            ("POST /api/event HTTP/1.1", "beacon"), ("POST /api/event HTTP/1.0", "other"),
            ("POST /api/event?x HTTP/1.1", "other"), ("POST /api/event  HTTP/1.1", "other"),
            ("POST  /api/event HTTP/1.1", "other"), ("post /api/event HTTP/1.1", "other"),
            ("PUT /api/event HTTP/1.1", "other"), ("POST /api/events HTTP/1.1", "other"),
            ("POST http://a.test/api/event HTTP/1.1", "other"), ("POST /api/event", "other"),
            ("POST /api/event HTTP/1.1 ", "other"), ("POST /api/event HTTP/2.0", "other"),
            (" POST /api/event HTTP/1.1", "other"), ("\r\nPOST /api/event HTTP/1.1", "other"),
            ("POST /api/\u{0}event HTTP/1.1", "other"), ("GET / HTTP/1.1", "other"),
        ])
    func requestLines(line: String, expected: String) {
        let text = Self.beacon.replacing("POST /api/event HTTP/1.1", with: line)
        #expect(kind(text).split(separator: " ").first.map(String.init) == expected)
    }

    @Test("requests without a body are known by their length")
    func bodyless() {
        let get = "GET /demo/ HTTP/1.1\r\nHost: a.test\r\n\r\n"
        #expect(kind(get) == "bodyless \(get.utf8.count)")
        #expect(kind(get + get) == "bodyless \(get.utf8.count)")
        #expect(kind(get.replacing("GET", with: "OPTIONS")).hasPrefix("bodyless"))
        #expect(kind(get.replacing("GET", with: "HEAD")) == "other")
        let closing = get.replacing("Host", with: "Connection: close\r\nHost")
        #expect(kind(closing) == "bodyless \(closing.utf8.count) closes")
        #expect(kind("GET / HTTP/1.1\r\n\r\n") == "other")
    }

    @Test("lengths")
    func lengths() {
        func text(_ length: String) -> String {
            Self.beacon.replacing("Content-Length: 2", with: "Content-Length: \(length)")
        }
        for length in ["", "-1", "+2", "2 2", "2,2", "0x2", "2.0", "99999999999", "\u{0662}"] {
            #expect(kind(text(length)) == "other", "\(length)")
        }
        #expect(kind(text("0")) == "beacon \(text("0").utf8.count - 2) ")
        #expect(kind(text("3")) == "incomplete")
        #expect(kind(text("\(CollectorLimits.standard.body)")) == "incomplete")
        #expect(kind(text("\(CollectorLimits.standard.body + 1)")) == "other")
        #expect(
            kind(Self.beacon.replacing("Content-Length: 2\r\n", with: "")).hasPrefix("bodyless"))
    }

    @Test("limits")
    func limits() {
        var limits = CollectorLimits.standard
        limits.header = 200
        limits.url = 50
        let long = String(repeating: "x", count: 80)
        #expect(kind("GET /\(long)", limits: limits) == "target too large")
        let whole = "GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(kind(whole, limits: limits) == "target too large")
        let headers = "GET / HTTP/1.1\r\nX: " + long + long + long + long
        #expect(kind(headers, limits: limits) == "head too large")
        #expect(kind(headers + "\r\n\r\n", limits: limits) == "head too large")
        let many = (0..<70).map { "X\($0): y\r\n" }.joined()
        #expect(kind("GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n") == "other")
    }

    @Test("values as the router's headers give them")
    func values() throws {
        let text =
            "POST /api/event HTTP/1.1\r\nHost: a\r\nX-Moz: 1\r\npurPOSE: \t2 \r\nX-moz: 3\r\n"
            + "Content-Length: 0\r\nX-One: 4\r\n\r\n"
        try Array(text.utf8).withUnsafeBufferPointer { buffer in
            guard case .beacon(let request) = PlainRequest(buffer, limits: .standard) else {
                throw TestConnection.Failure.closed
            }
            #expect(request.head.value(.xMoz) == "1, 3")
            #expect(request.head.values("x-moz") == ["1", "3"])
            #expect(request.head.value(.purpose) == "2")
            #expect(request.head.values("x-one") == ["4"])
            #expect(request.head.value(.gpc) == nil)
            #expect(request.head.values("x").isEmpty)
        }
    }
}
