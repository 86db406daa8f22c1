extension UserAgentText {
    enum HostName {
        case host
        /// The host stands behind an `@`.
        case mailbox
    }

    /// What `.com` at `place` ends; `nil` where it is a part of a longer name, of a package's
    /// (`com.google.android`) or of a version.
    func hostName(endingAt place: Range<Int>) -> HostName? {
        // Asked first: it keeps the way back below linear in all, one for each host's end.
        if place.upperBound < bytes.count, Self.isOfHost(bytes[place.upperBound]) {
            // "example.com." may end a sentence; "example.com.foo" goes on.
            let next = place.upperBound + 1
            guard bytes[place.upperBound] == UInt8(ascii: "."),
                next == bytes.count || !Self.isOfHost(bytes[next])
            else { return nil }
        }
        var start = place.lowerBound
        while start > 0, Self.isOfHost(bytes[start - 1]) { start -= 1 }
        let name = bytes[start..<place.lowerBound]
        guard name.count >= 2, name.contains(where: Self.isLetter) else { return nil }
        if start > 0, bytes[start - 1] == UInt8(ascii: "@") { return .mailbox }
        let first = name.prefix { $0 != UInt8(ascii: ".") }
        let isPackage = ["com", "net", "org", "de", "jp", "cn", "ru", "io", "app"].contains {
            first.elementsEqual($0.utf8)
        }
        return isPackage ? nil : .host
    }

    /// `place`, up to the closing bracket where its text opened one: `android (`, `[fban`.
    func bracketed(from place: Range<Int>) -> Range<Int> {
        let close: UInt8
        if bytes[place].first == UInt8(ascii: "[") {
            close = UInt8(ascii: "]")
        } else if bytes[place].last == UInt8(ascii: "(") {
            close = UInt8(ascii: ")")
        } else {
            return place
        }
        return place.lowerBound..<(bytes[place.upperBound...].firstIndex(of: close) ?? bytes.count)
    }

    /// Whether the engine's name at `place` is Internet Explorer's.
    func namesExplorer(at place: Range<Int>) -> Bool {
        bytes[place].elementsEqual("msie".utf8) || bytes[place].elementsEqual("trident".utf8)
    }

    /// Whether nothing stands behind Chrome's own words, as other browsers' names would.
    var endsLikeChrome: Bool { bytes.suffix(14).elementsEqual(" safari/537.36".utf8) }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}
