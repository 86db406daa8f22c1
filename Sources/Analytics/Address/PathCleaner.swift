/// Brings paths to their one form: `/Shop//p%C4%93rle/index.html` is `/Shop/pērle`.
///
/// Percent-encoding is undone where it is UTF-8; `/`, `?` and `#` stay encoded inside a segment,
/// as there they part nothing. Doubled and closing slashes and `index.html` go, and so do session
/// ids, since with and without one it is the same page. Case stays: servers may tell it apart.
enum PathCleaner {
    static func cleaned(_ rawPath: String) -> (path: String, scrubbed: Int) {
        var rawPath = rawPath
        // The buffer stays inside the call.
        switch rawPath.withUTF8(look(at:)) {
        case .clean: return (rawPath, 0)
        case .hasEnding: return (withoutEnding(rawPath), 0)
        case .unusual: break
        }
        var path = ""
        var scrubbed = 0
        for part in decoded(rawPath).split(separator: UInt8(ascii: "/")) {
            let segment = cleanedSegment(String(decoding: part, as: UTF8.self))
            scrubbed += segment.marks
            guard !segment.text.isEmpty else { continue }
            path += "/"
            path += segment.text
        }
        path = withoutEnding(path)
        let cut = PlainText.cut(path, to: PageAddress.limit)
        // A cut may leave what parts no page at the end: a slash, half a word that says `index.php`.
        return (cut == path ? path : cleaned(cut).path, scrubbed)
    }

    /// A decoded segment without its session and marks in place of persons; empty if it names no
    /// page.
    private static func cleanedSegment(_ raw: String) -> (text: String, marks: Int) {
        var segment = PlainText.cleaned(raw)
        var sessions = 0
        if let end = endBeforeSession(segment) {
            segment = PlainText.cleaned(String(segment[..<end]))
            sessions += 1
        }
        let found = Scrubber.marked(segment, slashJoins: false)
        // A mark may have taken what hid a session, such as the space of a phone number.
        if isCookielessSession(segment) || isCookielessSession(found.text) {
            return ("", sessions + 1)
        }
        return (found.text, sessions + found.marks)
    }

    /// Nobody who writes an address hides one sign in another more often.
    private static let mostRounds = 8

    /// Decoded and free of invisible signs; again, when taking those out completed another `%XX`.
    private static func decoded(_ rawPath: String) -> [UInt8] {
        var bytes = PercentCoding.decodedFully(rawPath.utf8, keeping: "/?#".utf8)
        var rounds = 0
        while bytes.contains(where: { $0 < 0x20 || $0 >= 0x7F }) {
            let text = String(decoding: bytes, as: UTF8.self)
            let visible = text.unicodeScalars.filter(staysInPath)
            if visible.count == text.unicodeScalars.count { break }
            bytes = Array(String(String.UnicodeScalarView(visible)).utf8)
            rounds += 1
            // Each round costs the whole path: then nothing is left that a next one would decode.
            if rounds == mostRounds { return bytes.filter { $0 != UInt8(ascii: "%") } }
            bytes = PercentCoding.decodedFully(bytes, keeping: "/?#".utf8)
        }
        return bytes
    }

    /// Line breaks and tabs stay for now: they part words, and become spaces.
    private static func staysInPath(_ scalar: Unicode.Scalar) -> Bool {
        PlainText.isVisible(scalar) || (9...13).contains(scalar.value)
            || (0x2028...0x2029).contains(scalar.value)
    }

    // MARK: Parts that name no page

    /// Parameters of a segment (RFC 3986 §3.3) in which servers keep sessions:
    /// `/cart;jsessionid=1A53…`.
    static let sessionNames: Set<String> = [
        "jsessionid", "phpsessid", "sessionid", "session", "sid", "cfid", "cftoken",
    ]

    private static func endBeforeSession(_ segment: String) -> String.Index? {
        guard let start = segment.utf8.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        // Byte by byte: a sign that combines with what stands before it hides no `=`.
        let parameters = segment.utf8[start...].split(separator: UInt8(ascii: ";"))
        let hasSession = parameters.contains { parameter in
            let name = parameter.prefix { $0 != UInt8(ascii: "=") }
            return sessionNames.contains(String(decoding: name, as: UTF8.self).lowercased())
        }
        return hasSession ? start : nil
    }

