import Foundation

/// A regular expression. Foundation's, since Swift's own knows no lookbehind.
struct Pattern: Sendable {
    private let expression: NSRegularExpression

    init(_ text: String, ignoringCase: Bool = false) throws {
        expression = try NSRegularExpression(
            pattern: text, options: ignoringCase ? [.caseInsensitive] : [])
    }

    /// The first match and its groups; a group that took no part is empty. `nil` without a match.
    func first(in text: String) -> [String]? {
        let whole = NSRange(text.startIndex..., in: text)
        return expression.firstMatch(in: text, range: whole).map { groups($0, of: text) }
    }

    /// Every match, with its groups.
    func all(in text: String) -> [[String]] {
        let whole = NSRange(text.startIndex..., in: text)
        return expression.matches(in: text, range: whole).map { groups($0, of: text) }
    }

    /// The text after the first match; `nil` without one.
    func rest(after text: String) -> Substring? {
        let whole = NSRange(text.startIndex..., in: text)
        guard let match = expression.firstMatch(in: text, range: whole),
            let range = Range(match.range, in: text)
        else { return nil }
        return text[range.upperBound...]
    }

    private func groups(_ match: NSTextCheckingResult, of text: String) -> [String] {
        (0..<match.numberOfRanges).map { group in
            Range(match.range(at: group), in: text).map { String(text[$0]) } ?? ""
        }
    }
}
