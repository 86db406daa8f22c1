import Analytics
import Testing

@testable import Exchange

private let stamp = "[22/Nov/2026:10:00:00 +0200]"
private let tail = #" 200 512 "-" "UA""#

/// A line's fields as texts, to compare by sight.
private struct Fields: Equatable, CustomStringConvertible {
    var host: String?
    var client = "192.0.2.7"
    var method = "GET"
    var target = "/"
    var status = 200
    var referrer = ""
    var agent: String? = "UA"

    var description: String {
        "\(host ?? "nil") \(client) \(method) \(target) \(status) \(referrer) \(agent ?? "nil")"
    }
}

private func parse(_ text: String) throws(AccessLogLine.Fault) -> (Fields, seconds: Int64) {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBufferPointer { bytes in
        Result { () throws(AccessLogLine.Fault) in
            let line = try AccessLogLine(bytes)
            func text(_ range: Range<Int>) -> String { LogText.decoded(bytes, range) }
            return (
                Fields(
                    host: line.virtualHost.map(text), client: text(line.client),
                    method: text(line.method), target: text(line.target), status: line.status,
                    referrer: text(line.referrer), agent: line.userAgent.map(text)),
                seconds: line.seconds
            )
        }
    }
    return try result.get()
}

@Suite("Access log line")
struct AccessLogLineTests {
    private static let good: [(String, Fields)] = [
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 200 512", Fields(agent: nil)),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 304 -", Fields(status: 304, agent: nil)),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 200 512 ", Fields(agent: nil)),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/2.0\"\(tail)", Fields()),
        (
            "192.0.2.7 - - \(stamp) \"GET /a?b=c HTTP/1.1\" 206 9 \"https://g.test/\" \"-\"",
            Fields(target: "/a?b=c", status: 206, referrer: "https://g.test/", agent: "")
        ),
        ("2001:db8::1 - - \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields(client: "2001:db8::1")),
        (
            "::ffff:192.0.2.7 - - \(stamp) \"GET / H\"\(tail)",
            Fields(client: "::ffff:192.0.2.7", target: "/ H")
        ),
        ("unix: - - \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields(client: "unix:")),
        ("dsl.isp.test - - \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields(client: "dsl.isp.test")),
        ("192.0.2.7 - ann \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields()),
        ("192.0.2.7 - Ann [the] Boss \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields()),
        ("192.0.2.7 ident ann \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields()),
        ("192.0.2.7 -  \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields()),
        (
            "shop.lv:443 192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\"\(tail)",
            Fields(host: "shop.lv:443")
        ),
        ("shop.lv 192.0.2.7 - ann \(stamp) \"GET / HTTP/1.1\"\(tail)", Fields(host: "shop.lv")),
        (
            "shop.lv:80 2001:db8::1 - - \(stamp) \"GET / HTTP/1.1\"\(tail)",
            Fields(host: "shop.lv:80", client: "2001:db8::1")
        ),
        (
            "shop.lv:80 dsl.isp.test - - \(stamp) \"GET / HTTP/1.1\"\(tail)",
            Fields(host: "shop.lv:80", client: "dsl.isp.test")
        ),
        (
            "192.0.2.7:5678 - - \(stamp) \"GET / HTTP/1.1\"\(tail)",
            Fields(client: "192.0.2.7:5678")
        ),
        (
            #"192.0.2.7 - - \#(stamp) "GET /\x22q\x22 HTTP/1.1" 200 5 "\x22r\x5C" "U\x41""#,
            Fields(target: #"/"q""#, referrer: #""r\"#, agent: "UA")
        ),
        (
            #"192.0.2.7 - - \#(stamp) "GET /a\"b HTTP/1.1" 200 5 "x\\" "U \"A\" \\ \t \z""#,
            Fields(target: #"/a"b"#, referrer: #"x\"#, agent: "U \"A\" \\ \t \\z")
        ),
        ("192.0.2.7 - - \(stamp) \"GET /a b c HTTP/1.1\"\(tail)", Fields(target: "/a b c")),
        ("192.0.2.7 - - \(stamp) \"GET /\"\(tail)", Fields()),
        (
            "192.0.2.7 - - \(stamp) \"GET http://shop.lv/a HTTP/1.1\"\(tail)",
            Fields(target: "http://shop.lv/a")
        ),
        (
            "192.0.2.7 - - \(stamp) \"\" 400 0 \"-\" \"-\"",
            Fields(method: "", target: "", status: 400, agent: "")
        ),
        (
            "192.0.2.7 - - \(stamp) \"-\" 408 0 \"-\" \"-\"",
            Fields(method: "", target: "-", status: 408, agent: "")
        ),
        (
            #"192.0.2.7 - - \#(stamp) "\x16\x03\x01" 400 150 "-" "-""#,
            Fields(method: "", target: "\u{16}\u{3}\u{1}", status: 400, agent: "")
        ),
        (
            "192.0.2.7 - - \(stamp) \"GET\" 400 150",
            Fields(
                method: "", target: "GET", status: 400, agent: nil)
        ),
        (
            "192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\"\(tail) \"10.0.0.1, 10.0.0.2\" 0.003",
            Fields()
        ),
    ]

    @Test("fields are found", arguments: good.indices)
    func fields(index: Int) throws {
        let (text, expected) = Self.good[index]
        let found = try parse(text)
        #expect(found.0 == expected, "\(text)")
        #expect(found.seconds == 1_795_334_400, "\(text)")
    }

    private static let bad: [(String, AccessLogLine.Fault)] = [
        (" 192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\"\(tail)", .noClient),
        ("[error] 31#31: *7 open() failed", .noTime),
        ("<error> 31#31: *7 open() failed", .noClient),
        ("\u{16}\u{3}\u{1}", .noClient),
        ("AAAAAAAA", .noTime),
        ("192.0.2.7", .noTime),
        ("192.0.2.7 - -", .noTime),
        ("192.0.2.7 - - [22/Nov/2026:10:00", .noTime),
        ("192.0.2.7 - - [32/Foo/2026:99 \"GET /\" Mozilla", .noTime),
        ("192.0.2.7 - - [22/Nov/2026:10:00:00 +0200", .noTime),
        ("192.0.2.7 - - \(stamp)", .noRequest),
        ("192.0.2.7 - - \(stamp) GET / HTTP/1.1 200 5", .noRequest),
        ("192.0.2.7 - - \(stamp) \"GET / HT", .noRequest),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\\\" 200 5", .noRequest),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\"", .noStatus),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 20", .noStatus),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 200", .noStatus),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 2x0 5", .noStatus),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 200 5k", .noStatus),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 2000 5", .noStatus),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 200 5 \"-\"", .unknownFields),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 200 5 \"-\" \"Mozil", .unknownFields),
        ("192.0.2.7 - - \(stamp) \"GET / HTTP/1.1\" 200 5 0.003", .unknownFields),
    ]

    @Test("what is no line is refused with its reason", arguments: bad.indices)
    func faults(index: Int) {
        let (text, fault) = Self.bad[index]
        #expect(throws: fault, "\(text)") { try parse(text) }
    }

    @Test("of a line that was cut off only the common format's fields are taken")
    func prefixes() {
        for (text, _) in Self.good where !text.contains("10.0.0.1") {
            let bytes = Array(text.utf8)
            for length in 0..<bytes.count {
                let part = String(decoding: bytes[..<length], as: UTF8.self)
                guard let found = try? parse(part) else { continue }
                #expect(found.0.agent == nil, "\(part)")
            }
        }
    }

    @Test("random bytes never trap", arguments: Seeds.some)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes = Array(Self.good[Int.random(in: 0..<Self.good.count, using: &random)].0.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let pool =
                    Array(" \"\\[]:/-x".utf8) + [
                        0, 0xFF, UInt8.random(in: 0...255, using: &random),
                    ]
                bytes[place] = pool.randomElement(using: &random)!
            }
            bytes.withUnsafeBufferPointer { bytes in
                guard let line = try? AccessLogLine(bytes) else { return }
                for field in [line.client, line.method, line.target, line.referrer] {
                    #expect(
                        field.lowerBound >= 0 && field.upperBound <= bytes.count, "seed \(seed)")
                    _ = LogText.decoded(bytes, field)
                }
                _ = PageTarget.isPage(UnsafeBufferPointer(rebasing: bytes[line.target]))
            }
        }
    }
}

