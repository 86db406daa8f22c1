import Foundation

/// Text from outside made fit for a terminal: it stays text (I10).
///
/// Whatever could move a cursor, turn the direction of writing, hide letters or have no known
/// width gives way to a visible stand-in, so that two different texts don't come to look the same.
package enum PlainText {
    /// More marks on one letter than any script writes only serve to smear over other lines.
    private static let mostMarks = 3
    private static let standIn: Unicode.Scalar = "\u{FFFD}"

    /// - Parameter isASCII: letters with marks lose these, other letters become `?`.
    package static func of(_ text: String, isASCII: Bool = false) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        return isASCII ? ascii(text) : unicode(text)
    }

    private static func unicode(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        // Marks have nothing to combine with at the start.
        var marks = mostMarks
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            let safe = replacement(of: scalar)
            if let safe, TextWidth.columns(of: safe) == 0 {
                marks += 1
                if marks > mostMarks { continue }
            } else {
                marks = 0
            }
            if let safe { plain.append(safe) }
        }
        return String(plain)
    }

    /// `nil` for what shows nothing and changes nothing: a choice between two forms of a letter.
    private static func replacement(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x00..<0x20: return Unicode.Scalar(0x2400 + scalar.value)
        case 0x20..<0x7F: return scalar
        case 0x7F: return "\u{2421}"
        case 0xFE00...0xFE0F: return nil
        default: break
        }
        if scalar.properties.isDefaultIgnorableCodePoint { return standIn }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            return standIn
        case .spaceSeparator: return " "
        default: return scalar
        }
    }

    private static func ascii(_ text: String) -> String {
        var plain = ""
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar.properties.generalCategory {
            case _ where (0x20..<0x7F).contains(scalar.value): plain.unicodeScalars.append(scalar)
            case .nonspacingMark, .enclosingMark: break
            case .spaceSeparator: plain += " "
            case .dashPunctuation: plain += "-"
            default: plain += "?"
            }
        }
        return plain
    }
}
