import Analytics
import Foundation

/// One line of an access log in the common or the combined format, taken apart; as Apache and
/// nginx write them, with or without the name of the virtual host before it:
///
///     shop.lv:443 192.0.2.7 - ann [22/Nov/2026:10:00:00 +0200] "GET /a HTTP/2.0" 200 512 "-" "…"
///
/// Ranges are into the line's bytes; escapes are as written (`LogText`). Fields after the user
/// agent, such as nginx's `"$http_x_forwarded_for"`, are passed over.
struct AccessLogLine {
    /// Why a line can't be read. Said in place of the line, which holds an address (I3).
    enum Fault: String, Error, Hashable, CaseIterable {
        case tooLong = "longer than 64 KiB"
        case noClient = "does not begin with a client's address"
        case noTime = "has no time such as [22/Nov/2026:10:00:00 +0200]"
        case noRequest = "has no request in quotes after the time"
        case noStatus = "has no status and size after the request"
        case unknownFields = "has fields after the size that are no referrer and user agent"
        case badTarget = "asks for something that is no address"
    }

    var virtualHost: Range<Int>?
    /// An address, or a name where the server looks names up.
    var client: Range<Int>
    /// Since 1970, UTC.
    var seconds: Int64
    /// Empty for a request line that is none.
    var method: Range<Int>
    var target: Range<Int>
    var status: Int
    /// Empty for `-`.
    var referrer: Range<Int> = 0..<0
    /// Empty for `-`; `nil` in the common format, which has none.
    var userAgent: Range<Int>?

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) {
        var reader = FieldReader(bytes)
        let first = reader.word()
        guard FieldReader.isHost(bytes, first) else { throw .noClient }
        let afterFirst = reader.position
        guard let time = reader.time() else { throw .noTime }
        seconds = time.seconds
        (virtualHost, client) = Self.hosts(bytes, first, afterFirst..<time.start)
        guard FieldReader.isHost(bytes, client) else { throw .noClient }
        guard let request = reader.quoted() else { throw .noRequest }
        (method, target) = Self.split(request, in: bytes)
        guard let status = reader.statusAndSize() else { throw .noStatus }
        self.status = status
        if reader.isAtEnd { return }
        guard let referrer = reader.quoted(), let agent = reader.quoted() else {
            throw .unknownFields
        }
        self.referrer = Self.given(referrer, in: bytes)
        userAgent = Self.given(agent, in: bytes)
    }

    /// Whether the first word is a virtual host and the second the client, or the first the client
    /// and the second what identd says, which is nearly always `-`.
    private static func hosts(
        _ bytes: UnsafeBufferPointer<UInt8>, _ first: Range<Int>, _ middle: Range<Int>
    ) -> (virtualHost: Range<Int>?, client: Range<Int>) {
        var reader = FieldReader(bytes, from: middle.lowerBound)
        let second = reader.word()
        guard second.upperBound < middle.upperBound, !isDash(second, in: bytes) else {
            return (nil, first)
        }
        let isNamed =
            FieldReader.endsWithPort(bytes, first)
            || ClientAddress(LogText.decoded(bytes, second)) != nil
        return isNamed ? (first, second) : (nil, first)
    }

    /// `GET /a b HTTP/1.1` is `GET` and `/a b`; what is no request (a TLS handshake) has no method.
    private static func split(
        _ request: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (method: Range<Int>, target: Range<Int>) {
        var end = request.lowerBound
        while end < request.upperBound, bytes[end] &- 0x41 < 26 { end += 1 }
        guard end > request.lowerBound, end < request.upperBound, bytes[end] == 0x20 else {
            return (request.lowerBound..<request.lowerBound, request)
        }
        let method = request.lowerBound..<end
        var last = request.upperBound - 1
        while last > end, bytes[last] != 0x20 { last -= 1 }
        let isProtocol =
            request.upperBound - last > 5 && bytes[last + 1] == UInt8(ascii: "H")
            && bytes[last + 2] == UInt8(ascii: "T") && bytes[last + 5] == UInt8(ascii: "/")
        return (method, (end + 1)..<(isProtocol && last > end ? last : request.upperBound))
    }

    private static func given(
        _ field: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Range<Int> {
        isDash(field, in: bytes) ? field.lowerBound..<field.lowerBound : field
    }

    private static func isDash(
        _ field: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        field.count == 1 && bytes[field.lowerBound] == UInt8(ascii: "-")
    }
}

/// Reads the fields of a line one after the other.
private struct FieldReader {
    /// How many brackets may stand before the time: a user's name may hold some.
    private static let bracketLimit = 8

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Nothing but spaces is left.
    var isAtEnd: Bool {
        bytes[position...].allSatisfy { $0 == 0x20 }
    }

    /// What stands before the next space, which is passed over.
    mutating func word() -> Range<Int> {
        let start = position
        while position < bytes.count, bytes[position] != 0x20 { position += 1 }
        let word = start..<position
        if position < bytes.count { position += 1 }
        return word
    }

    /// The time in brackets, with where the bracket is.
    mutating func time() -> (start: Int, seconds: Int64)? {
        for _ in 0..<Self.bracketLimit {
            guard let bracket = next(UInt8(ascii: "["), from: position) else { return nil }
            position = bracket + 1
            if let seconds = AccessLogTime.seconds(in: bytes, at: position) {
                position += AccessLogTime.length + 1
                return (bracket, seconds)
            }
        }
        return nil
    }

    /// What stands between the next quotes, which only spaces may part from what was before.
    mutating func quoted() -> Range<Int>? {
        while position < bytes.count, bytes[position] == 0x20 { position += 1 }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
        let start = position + 1
        var search = start
        while let quote = next(UInt8(ascii: "\""), from: search) {
            guard isEscaped(quote, after: start) else {
                position = quote + 1
                return start..<quote
            }
            search = quote + 1
        }
        return nil
    }

    /// Three digits, and the size: digits or `-`.
    mutating func statusAndSize() -> Int? {
        guard position + 4 < bytes.count, bytes[position] == 0x20 else { return nil }
        position += 1
        let word = word()
        guard word.count == 3 else { return nil }
        var status = 0
        for index in word {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            status = status * 10 + Int(digit)
        }
        let size = self.word()
        let isSize =
            !size.isEmpty
            && (size.allSatisfy { bytes[$0] &- 0x30 < 10 }
                || size.count == 1 && bytes[size.lowerBound] == UInt8(ascii: "-"))
        return isSize ? status : nil
    }

    private func next(_ byte: UInt8, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            // Looks at the bytes that are left of the line only.
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        // Both point into the line.
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Behind an odd number of backslashes.
    private func isEscaped(_ quote: Int, after start: Int) -> Bool {
        var index = quote
        while index > start, bytes[index - 1] == UInt8(ascii: "\\") { index -= 1 }
        return (quote - index) % 2 == 1
    }

    /// Whether a word can be an address, or a host's name, or nginx's `unix:`.
    static func isHost(_ bytes: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> Bool {
        guard !word.isEmpty, word.count <= 280 else { return false }
        for index in word {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: ":"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "%"), UInt8(ascii: "["),
                UInt8(ascii: "]"):
                continue
            default: return false
            }
        }
        return true
    }

    /// `shop.lv:443` does, `2001:db8::1` and `unix:` do not.
    static func endsWithPort(_ bytes: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> Bool {
        guard let colon = word.firstIndex(where: { bytes[$0] == UInt8(ascii: ":") }),
            colon > word.lowerBound
        else { return false }
        let port = (colon + 1)..<word.upperBound
        return (1...5).contains(port.count) && port.allSatisfy { bytes[$0] &- 0x30 < 10 }
    }
}
