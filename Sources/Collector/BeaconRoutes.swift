import Analytics
import HTTPTypes
package import Hummingbird
import NIOCore

/// The beacon's HTTP face: `POST /api/event`, `GET /pixel.gif` (DESIGN §8).
package struct BeaconRoutes: Sendable {
    let receiver: BeaconReceiver
    let senders: SenderReader
    let outages: OutageLog
    let limits: CollectorLimits

    package init(
        receiver: BeaconReceiver, senders: SenderReader, outages: OutageLog,
        limits: CollectorLimits = .standard
    ) {
        self.receiver = receiver
        self.senders = senders
        self.outages = outages
        self.limits = limits
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
            body = try await request.body.collect(upTo: limits.body)
        } catch is NIOTooManyBytesError {
            receiver.noteTooLarge()
            return Self.response(
                BeaconResponse(.contentTooLarge, fault: "body", "is over \(limits.body) bytes"))
        }
        let answer = await withCheckedContinuation { continuation in
            // `receive` decodes before it returns; what it keeps is copied.
            body.withUnsafeReadableBytes { bytes in
                receiver.receive(body: bytes.bindMemory(to: UInt8.self), from: sender) {
                    continuation.resume(returning: $0)
                }
            }
        }
        return response(to: answer, .text)
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
        var members = ["\"n\":\(JSONText.quoted(value("n", "name") ?? Beacon.nameOfPageview))"]
        members.append("\"u\":\(JSONText.quoted(url))")
        for (key, long) in [
            ("d", "domain"), ("r", "referrer"), ("t", "title"), ("w", "width"), ("k", "k"),
            ("tz", "tz"),
        ] {
            if let text = value(Substring(key), Substring(long)) {
                members.append("\"\(key)\":\(JSONText.quoted(text))")
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
        return response(to: answer, .pixel)
    }

    private func sender(of request: Request, _ context: FootfallRequestContext) -> Sender {
        let name = HTTPField.Name(senders.addressHeader)!
        return senders.sender(peer: context.peer, addresses: request.headers[values: name]) {
            HTTPField.Name($0.name).flatMap { request.headers[$0] }
        }
    }

    private func response(to answer: BeaconAnswer, _ body: BeaconResponse.Body) -> Response {
        outages.note(answer)
        return Self.response(BeaconResponse(answer, body: body))
    }

    private static func response(_ answer: BeaconResponse) -> Response {
        Response(
            status: answer.status, headers: answer.headers, body: .init(byteBuffer: answer.body))
    }

    private static var preflight: Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowOrigin: "*", .accessControlAllowMethods: "GET, POST, OPTIONS",
                .accessControlAllowHeaders: "Content-Type", .accessControlMaxAge: "86400",
            ])
    }
}
