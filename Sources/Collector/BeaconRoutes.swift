import Analytics
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore
package import Storage
import Synchronization

/// The beacon's HTTP face: `POST /api/event`, `GET /pixel.gif` (DESIGN §8).
package struct BeaconRoutes: Sendable {
    let receiver: BeaconReceiver
    let addresses: ClientAddressResolver
    let proxyWatch: ProxyWatch
    let logger: Logger

    package init(
        receiver: BeaconReceiver, addresses: ClientAddressResolver, proxyWatch: ProxyWatch,
        logger: Logger
    ) {
        self.receiver = receiver
        self.addresses = addresses
        self.proxyWatch = proxyWatch
        self.logger = logger
    }

    package func add(to router: Router<FootfallRequestContext>) {
        router.post("/api/event") { request, context in try await postEvent(request, context) }
        router.on("/api/event", method: .options) { _, _ in Self.preflight }
        router.get("/pixel.gif") { request, context in await getPixel(request, context) }
        router.on("/pixel.gif", method: .options) { _, _ in Self.preflight }
    }

    private func postEvent(
        _ request: Request, _ context: FootfallRequestContext
    ) async throws -> Response {
        let sender = sender(of: request, context)
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: BeaconLimits.body)
        } catch is NIOTooManyBytesError {
            return Self.fault(
                .contentTooLarge, field: "body", "is over \(BeaconLimits.body) bytes")
        }
        let answer = await withCheckedContinuation { continuation in
            // `receive` decodes before it returns; what it keeps is copied.
            body.withUnsafeReadableBytes { bytes in
                receiver.receive(body: bytes.bindMemory(to: UInt8.self), from: sender) {
                    continuation.resume(returning: $0)
                }
            }
        }
        return response(
            to: answer, body: .init(byteBuffer: ByteBuffer(string: "ok")),
            type: "text/plain; charset=utf-8")
    }

    /// A pageview of a page without scripts: the page is the `u` parameter, or else the image's
    /// Referer.
    private func getPixel(_ request: Request, _ context: FootfallRequestContext) async -> Response {
        let parameters = request.uri.queryParameters
        func value(_ short: Substring, _ long: Substring) -> String? {
            (parameters[short] ?? parameters[long]).map(String.init)
        }
        let url = value("u", "url") ?? request.headers[.referer] ?? ""
        // The same decoder as for posted beacons, so that the same bounds hold.
        var members = ["\"n\":\(Self.quoted(value("n", "name") ?? Beacon.nameOfPageview))"]
        members.append("\"u\":\(Self.quoted(url))")
        for (key, long) in [
            ("d", "domain"), ("r", "referrer"), ("t", "title"), ("w", "width"), ("k", "k"),
            ("tz", "tz"),
        ] {
            if let text = value(Substring(key), Substring(long)) {
                members.append("\"\(key)\":\(Self.quoted(text))")
            }
        }
        let body = Array("{\(members.joined(separator: ","))}".utf8)
        let sender = sender(of: request, context)
        let answer = await withCheckedContinuation { continuation in
            // As above: nothing outlives the call.
            body.withUnsafeBufferPointer { bytes in
                receiver.receive(body: bytes, from: sender) { continuation.resume(returning: $0) }
            }
        }
        return response(
            to: answer, body: .init(byteBuffer: ByteBuffer(bytes: Self.pixel)), type: "image/gif")
    }

    private func sender(of request: Request, _ context: FootfallRequestContext) -> Sender {
        let name = HTTPField.Name(addresses.header)!
        let values = request.headers[values: name]
        if addresses.looksLikeUntrustedProxy(peer: context.peer, values: values) {
            proxyWatch.saw(header: addresses.header, logger: logger)
        }
        return Sender(address: addresses.resolve(peer: context.peer, values: values)) { header in
            HTTPField.Name(header).flatMap { request.headers[$0] }
        }
    }

    // MARK: Answers

    private func response(
        to answer: BeaconAnswer, body: ResponseBody, type: String
    ) -> Response {
        switch answer {
        case .kept:
            return Response(status: .accepted, headers: Self.headers(type), body: body)
        case .dropped(let reasons):
            var headers = Self.headers(type)
            var names: [String] = []
            for reason in reasons where !names.contains(reason.rawValue) {
                names.append(reason.rawValue)
            }
            headers[.footfallDropped] = names.joined(separator: ", ")
            return Response(status: .accepted, headers: headers, body: body)
        case .malformed(let error):
            return Self.fault(.badRequest, field: error.field, error.message)
        case .unavailable(let cause):
            logger.error("A beacon could not be kept.", metadata: ["cause": "\(cause)"])
            var response = Self.fault(
                .serviceUnavailable, field: "server", "can't keep the event now; send it again")
            response.headers[.retryAfter] = "5"
            return response
        }
    }

    static func fault(
        _ status: HTTPResponse.Status, field: String, _ message: String
    ) -> Response {
        let text = "{\"errors\":{\(quoted(field)):[\(quoted(message))]}}"
        return Response(
            status: status, headers: headers("application/json"),
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// CORS is for beacon routes only: any page may send, and read why it was dropped.
    private static func headers(_ type: String) -> HTTPFields {
        [
            .contentType: type, .cacheControl: "no-store", .accessControlAllowOrigin: "*",
            .accessControlExposeHeaders: "Footfall-Dropped",
            .crossOriginResourcePolicy: "cross-origin",
        ]
    }

    private static var preflight: Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowOrigin: "*", .accessControlAllowMethods: "GET, POST, OPTIONS",
                .accessControlAllowHeaders: "Content-Type", .accessControlMaxAge: "86400",
            ])
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<" ":
                let code = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// One transparent pixel (GIF89a).
    private static let pixel: [UInt8] = [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x21, 0xf9, 4,
        1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
    ]
}

extension HTTPField.Name {
    static let footfallDropped = Self("Footfall-Dropped")!
    static let accessControlAllowOrigin = Self("Access-Control-Allow-Origin")!
    static let accessControlAllowMethods = Self("Access-Control-Allow-Methods")!
    static let accessControlAllowHeaders = Self("Access-Control-Allow-Headers")!
    static let accessControlExposeHeaders = Self("Access-Control-Expose-Headers")!
    static let accessControlMaxAge = Self("Access-Control-Max-Age")!
    static let crossOriginResourcePolicy = Self("Cross-Origin-Resource-Policy")!
    static let retryAfter = Self("Retry-After")!
}

/// Notices a proxy that nobody told Footfall of: all visitors then seem to come from it.
package final class ProxyWatch: Sendable {
    private static let interval = TimeSpan.hours(1)

    private let clock: Clock
    private let database: MainDatabase
    private let lastSeen = Mutex<Instant?>(nil)

    package init(clock: Clock, database: MainDatabase) {
        self.clock = clock
        self.database = database
    }

    /// Warns and leaves a note for `doctor` and the dashboard, at most hourly.
    func saw(header: String, logger: Logger) {
        let now = clock.now()
        let isDue = lastSeen.withLock { last in
            if let last, now - last < Self.interval, now >= last { return false }
            last = now
            return true
        }
        guard isDue else { return }
        logger.warning(
            """
            A peer on this machine or network sends \(header), but is not named by --trusted-proxy: \
            all visitors seem to come from it.
            """)
        try? database.setNote(.untrustedProxySeen, now.milliseconds)
    }
}
