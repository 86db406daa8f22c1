internal import Foundation

/// Text from outside made harmless to print: nothing in it that can't be seen (I10).
enum PlainText {
    /// Whether a sign shows: no control sign (a terminal's escapes), none that turns the writing
    /// direction, none of zero width, no line break, no noncharacter.
    ///
    /// `isDefaultIgnorableCodePoint` (Unicode's DerivedCoreProperties) holds the fillers, joiners
    /// and variation selectors that general categories miss; emoji lose their tint by it, not
    /// their shape.
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20...0x7E).contains(scalar.value) }
        if isPlainLetter(scalar) { return true }
        if scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value) {
            return false
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return false
        default: return !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// Only what can be seen, with other spaces and line breaks as plain ones, in runs of one, and
    /// none at the ends. In composed form (Unicode's NFC), so that `é` is one text however it was
    /// typed.
    static func cleaned(_ text: String) -> String {
        if isClean(text) { return text }
        var scalars = String.UnicodeScalarView()
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if isSpace(scalar) {
                if !isAfterSpace { scalars.append(" ") }
                isAfterSpace = true
            } else if isVisible(scalar) {
                scalars.append(scalar)
                isAfterSpace = false
            }
        }
        if isAfterSpace, !scalars.isEmpty { scalars.removeLast() }
        return composed(String(scalars))
    }

    /// NFC, which most text already is; told by the absence of signs that combine.
    static func composed(_ text: String) -> String {
        let mayCombine = text.unicodeScalars.contains {
            $0.value >= 0x300 && !isPlainLetter($0)
                && ($0.properties.canonicalCombiningClass != .notReordered
                    || $0.properties.generalCategory == .spacingMark
                    || (0x1161...0x11FF).contains($0.value))
        }
        return mayCombine ? text.precomposedStringWithCanonicalMapping : text
    }

    /// At most `limit` scalars, with no space left at the end.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit,
            let end = text.unicodeScalars.index(
                text.startIndex, offsetBy: limit, limitedBy: text.endIndex),
            end < text.endIndex
        else { return text }
        var kept = text.unicodeScalars[..<end]
        while kept.last == " " { kept.removeLast() }
        return String(kept)
    }

    /// Whether cleaning would change nothing, as with most texts; `false` where it takes longer to
    /// tell.
    private static func isClean(_ text: String) -> Bool {
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if scalar == " " {
                if isAfterSpace { return false }
                isAfterSpace = true
            } else {
                guard (0x21...0x7E).contains(scalar.value) || isPlainLetter(scalar) else {
                    return false
                }
                isAfterSpace = false
            }
        }
        return !isAfterSpace || text.isEmpty
    }

    /// Letters outside ASCII that need no look-up: Latin with its usual marks, Greek, Cyrillic,
    /// kana, Han and Hangul, all in composed form.
    static func isPlainLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x388...0x3FF, 0x400...0x481, 0x48A...0x52F,
            0x3041...0x3096, 0x30A1...0x30FA, 0x4E00...0x9FFF, 0xAC00...0xD7A3:
            true
        default: false
        }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value == 0x20 || (9...13).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
        default: return scalar.value == 0x85
        }
    }
}
