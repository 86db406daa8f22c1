import Analytics

/// A request at the start of a connection's bytes, as far as the fast path needs to tell.
///
/// The fast path takes only what can be read in one way: a strict subset of HTTP/1.1 (RFC 9112).
/// Whatever is odd in the least (a folded or doubled header, a transfer coding, a bare line feed)
/// is `other` and goes to NIO's decoder, so that no request is ever read differently by the two.
enum PlainRequest {
    /// `POST /api/event` with a whole body.
    case beacon(BeaconRequest)
    /// Any other request without a body, whole: what follows it is the next request.
    case bodyless(length: Int, closes: Bool)
    /// The head, or the beacon's body, is not whole yet.
    case incomplete
    /// The head or its target is over the limit.
    case tooLarge(isTarget: Bool)
    case other

    /// - Parameters:
    ///   - bytes: what waits to be read of the connection; valid for the call only.
    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: CollectorLimits) {
        guard let headEnd = Self.endOfHead(bytes, limit: limits.header) else {
            // A target without end is told before its head is over the limit.
            let line = limits.url + Self.restOfLine
            if bytes.count > line, !bytes.prefix(line).contains(.lineFeed) {
                self = .tooLarge(isTarget: true)
            } else {
                self = bytes.count > limits.header ? .tooLarge(isTarget: false) : .incomplete
            }
            return
        }
        guard headEnd <= limits.header else {
            self = .tooLarge(isTarget: false)
            return
        }
        // A part of the caller's bytes, read within this call.
        let head = RequestHead(UnsafeBufferPointer(rebasing: bytes[..<headEnd]))
        if let head, head.target.count > limits.url {
            self = .tooLarge(isTarget: true)
            return
        }
        guard let head, head.isPlain else {
            self = .other
            return
        }
        guard head.isBeacon, let length = head.contentLength else {
            self = head.hasBody ? .other : .bodyless(length: headEnd, closes: head.closes)
            return
        }
        guard length <= limits.body else {
            self = .other
            return
        }
        guard bytes.count >= headEnd + length else {
            self = .incomplete
            return
        }
        self = .beacon(
            BeaconRequest(
                head: head,
                // As above.
                body: UnsafeBufferPointer(rebasing: bytes[headEnd..<(headEnd + length)]),
                length: headEnd + length))
    }

    /// HTTP/1.0 closes unless somebody asks otherwise (RFC 9112 §9.3), and NIO's encoder does not:
    /// whoever reads to the end would wait.
    static func isOfOldClient(_ bytes: some Collection<UInt8>) -> Bool {
        let head = String(decoding: bytes.prefix(4_096), as: UTF8.self).lowercased()
        let line = head.prefix { !$0.isNewline }
        return line.hasSuffix(" http/1.0") && !head.contains("keep-alive")
    }

    /// Bytes of a request's line besides its target: `OPTIONS`, ` HTTP/1.1` and a space at most, with
    /// room for a method that is the decoder's to refuse.
    private static let restOfLine = 16 + 1 + 9 + 2

    /// Where the empty line after the headers ends.
    private static func endOfHead(
        _ bytes: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> Int? {
        let end = min(bytes.count, limit + 4)
        var index = 3
        while index < end {
            // The last byte of the four decides how far the next can be.
            switch bytes[index] {
            case .lineFeed:
                if bytes[index - 1] == .carriageReturn, bytes[index - 2] == .lineFeed,
                    bytes[index - 3] == .carriageReturn
                {
                    return index + 1
                }
                index += 2
            case .carriageReturn: index += 1
            default: index += 4
            }
        }
        return nil
    }
}

/// A whole beacon request; its parts are valid as long as the bytes that it was read from.
struct BeaconRequest {
    let head: RequestHead
    let body: UnsafeBufferPointer<UInt8>
    /// Of head and body.
    let length: Int
}

/// The line and the headers of a request.
struct RequestHead {
    /// More than any browser or proxy sends.
    private static let fieldLimit = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private struct Field {
        /// Of the name in lower case: a look-up compares one number with each header.
        var hash: UInt64
        var name: Range<Int>
        var value: Range<Int>
    }

    private var fields: [Field] = []
    private(set) var target: Range<Int> = 0..<0
    private(set) var isBeacon = false
    private(set) var contentLength: Int?
    /// Whether the connection is to be closed after the answer.
    private(set) var closes = false
    private var hasHost = false
    private var isOdd = false

