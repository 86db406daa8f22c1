import Analytics
import HTTPTypes
import NIOCore

/// The HTTP answer to a beacon (DESIGN §8), the same on every path that a beacon takes.
struct BeaconResponse: Sendable {
    enum Body { case text, pixel }

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: ByteBuffer

    init(_ answer: BeaconAnswer, body: Body = .text) {
        switch answer {
        case .kept:
            self.init(.accepted, body)
        case .dropped(let reasons):
            self.init(.accepted, body)
            var names: [String] = []
            for reason in reasons where !names.contains(reason.rawValue) {
                names.append(reason.rawValue)
            }
            headers[.footfallDropped] = names.joined(separator: ", ")
        case .malformed(let error):
            self.init(.badRequest, fault: error.field, error.message)
        case .tooMany:
            self.init(
                .tooManyRequests, fault: "server", "takes no more of you for now; send less often")
            headers[.retryAfter] = "10"
        case .unavailable:
            self.init(
                .serviceUnavailable, fault: "server", "can't keep the event now; send it again")
            headers[.retryAfter] = "5"
        }
    }

    private init(_ status: HTTPResponse.Status, _ body: Body) {
        self.status = status
        switch body {
        case .text:
            headers = Self.headers("text/plain; charset=utf-8")
            self.body = ByteBuffer(string: "ok")
        case .pixel:
            headers = Self.headers("image/gif")
            self.body = ByteBuffer(bytes: Self.pixel)
        }
    }

    /// A fault in the form that Plausible's server gives it: the field and what is wrong with it.
    init(_ status: HTTPResponse.Status, fault field: String, _ message: String) {
        self.status = status
        headers = Self.headers("application/json")
        let text = "{\"errors\":{\(JSONText.quoted(field)):[\(JSONText.quoted(message))]}}"
        body = ByteBuffer(string: text)
    }

    /// CORS is for beacon routes only: any page may send, and read why it was dropped.
    private static func headers(_ type: String) -> HTTPFields {
        [
            .contentType: type, .cacheControl: "no-store", .accessControlAllowOrigin: "*",
            .accessControlExposeHeaders: "Footfall-Dropped",
            .crossOriginResourcePolicy: "cross-origin",
        ]
    }

    /// One transparent pixel (GIF89a).
    private static let pixel: [UInt8] = [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x21, 0xf9, 4,
        1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
    ]

    /// The bytes of the answer as HTTP/1.1 sends it.
    /// - Parameter date: as RFC 9110 §5.6.7 writes it.
    func bytes(date: String, closes: Bool) -> ByteBuffer {
        var text = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
        for field in headers { text += "\(field.name.rawName): \(field.value)\r\n" }
        text += "Content-Length: \(body.readableBytes)\r\n"
        if closes { text += "Connection: close\r\n" }
        text += "Date: \(date)\r\nServer: footfall\r\n\r\n"
        var bytes = ByteBuffer(string: text)
        bytes.writeImmutableBuffer(body)
        return bytes
    }
}

enum JSONText {
    /// A JSON string.
    static func quoted(_ text: String) -> String {
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
}

extension HTTPField.Name {
    static let footfallDropped = Self("Footfall-Dropped")!
}
