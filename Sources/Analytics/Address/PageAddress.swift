/// A page as it is kept: one name for one page, and nothing in it that identifies a person.
package struct PageAddress: Hashable, Sendable {
    /// In scalars, the kept query included.
    package static let limit = 512

    /// As `WebAddress.host` has it.
    package var host: String
    /// Such as `/order/•` or `/shop?lang=lv`; begins with `/`, ends with it only as the root.
    package var path: String
    /// How many marks were put and session ids cut.
    package var scrubbed: Int

    /// - Parameters:
    ///   - address: the page's own.
    ///   - policy: the site's; what it doesn't allow of query and fragment is left out.
    package init(cleaning address: WebAddress, policy: AddressPolicy) {
        host = address.host
        (path, scrubbed) = PathCleaner.cleaned(address.rawPath)
        if policy.hashRoutes, let fragment = address.rawFragment { append(route: fragment) }
        if !policy.keptQuery.isEmpty, address.rawQuery != nil {
            append(policy.keptQuery, of: address)
        }
        path = PlainText.cut(path, to: Self.limit)
    }

    /// `#/cart?x=1` and `#!/cart`: the route without its own query. A fragment that holds pairs
    /// (`#access_token=…`) or marked text (`#:~:text=…`) is no route.
    private mutating func append(route fragment: String) {
        let bytes = fragment.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "&") }
        let route = String(decoding: bytes, as: UTF8.self)
        guard !ASCII.text(route, has: "="), !ASCII.text(route, has: ":~:") else { return }
        // `!` before a route is an old sign for crawlers, and no segment.
        let sign = route.hasPrefix("!/") ? "!" : ""
        let cleaned = PathCleaner.cleaned(String(route.dropFirst(sign.count)))
        scrubbed += cleaned.scrubbed
        guard cleaned.path != "/" else { return }
        let isAnchor = sign.isEmpty && route.utf8.first != UInt8(ascii: "/")
        path += "#" + sign + (isAnchor ? String(cleaned.path.dropFirst()) : cleaned.path)
    }

    /// Sorted, so that one page has one name however its address was put together.
    private mutating func append(_ names: [String], of address: WebAddress) {
        var sign = "?"
        for name in Set(names).sorted() {
            guard let value = address.queryValue(name) else { continue }
            let found = Scrubber.scrub(value, limit: AddressPolicy.valueLimit)
            scrubbed += found.marks
            path += sign + name + (found.text.isEmpty ? "" : "=" + Self.escaped(found.text))
            sign = "&"
        }
    }

    /// With the signs encoded that would end the value.
    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x26 || $0 == 0x23 }) else { return value }
        let scalars = value.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
            switch scalar {
            case "&": Array("%26".unicodeScalars)
            case "#": Array("%23".unicodeScalars)
            default: [scalar]
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