    /// `nil` when it is not of the plain form.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        fields.reserveCapacity(24)
        guard var position = readRequestLine() else { return nil }
        // The empty line has two bytes.
        while position < bytes.count - 2 {
            guard fields.count < Self.fieldLimit, let next = readField(from: position) else {
                return nil
            }
            position = next
        }
    }

    /// Whether nothing in it could be read in two ways, or asks for more than an answer.
    var isPlain: Bool { hasHost && !isOdd }

    var hasBody: Bool { (contentLength ?? 0) > 0 }

    private static let senderHashes = SenderHeader.names.map(hash)

    /// The value of a header; several lines are joined, as the router's headers are (RFC 9110 §5.3).
    func value(_ header: SenderHeader) -> String? {
        let hash = Self.senderHashes[header.rawValue]
        var found: Int?
        for index in fields.indices where fields[index].hash == hash {
            guard isName(fields[index].name, header.name) else { continue }
            if found != nil { return values(header.name).joined(separator: ", ") }
            found = index
        }
        return found.map { text(fields[$0].value) }
    }

    /// All lines of a header that is named in lower case, in order.
    func values(_ name: String) -> [String] {
        let hash = Self.hash(name)
        return fields.lazy.filter { $0.hash == hash && isName($0.name, name) }
            .map { text($0.value) }
    }

    // MARK: Reading

    /// `METHOD SP target SP HTTP/1.1 CRLF` (RFC 9112 §3).
    private mutating func readRequestLine() -> Int? {
        guard let methodEnd = bytes.firstIndex(of: .space), (1...16).contains(methodEnd),
            bytes[..<methodEnd].allSatisfy({ lowercasedTokens[Int($0)] != 0 })
        else { return nil }
        let start = methodEnd + 1
        guard let end = bytes[start...].firstIndex(where: { $0 <= .space || $0 >= 0x7f }),
            bytes[end] == .space, end > start, bytes[start] == UInt8(ascii: "/")
        else { return nil }
        target = start..<end
        guard end + 11 <= bytes.count, equals((end + 1)..<(end + 9), "HTTP/1.1"),
            bytes[end + 9] == .carriageReturn, bytes[end + 10] == .lineFeed
        else { return nil }
        isBeacon = equals(0..<methodEnd, "POST") && equals(target, "/api/event")
        // Its answer is another matter: HEAD and CONNECT are the decoder's.
        if !isBeacon, !equals(0..<methodEnd, "GET"), !equals(0..<methodEnd, "OPTIONS") {
            isOdd = true
        }
        return end + 11
    }

    /// `name: value CRLF` (RFC 9112 §5), without folding.
    private mutating func readField(from start: Int) -> Int? {
        var colon = start
        var hash = Self.hashSeed
        while colon < bytes.count, case let byte = lowercasedTokens[Int(bytes[colon])], byte != 0 {
            hash = Self.mixed(hash, byte)
            colon += 1
        }
        guard colon > start, colon < bytes.count, bytes[colon] == UInt8(ascii: ":"),
            let end = bytes[colon...].firstIndex(where: \.endsValue),
            bytes[end] == .carriageReturn, end + 1 < bytes.count, bytes[end + 1] == .lineFeed
        else { return nil }
        var value = (colon + 1)..<end
        while let first = value.first, bytes[first].isBlank { value.removeFirst() }
        while let last = value.last, bytes[last].isBlank { value.removeLast() }
        fields.append(Field(hash: hash, name: start..<colon, value: value))
        judge(start..<colon, value)
        return end + 2
    }

    /// What a header says of the request's own form.
    private mutating func judge(_ name: Range<Int>, _ value: Range<Int>) {
        switch name.count {
        case 4 where isName(name, "host"):
            if hasHost { isOdd = true }
            hasHost = true
        case 6 where isName(name, "expect"), 7 where isName(name, "upgrade"),
            7 where isName(name, "trailer"), 17 where isName(name, "transfer-encoding"):
            isOdd = true
        case 10 where isName(name, "connection"):
            if isName(value, "close") {
                closes = true
            } else if !isName(value, "keep-alive") {
                isOdd = true
            }
        case 14 where isName(name, "content-length"):
            // Ten digits are more than any limit; a second line is never plain.
            guard contentLength == nil, (1...10).contains(value.count),
                bytes[value].allSatisfy({ (48...57).contains($0) })
            else {
                isOdd = true
                return
            }
            contentLength = bytes[value].reduce(0) { $0 * 10 + Int($1 - 48) }
        default: break
        }
    }

    // FNV-1a. Two names with one hash only cost a comparison.
    private static let hashSeed: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(hashSeed, mixed)
    }

    /// What is no UTF-8 in it becomes U+FFFD.
    private func text(_ range: Range<Int>) -> String {
        // Copied within the call.
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count
        where bytes[range.lowerBound + index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// Compares with a text in lower case, case apart.
    private func isName(_ range: Range<Int>, _ name: String) -> Bool {
        guard range.count == name.utf8.count else { return false }
        var index = range.lowerBound
        for byte in name.utf8 {
            if bytes[index].lowercased != byte { return false }
            index += 1
        }
        return true
    }
}

extension UInt8 {
    fileprivate static let lineFeed: UInt8 = 0x0a
    fileprivate static let carriageReturn: UInt8 = 0x0d
    fileprivate static let space: UInt8 = 0x20

    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }

    fileprivate var lowercased: UInt8 { self &- 65 < 26 ? self | 0x20 : self }

    /// A control character that no value may hold, the tab apart.
    fileprivate var endsValue: Bool { self < 0x20 && self != 0x09 || self == 0x7f }
}

/// For each byte: itself in lower case where a token may hold it (RFC 9110 §5.6.2), else 0. A table,
/// because this is asked of each byte of each header's name.
private let lowercasedTokens: [UInt8] = (0...255).map { (byte: UInt8) in
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte) ? byte : 0
    }
}
