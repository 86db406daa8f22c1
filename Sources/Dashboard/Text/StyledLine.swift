/// What a piece of text is, apart from how it looks.
enum TextStyle {
    case plain
    case strong
    /// Labels and axes: there when looked for.
    case faint
    /// Bars of the period.
    case bar
    /// The period before, behind them.
    case shade
    case better
    case worse
    case warning

    /// ANSI SGR parameters. The numbers are of the 256-colour palette's middle tones, which have
    /// contrast to black and to white; themes don't redefine them.
    var code: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "38;5;244"
        case .bar: "38;5;32"
        case .shade: "38;5;246"
        case .better: "38;5;28"
        case .worse: "38;5;160"
        case .warning: "38;5;166"
        }
    }
}

/// A line put together from styled pieces; its width is known before colour comes in.
struct StyledLine: Hashable {
    private(set) var spans: [Piece] = []
    private(set) var width = 0

    struct Piece: Hashable {
        var text: String
        var style: TextStyle
    }

    init() {}

    init(_ text: String, _ style: TextStyle = .plain) {
        append(text, style)
    }

    mutating func append(_ text: String, _ style: TextStyle = .plain) {
        guard !text.isEmpty else { return }
        width += TextWidth.columns(of: text)
        if let last = spans.indices.last, spans[last].style == style {
            spans[last].text += text
        } else {
            spans.append(Piece(text: text, style: style))
        }
    }

    mutating func append(_ line: StyledLine) {
        for span in line.spans { append(span.text, span.style) }
    }

    /// Adds spaces up to a column.
    mutating func pad(to column: Int) {
        append(String(repeating: " ", count: max(0, column - width)))
    }

    /// Adds text so that it ends at a column.
    mutating func append(_ text: String, _ style: TextStyle = .plain, endingAt column: Int) {
        pad(to: column - TextWidth.columns(of: text))
        append(text, style)
    }

    /// Without spaces at the end; with ANSI colour if asked for.
    func text(usesColour: Bool) -> String {
        var spans = spans
        while let last = spans.last {
            let trimmed = last.text.trimmingSpacesAtEnd
            guard trimmed.count < last.text.count else { break }
            spans.removeLast()
            if !trimmed.isEmpty {
                spans.append(Piece(text: trimmed, style: last.style))
                break
            }
        }
        return spans.map { span in
            guard usesColour, let code = span.style.code else { return span.text }
            return "\u{1B}[\(code)m\(span.text)\u{1B}[0m"
        }.joined()
    }
}

extension String {
    fileprivate var trimmingSpacesAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
