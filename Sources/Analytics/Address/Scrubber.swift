/// Takes out of a text what may identify a person: mail addresses, phone numbers, numbers of
/// accounts, cards and orders, network addresses, long tokens. A `•` stands in their place.
///
/// Words, slugs, dates, years and numbers of up to five digits stay. Where the two can't be told
/// apart it takes too much rather than too little; `docs/recognition.md` has the rules, their
/// reasons and what they get wrong. The work is linear in the text.
package enum Scrubber {
    package static let mark: Character = "•"

    /// Cleans and scrubs a title, a property or a campaign value.
    /// - Parameter limit: in Unicode scalars, of the result.
    /// - Returns: the text, free of control, bidi and invisible signs too, and how many marks
    ///   stand in it (counted before the cut).
    package static func scrub(_ text: String, limit: Int) -> (text: String, marks: Int) {
        let cleaned = PlainText.cleaned(text)
        var found = marked(cleaned, slashJoins: true)
        // A value may itself be an address: ?back=/login?mail=jane%40example.com. It is kept
        // decoded only where that brings something to light; "Save 50%25" stays as it is.
        if cleaned.utf8.contains(UInt8(ascii: "%")) {
            let decoded = PlainText.cleaned(
                String(
                    decoding: PercentCoding.decodedFully(cleaned.utf8, keeping: "".utf8),
                    as: UTF8.self))
            let foundDecoded = marked(decoded, slashJoins: true)
            if foundDecoded.marks > 0 { found = foundDecoded }
        }
        return (PlainText.cut(found.text, to: limit), found.marks)
    }

    /// The text with its marks. Marked again it stays as it is: where a mark parts what looked
    /// like words, the rest is looked at again.
    /// - Parameters:
    ///   - text: as `PlainText.cleaned` leaves it.
    ///   - slashJoins: whether `/` may be a sign of a Base64 token; in a path it parts segments.
    static func marked(_ text: String, slashJoins: Bool) -> (text: String, marks: Int) {
        var text = text
        var marks = 0
        // Each round takes out signs and puts in none that a finder would take, so one is the last.
        while true {
            let ranges = ranges(in: text, slashJoins: slashJoins)
            if ranges.isEmpty { return (text, marks) }
            text = replacing(ranges, in: text)
            marks += ranges.count
        }
    }

    private static func ranges(in text: String, slashJoins: Bool) -> [Range<Int>] {
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        // Where each byte is its own sign, most texts are done without a copy.
        if isASCII, !SignHints(text.utf8).maySayMore { return [] }
        let signs = TextSigns.signs(of: text, isASCII: isASCII)
        let hints = SignHints(signs)
        guard hints.maySayMore else { return [] }
        var ranges: [Range<Int>] = []
        if hints.hasAt { ranges += MailFinder.ranges(in: signs) }
        if hints.colons >= 2 { ranges += NetworkFinder.ranges(in: signs) }
        if hints.mayHoldNumber { ranges += NumberFinder.ranges(in: signs) }
        if hints.mayHoldToken {
            ranges += TokenFinder.ranges(in: signs, slashJoins: slashJoins)
            ranges += NetworkFinder.hyphenated(in: signs)
        }
        return ranges.isEmpty ? [] : merged(ranges)
    }

    /// In order, with those joined that touch.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] =
                    last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    private static func replacing(_ ranges: [Range<Int>], in text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var output = String.UnicodeScalarView()
        var position = 0
        for range in ranges {
            output.append(contentsOf: scalars[position..<range.lowerBound])
            output.append(contentsOf: mark.unicodeScalars)
            position = range.upperBound
        }
        output.append(contentsOf: scalars[position...])
        return String(output)
    }
}

/// A text as the finders see it: one byte a scalar, so that a digit of any script is a digit.
enum TextSigns {
    /// A letter outside ASCII.
    static let letter: UInt8 = 0x80
    /// Any other sign outside ASCII.
    static let symbol: UInt8 = 0x81
    /// Part of a percent-encoded byte that stayed encoded, such as `%2F`.
    static let encoded: UInt8 = 0x82

    static func signs(of text: String, isASCII: Bool) -> [UInt8] {
        var signs =
            isASCII
            ? Array(text.utf8)
            : text.unicodeScalars.map { $0.isASCII ? UInt8($0.value) : sign(of: $0) }
        guard signs.contains(UInt8(ascii: "%")), signs.count > 2 else { return signs }
        for index in 0..<(signs.count - 2)
        where signs[index] == UInt8(ascii: "%") && ASCII.isHex(signs[index + 1])
            && ASCII.isHex(signs[index + 2])
        {
            for place in index..<(index + 3) { signs[place] = encoded }
        }
        return signs
    }

    private static func sign(of scalar: Unicode.Scalar) -> UInt8 {
        if PlainText.isPlainLetter(scalar) { return letter }
        let properties = scalar.properties
        // The fullwidth forms of East Asian keyboards: ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ.
        if (0xFF01...0xFF5E).contains(scalar.value) { return UInt8(scalar.value - 0xFEE0) }
        if properties.numericType == .decimal, let value = properties.numericValue {
            return 0x30 + UInt8(value)
        }
        switch properties.generalCategory {
        case .dashPunctuation: return UInt8(ascii: "-")
        case .spaceSeparator: return UInt8(ascii: " ")
        case .nonspacingMark, .spacingMark: return letter
        default: break
        }
        switch scalar.value {
        case 0x2212: return UInt8(ascii: "-")
        case 0x3002, 0xFF61: return UInt8(ascii: ".")
        case 0xFE6B: return UInt8(ascii: "@")
        default: return properties.isAlphabetic ? letter : symbol
        }
    }

    static func isWord(_ sign: UInt8) -> Bool { ASCII.isAlphanumeric(sign) || sign == letter }
}

/// What a text has at all, so that most texts need no finder.
struct SignHints {
    private(set) var digits = 0
    private(set) var colons = 0
    private(set) var hasAt = false
    private var spaces = 0
    private var dots = 0
    private var longest = 0

    /// - Parameter signs: as `TextSigns` has them, or the bytes of ASCII text.
    init(_ signs: some Sequence<UInt8>) {
        var run = 0
        for sign in signs {
            if ASCII.isAlphanumeric(sign) {
                if ASCII.isDigit(sign) { digits += 1 }
                run += 1
                continue
            }
            switch sign {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="), UInt8(ascii: "%"), TextSigns.encoded:
                run += 1
                continue
            case UInt8(ascii: " "):
                // Parts words, but groups of an IBAN too.
                spaces += 1
            case UInt8(ascii: "@"): hasAt = true
            case UInt8(ascii: ":"): colons += 1
            case UInt8(ascii: "."): dots += 1
            default: break
            }
            longest = max(longest, run)
            run = 0
        }
        longest = max(longest, run)
    }

    var mayHoldToken: Bool { longest >= TokenFinder.shortest || spaces >= 3 && digits >= 8 }
    /// Six digits, or an IPv4 address, whose least has four: 9.8.7.6.
    var mayHoldNumber: Bool { digits >= 6 || dots >= 3 && digits >= 4 }
    var maySayMore: Bool { hasAt || colons >= 2 || mayHoldNumber || mayHoldToken }
}