@Suite("Access log time")
struct AccessLogTimeTests {
    @Test(
        "the offset counts",
        arguments: [
            ("22/Nov/2026:10:00:00 +0200", "2026-11-22T08:00:00.000Z"),
            ("22/Nov/2026:10:00:00 +0000", "2026-11-22T10:00:00.000Z"),
            ("22/Nov/2026:10:00:00 -0330", "2026-11-22T13:30:00.000Z"),
            ("01/Jan/2026:00:30:59 +1400", "2025-12-31T10:30:59.000Z"),
            ("29/Feb/2024:23:59:59 +0100", "2024-02-29T22:59:59.000Z"),
            ("31/Dec/2016:23:59:60 +0000", "2017-01-01T00:00:00.000Z"),
        ])
    func good(text: String, expected: String) {
        #expect(seconds(text).map { Instant(milliseconds: $0 * 1_000).description } == expected)
    }

    @Test(
        "what is no time of the calendar is refused",
        arguments: [
            "32/Nov/2026:10:00:00 +0200", "31/Nov/2026:10:00:00 +0200",
            "29/Feb/2026:10:00:00 +0200",
            "00/Nov/2026:10:00:00 +0200", "22/nov/2026:10:00:00 +0200",
            "22/Nov/2026:24:00:00 +0200",
            "22/Nov/2026:10:60:00 +0200", "22/Nov/2026:10:00:61 +0200",
            "22/Nov/2026:10:00:00 0200 ",
            "22/Nov/2026:10:00:00 +1500", "22/Nov/2026:10:00:00 +0260",
            "22/Nov/2026 10:00:00 +0200",
            "2/Nov/2026:10:00:00 +0200 ", "22/Nov/2026:1 :00:00 +0200",
        ])
    func bad(text: String) { #expect(seconds(text) == nil) }

    private func seconds(_ text: String) -> Int64? {
        Array((text + "]").utf8).withUnsafeBufferPointer { AccessLogTime.seconds(in: $0, at: 0) }
    }
}

@Suite("Page target")
struct PageTargetTests {
    @Test(
        "pages are told from what belongs to them",
        arguments: [
            ("/", true), ("", true), ("/a", true), ("/a/", true), ("/a.html", true),
            ("/index.php?x=/a.css", true), ("/a.css", false), ("/a.css?v=3", false),
            ("/A.CSS#x", false), ("/js/app.min.js", false), ("/a.PNG", false),
            ("/f.woff2", false), ("/favicon.ico", false), ("/robots.txt", false),
            ("/site.webmanifest", false), ("/price.pdf", false), ("/a.pdf/", true),
            ("/v1.zip/notes", true), ("/.well-known/security.txt", false),
            ("/.well-known/acme-challenge/x", false), ("/well-known/x", true),
            ("/feed", false), ("/feed/", false), ("/blog/feed/", false), ("/blog/rss", false),
            ("/feedback", true), ("/sitemap.xml", false), ("/sitemap.xml.gz", false),
            ("/2.0", true), ("/a.", true), ("/a.toolongextension", true), ("/.css", false),
            ("http://shop.lv/a", true), ("http://shop.lv/a.css", false), ("http://shop.css", true),
            ("/kr%C5%ABze", true), ("/a.css/b", true),
        ])
    func pages(target: String, isPage: Bool) {
        #expect(
            Array(target.utf8).withUnsafeBufferPointer(PageTarget.isPage) == isPage, "\(target)")
    }
}
