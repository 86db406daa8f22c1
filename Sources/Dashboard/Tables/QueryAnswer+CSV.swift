package import Analytics

extension QueryAnswer {
    /// The rows as CSV (RFC 4180: CRLF, quotes where they are needed), with a line of names;
    /// without a dimension one row, the totals. Figures are as in JSON, and nothing where one does
    /// not exist.
    package var csv: String {
        let names = (breakdown.map { [$0] } ?? []) + metrics.map(\.rawValue)
        var lines = [names.map(CSVField.of)]
        if dimension == nil {
            lines.append(fields(totals))
        } else {
            lines += rows.map { [CSVField.of($0.value)] + fields($0.figures) }
        }
        return lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    private func fields(_ figures: [Double?]) -> [String] {
        zip(metrics, figures).map { metric, value in
            value == nil ? "" : JSONValue(value, isCount: metric.isCount).text
        }
    }
}

/// One field of a CSV file.
enum CSVField {
    /// Letters with which a spreadsheet takes a text for a formula (OWASP, CSV injection), the
    /// full-width ones included; the tab and line breaks named there are not written as such.
    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "＝", "＋", "－", "＠",
    ]

    /// The text with whatever it takes to stay text in a spreadsheet, and on a terminal (I10).
    static func of(_ text: String) -> String {
        // Of the text as it is written: what shows nothing at its start is gone by then.
        let shown = PlainText.of(text)
        let isFormula = shown.unicodeScalars.first.map(formulaStarts.contains) ?? false
        let plain = (isFormula ? "'" : "") + shown
        // Scalar by scalar: a sign that combines with a quote or a comma makes it none the less.
        let signs = plain.unicodeScalars
        guard signs.contains(where: { $0 == "," || $0 == "\"" }) || plain.trimmed != plain else {
            return plain
        }
        let doubled = signs.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
        return "\"" + String(String.UnicodeScalarView(doubled)) + "\""
    }
}

extension String {
    /// Without spaces at the ends, which some readers drop outside quotes.
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return text
    }
}
