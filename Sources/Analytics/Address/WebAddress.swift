/// An absolute address as a beacon or a log line brings it: `https://shop.example/a?b=c#d`, or
/// an app's own, `android-app://com.google.android.gm/`.
///
/// Only taken apart, not cleaned: the raw parts are untrusted and may hold personal data. What
/// is kept of a page is `PageAddress`, what is kept of a referrer is in `Acquisition`.
package struct WebAddress: Hashable, Sendable {
    /// In bytes. Longer addresses are cut at the last sign before it that parts one field from
    /// the next, so that no half of a mail address or token is left that nothing recognises.
    package static let limit = 8_192

    /// `http`, `https` or `android-app`.
    package var scheme: String
    /// In lower case, without port, user, closing dot and leading `www.`; names in other scripts
    /// as A-labels (`xn--…`, RFC 5890), so that both ways to send them are one host.
    package var host: String
    /// From the first `/` on, percent-encoded as sent; empty when there is none.
    package var rawPath: String
    /// Without `?`.
    package var rawQuery: String?
    /// Without `#`.
    package var rawFragment: String?

    /// `nil` when there is no scheme of the three, or no host that could be one.
    package init?(_ text: String) {
        let bytes = Self.bounded(text)
        guard let (scheme, start) = Self.scheme(of: bytes) else { return nil }
        let end = bytes[start...].firstIndex(where: Self.endsAuthority) ?? bytes.count
        guard let host = HostName.host(ofAuthority: bytes[start..<end]) else { return nil }
        self.init(scheme: scheme, host: host, target: bytes[end...])
    }

    /// The address of a log line, whose request line has only a target.
    /// - Parameters:
    ///   - requestTarget: such as `/a?b=c`; an absolute address (a proxy's request) stands for
    ///     itself.
    ///   - host: in any form that a `Host` header has; `nil` comes back when it can't be one.
    package init?(requestTarget: String, host: String) {
        if requestTarget.utf8.first != UInt8(ascii: "/"), let address = WebAddress(requestTarget) {
            self = address
            return
        }
        guard let host = HostName.host(ofAuthority: Array(host.utf8)[...]) else { return nil }
        self.init(scheme: "https", host: host, target: Self.bounded(requestTarget)[...])
    }

    private init(scheme: String, host: String, target: ArraySlice<UInt8>) {
        self.scheme = scheme
        self.host = host
        var pathEnd = target.endIndex
        var queryEnd = target.endIndex
        for index in target.indices {
            if target[index] == UInt8(ascii: "#") {
                rawFragment = String(decoding: target[(index + 1)...], as: UTF8.self)
                queryEnd = index
                break
            }
            if target[index] == UInt8(ascii: "?"), pathEnd == target.endIndex { pathEnd = index }
        }
        if pathEnd < queryEnd {
            rawQuery = String(decoding: target[(pathEnd + 1)..<queryEnd], as: UTF8.self)
        }
        rawPath = String(decoding: target[..<min(pathEnd, queryEnd)], as: UTF8.self)
    }

    /// The host as people read it: `xn--rga-rza.example` in its own script. Labels that decode to
    /// nothing visible, or to signs that could move text about, stay as they are (I10).
    package var unicodeHost: String { HostName.unicode(host) }

    /// The first value of a query parameter, percent-decoded and `+` taken for a space (as forms
    /// encode it); "" for one without a value, `nil` without the parameter. Untrusted text.
    package func queryValue(_ name: String) -> String? {
        guard let rawQuery else { return nil }
        let wanted = Array(name.utf8)
        let bytes = Array(rawQuery.utf8)
        for pair in QueryPairs(bytes) {
            let isWanted =
                bytes[pair.name].elementsEqual(wanted)
                || PercentCoding.needsDecoding(bytes[pair.name])
                    && PercentCoding.decodedOnce(bytes[pair.name]).utf8.elementsEqual(wanted)
            if isWanted { return PercentCoding.decodedOnce(bytes[pair.value]) }
        }
        return nil
    }

    // MARK: Bytes

    /// Without the spaces and control signs around it, and cut as `limit` says.
    private static func bounded(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        if bytes.count > limit {
            let end = bytes[..<limit].lastIndex { "/?&=;#".utf8.contains($0) } ?? 0
            bytes.removeSubrange(end...)
        }
        guard let first = bytes.first, let last = bytes.last, first <= 0x20 || last <= 0x20
        else { return bytes }
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.endIndex
        let end = (bytes.lastIndex { $0 > 0x20 } ?? start - 1) + 1
        return Array(bytes[start..<end])
    }

    private static let schemes = ["https", "http", "android-app"]

    /// The scheme, and where the authority starts.
    private static func scheme(of bytes: [UInt8]) -> (name: String, end: Int)? {
        if ASCII.bytes(bytes[...], startWith: "https://") { return ("https", 8) }
        for scheme in schemes {
            let length = scheme.utf8.count
            guard bytes.count > length + 3, bytes[length] == UInt8(ascii: ":"),
                isSlash(bytes[length + 1]), isSlash(bytes[length + 2]),
                bytes[..<length].lazy.map(ASCII.lowercased).elementsEqual(scheme.utf8)
            else { continue }
            return (scheme, length + 3)
        }
        return nil
    }

    /// Browsers take `\` for `/` (WHATWG URL, "special authority slashes state").
    private static func isSlash(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        isSlash(byte) || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}

/// The `name=value` pairs of a query, as ranges into its bytes.
struct QueryPairs: Sequence, IteratorProtocol {
    struct Pair {
        let name: Range<Int>
        let value: Range<Int>
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> Pair? {
        while position < bytes.count {
            let start = position
            var equals = -1
            while position < bytes.count, bytes[position] != UInt8(ascii: "&") {
                if equals < 0, bytes[position] == UInt8(ascii: "=") { equals = position }
                position += 1
            }
            let end = position
            position += 1
            guard end > start else { continue }
            let nameStart = start + (hasEntityPrefix(start, end) ? 4 : 0)
            if equals < 0 { return Pair(name: nameStart..<end, value: end..<end) }
            return Pair(name: nameStart..<Swift.max(nameStart, equals), value: (equals + 1)..<end)
        }
        return nil
    }

    /// Links in mails are often written with `&amp;` escaped once too often: `?a=b&amp;utm_source=x`.
    private func hasEntityPrefix(_ start: Int, _ end: Int) -> Bool {
        end - start > 4 && bytes[start..<(start + 4)].elementsEqual("amp;".utf8)
    }
}
