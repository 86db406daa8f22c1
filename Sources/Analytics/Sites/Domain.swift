/// A site's name: a host in lower case without `www.`, such as `huntprox.com`.
package struct Domain: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package var description: String { name }

    /// Takes `www.Example.com`, `example.com.` and `https://example.com/x` for `example.com`.
    ///
    /// `nil` unless labels of letters, digits, `-` and `_` joined by dots are left, 253 characters
    /// at most (RFC 1035 §2.3.4). A port is not part of a domain.
    package init?(_ text: String) {
        var host = Substring(text.lowercased())
        if let scheme = host.firstRange(of: "://") { host = host[scheme.upperBound...] }
        host = host.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if host.hasSuffix(".") { host = host.dropLast() }
        if host.hasPrefix("www."), host.dropFirst(4).contains(".") { host = host.dropFirst(4) }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253,
            labels.allSatisfy({
                (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isAllowed)
            })
        else { return nil }
        name = String(host)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
