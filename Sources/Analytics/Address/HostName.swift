/// Hosts as addresses write them, brought to one form.
enum HostName {
    /// In bytes (RFC 1035 §2.3.4).
    static let limit = 253

    /// The host of `user:password@www.Example.com.:8080` is `example.com`; `nil` when what is
    /// left can't be a host (WHATWG URL, "forbidden domain code points").
    static func host(ofAuthority authority: ArraySlice<UInt8>) -> String? {
        // Nearly every host comes as browsers write it, and takes this one pass.
        if authority.allSatisfy(isPlainSmall), authority.last != UInt8(ascii: ".") {
            guard (1...limit).contains(authority.count) else { return nil }
            return String(decoding: withoutWWW(authority), as: UTF8.self)
        }
        var name = authority
        if let at = name.lastIndex(of: UInt8(ascii: "@")) { name = name[(at + 1)...] }
        name = withoutPort(name)
        if name.last == UInt8(ascii: ".") { name = name.dropLast() }
        guard !name.isEmpty, name.count <= 4 * limit else { return nil }
        if name.allSatisfy(isPlain) {
            guard name.count <= limit else { return nil }
            return String(
                decoding: withoutWWW(name.map(ASCII.lowercased)[...]), as: UTF8.self)
        }
        return aLabels(of: name).map(withoutWWW)
    }

    static func withoutWWW(_ host: String) -> String {
        String(decoding: withoutWWW(Array(host.utf8)[...]), as: UTF8.self)
    }

    /// `www.` goes where a name of two labels is left: `www.lv` is one itself.
    private static func withoutWWW(_ host: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        ASCII.bytes(host, startWith: "www.") && host.dropFirst(4).contains(0x2E)
            ? host.dropFirst(4) : host
    }

    /// Each `xn--` label in its own script, where that can be shown safely.
    static func unicode(_ host: String) -> String {
        guard ASCII.text(host, has: "xn--") else { return host }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false).map { label in
            guard label.hasPrefix("xn--"), let decoded = Punycode.decoded(label.dropFirst(4)),
                decoded.unicodeScalars.contains(where: { !$0.isASCII }),
                decoded.unicodeScalars.allSatisfy(PlainText.isVisible)
            else { return String(label) }
            return decoded
        }
        return labels.joined(separator: ".")
    }

    private static func withoutPort(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if name.first == UInt8(ascii: "["), let end = name.firstIndex(of: UInt8(ascii: "]")) {
            return name[...end]
        }
        guard let colon = name.lastIndex(of: UInt8(ascii: ":")),
            name[(colon + 1)...].allSatisfy(ASCII.isDigit)
        else { return name }
        return name[..<colon]
    }

    private static func isPlainSmall(_ byte: UInt8) -> Bool {
        ASCII.isLower(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || ASCII.isDigit(byte) || byte == UInt8(ascii: "_")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isPlainSmall(byte) || ASCII.isUpper(byte)
    }

    /// A host with percent-encoding, other scripts, or an IPv6 address in brackets.
    private static func aLabels(of name: ArraySlice<UInt8>) -> String? {
        if name.first == UInt8(ascii: "[") {
            let inner = name.dropFirst().dropLast()
            let isAddress =
                name.last == UInt8(ascii: "]") && inner.count >= 2
                && inner.allSatisfy { ASCII.isHex($0) || $0 == 0x3A || $0 == 0x2E }
            return isAddress
                ? String(decoding: name.map(ASCII.lowercased), as: UTF8.self) : nil
        }
        let decoded = PercentCoding.decodedFully(name, keeping: "".utf8)
        let text = String(decoding: decoded, as: UTF8.self).lowercased()
        var labels: [String] = []
        for label in text.unicodeScalars.split(
            omittingEmptySubsequences: false,
            whereSeparator: { ".\u{3002}\u{FF0E}\u{FF61}".unicodeScalars.contains($0) })
        {
            if label.allSatisfy(\.isASCII) {
                guard String(label).utf8.allSatisfy(isPlain) else { return nil }
                labels.append(String(label))
            } else {
                guard label.allSatisfy({ PlainText.isVisible($0) && $0 != " " }),
                    let encoded = Punycode.encoded(PlainText.composed(String(label)))
                else { return nil }
                labels.append("xn--" + encoded)
            }
        }
        if labels.last == "" { labels.removeLast() }
        let host = labels.joined(separator: ".")
        return host.isEmpty || host.utf8.count > limit ? nil : host
    }
}
