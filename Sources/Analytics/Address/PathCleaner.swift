/// Brings paths to their one form: `/Shop//p%C4%93rle/index.html` is `/Shop/pērle`.
///
/// Percent-encoding is undone where it is UTF-8; `/`, `?` and `#` stay encoded inside a segment,
/// as there they part nothing. Doubled and closing slashes and `index.html` go, and so do session
/// ids, since with and without one it is the same page. Case stays: servers may tell it apart.
enum PathCleaner {
    static func cleaned(_ rawPath: String) -> (path: String, scrubbed: Int) {
        if isClean(rawPath.utf8) { return (rawPath, 0) }
        let text = decoded(rawPath)
        var path = ""
        var scrubbed = 0
        for part in text.split(separator: "/") {
            var segment = part
            if let parameters = sessionParameter(segment) {
                segment.removeSubrange(parameters)
                scrubbed += 1
            }
            if isCookielessSession(segment) {
                scrubbed += 1
                continue
            }
            let found = Scrubber.marked(PlainText.cleaned(String(segment)), slashJoins: false)
            guard !found.text.isEmpty else { continue }
            path += "/" + found.text
            scrubbed += found.marks
        }
        path = withoutIndex(path)
        return (path.isEmpty ? "/" : PlainText.cut(path, to: PageAddress.limit), scrubbed)
    }

    /// Decoded and free of invisible signs; again, when taking those out completed another `%XX`.
    private static func decoded(_ rawPath: String) -> String {
        var text = rawPath
        while true {
            let bytes = PercentCoding.decodedFully(text.utf8, keeping: "/?#".utf8)
            let decoded = String(decoding: bytes, as: UTF8.self)
            let visible = String(
                String.UnicodeScalarView(decoded.unicodeScalars.filter(staysInPath)))
            if visible.utf8.count == decoded.utf8.count { return visible }
            text = visible
        }
    }

    /// Line breaks and tabs stay for now: they part words, and become spaces.
    private static func staysInPath(_ scalar: Unicode.Scalar) -> Bool {
        PlainText.isVisible(scalar) || (9...13).contains(scalar.value)
            || (0x2028...0x2029).contains(scalar.value)
    }

    // MARK: Parts that name no page

    /// Parameters of a segment (RFC 3986 §3.3) in which servers keep sessions:
    /// `/cart;jsessionid=1A53…`.
    private static let sessionNames: Set<Substring> = [
        "jsessionid", "phpsessid", "sessionid", "session", "sid", "cfid", "cftoken",
    ]

    private static func sessionParameter(_ segment: Substring) -> Range<Substring.Index>? {
        guard let start = segment.firstIndex(of: ";") else { return nil }
        let hasSession = segment[start...].split(separator: ";").contains { parameter in
            sessionNames.contains(parameter.lowercased().prefix { $0 != "=" })
        }
        return hasSession ? start..<segment.endIndex : nil
    }

    /// ASP.NET without cookies: `/(S(lit3py55t21z5v55vlm25s55))/page`.
    private static func isCookielessSession(_ segment: Substring) -> Bool {
        var body = segment
        if body.hasPrefix("("), body.hasSuffix("))") { body = body.dropFirst().dropLast() }
        guard body.hasSuffix(")"), let letter = body.first, "SAF".contains(letter) else {
            return false
        }
        return body.dropFirst().hasPrefix("(") && !body.contains(" ")
    }

    /// Names under which servers find a folder's own page.
    private static let indexNames: Set<String> = ["index", "default"]
    private static let indexExtensions: Set<String> = [
        "asp", "aspx", "cfm", "cgi", "htm", "html", "jsp", "php", "shtml", "xhtml",
    ]

    private static func withoutIndex(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        let name = path[path.index(after: slash)...].lowercased().split(
            separator: ".", omittingEmptySubsequences: false
        ).map(String.init)
        guard name.count == 2, indexNames.contains(name[0]), indexExtensions.contains(name[1])
        else { return path }
        return String(path[..<slash])
    }

    /// Whether a path is in its one form already, as most are: told in one pass, so that cleaning
    /// costs nothing there. Anything unusual goes the long way.
    private static func isClean(_ bytes: String.UTF8View) -> Bool {
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= PageAddress.limit else {
            return false
        }
        var previous: UInt8 = 0
        var digits = 0
        var segment = 0
        var word = 0
        var hasCapital = false
        var isMixed = false
        for byte in bytes {
            segment += 1
            word += 1
            if ASCII.isDigit(byte) || ASCII.isUpper(byte) {
                if ASCII.isDigit(byte) { digits += 1 } else { hasCapital = true }
                isMixed = true
            } else if byte == UInt8(ascii: "/"), previous != byte {
                (segment, word, hasCapital, isMixed) = (0, 0, false, false)
            } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") {
                (word, isMixed) = (0, false)
            } else if !ASCII.isLower(byte) {
                return false
            }
            if digits >= 6 || hasCapital && segment >= TokenFinder.shortest
                || word >= (isMixed ? TokenFinder.shortest : TokenFinder.shortestLetters)
            {
                return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: "/") || bytes.count == 1
    }
}