    /// ASP.NET without cookies: `/(S(lit3py55t21z5v55vlm25s55))/page`.
    private static func isCookielessSession(_ segment: String) -> Bool {
        let (open, close) = (UInt8(ascii: "("), UInt8(ascii: ")"))
        var body = segment.utf8[...]
        guard body.last == close else { return false }
        if body.first == open, body.dropLast().last == close { body = body.dropFirst().dropLast() }
        guard let letter = body.popFirst(), "SAF".utf8.contains(letter) else { return false }
        return body.first == open && body.last == close && !body.contains(UInt8(ascii: " "))
    }

    /// Names under which servers find a folder's own page.
    private static let indexNames: Set<String> = ["index", "default"]
    private static let indexExtensions: Set<String> = [
        "asp", "aspx", "cfm", "cgi", "htm", "html", "jsp", "php", "shtml", "xhtml",
    ]

    /// Without closing slashes and names of a folder's own page, however many.
    private static func withoutEnding(_ path: String) -> String {
        var path = path
        while true {
            var slashless = Substring(path)
            while slashless.utf8.last == UInt8(ascii: "/") {
                slashless = Substring(slashless.utf8.dropLast())
            }
            let shorter = withoutIndex(String(slashless))
            if shorter == path { return path.isEmpty ? "/" : path }
            path = shorter
        }
    }

    private static func withoutIndex(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")),
            let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")), slash < dot,
            indexNames.contains(path[path.utf8.index(after: slash)..<dot].lowercased()),
            indexExtensions.contains(path[path.utf8.index(after: dot)...].lowercased())
        else { return path }
        return String(path[..<slash])
    }

    // MARK: The short way

    private enum Look {
        /// In its one form.
        case clean
        /// But perhaps for a slash or `index.html` at its end.
        case hasEnding
        case unusual
    }

    /// Whether a path is in its one form already, as most are, told in one pass. Whatever a
    /// finder of `Scrubber` could mark in it is unusual, and so is much that none would.
    private static func look(at bytes: UnsafeBufferPointer<UInt8>) -> Look {
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= PageAddress.limit else {
            return .unusual
        }
        var previous: UInt8 = 0
        var segment = SegmentLook()
        for byte in bytes {
            if byte == UInt8(ascii: "/") {
                if previous == byte { return .unusual }
                segment = SegmentLook()
            } else if !segment.isUsual(after: byte) {
                return .unusual
            }
            previous = byte
        }
        let endsInSlash = previous == UInt8(ascii: "/") && bytes.count > 1
        return segment.hasDot || endsInSlash ? .hasEnding : .clean
    }

    /// What has been seen of a segment.
    private struct SegmentLook {
        private var dots = 0
        private var length = 0
        private var digits = 0
        private var word = 0
        private var hasCapital = false
        private var isMixed = false
        private var isHex = true
        /// Of two hexadecimal digits each, one behind the other: six are a MAC address.
        private var pairs = 0

        var hasDot: Bool { dots > 0 }

        mutating func isUsual(after byte: UInt8) -> Bool {
            length += 1
            if ASCII.isAlphanumeric(byte), !ASCII.isHex(byte) { isHex = false }
            if ASCII.isLower(byte) {
                word += 1
            } else if ASCII.isDigit(byte) {
                word += 1
                digits += 1
                isMixed = true
            } else if ASCII.isUpper(byte) {
                word += 1
                hasCapital = true
                isMixed = true
            } else if byte == UInt8(ascii: "-") {
                pairs = word == 2 && isHex ? pairs + 1 : 0
                (word, isMixed, isHex) = (0, false, true)
            } else if byte == UInt8(ascii: "_") {
                (word, isMixed, isHex, pairs) = (0, false, true, 0)
            } else if byte == UInt8(ascii: ".") {
                dots += 1
                (word, isMixed, isHex, pairs) = (0, false, true, 0)
            } else {
                return false
            }
            let longestWord = isMixed || isHex ? TokenFinder.shortest : TokenFinder.shortestLetters
            return digits < 6 && !(dots >= 3 && digits >= 4) && pairs < 5 && word < longestWord
                && !(hasCapital && length >= TokenFinder.shortest)
        }
    }
}
