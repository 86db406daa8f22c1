/// A site's name: a host in lower case without `www.`, such as `huntprox.com`.
package struct Domain: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package var description: String { name }

    /// Takes `www.Example.com`, `example.com.` and `https://example.com/x` for `example.com`, and
    /// other scripts in their A-labels: `žagars.lv` is `xn--agars-tib.lv` (RFC 5890 §2.3.2.1).
    ///
    /// `nil` unless labels of letters, digits, `-` and `_` joined by dots are left, 253 characters
    /// at most (RFC 1035 §2.3.4). A port is not part of a domain.
    package init?(_ text: String) {
        var host = Self.split(text).host
        if !host.utf8.allSatisfy({ $0 < 0x80 }) {
            guard let labels = Self.aLabels(of: host) else { return nil }
            host = Substring(labels)
        }
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

    /// What somebody types for a site to add. Refuses besides what names something within a host
    /// (`example.com/shop`), since a site is the whole of it, and a name without a letter or digit.
    package init?(ofSite text: String) {
        let rest = Self.split(text).rest
        guard rest.isEmpty || rest == "/" else { return nil }
        self.init(text)
        guard name.utf8.contains(where: ASCII.isAlphanumeric) else { return nil }
    }

    /// The host in lower case and what follows it, without a scheme.
    private static func split(_ text: String) -> (host: Substring, rest: Substring) {
        var address = Substring(text.lowercased())
        if let scheme = address.firstRange(of: "://") { address = address[scheme.upperBound...] }
        let host = address.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return (host, address[host.endIndex...])
    }

    private static func aLabels(of host: Substring) -> String? {
        // Nothing that an address has beside the host: no port, no user, no escapes.
        guard
            host.utf8.allSatisfy({ $0 >= 0x80 || $0 == UInt8(ascii: ".") || isAllowed($0) })
        else { return nil }
        return HostName.host(ofAuthority: Array(host.utf8)[...])
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
