import Analytics
import Testing

@testable import Dashboard

@Suite("Plain text")
struct PlainTextTests {
    @Test(
        "text stays text",
        arguments: [
            ("", "", ""),
            ("/veikals", "/veikals", "/veikals"),
            ("/krāsa", "/krāsa", "/krasa"),
            ("e\u{301}", "é", "e"),
            ("\u{1B}[31m", "␛[31m", "?[31m"),
            ("a\u{7F}b", "a␡b", "a?b"),
            ("a\u{9B}31m", "a\u{FFFD}31m", "a?31m"),
            ("\u{202E}abc\u{2066}", "\u{FFFD}abc\u{FFFD}", "?abc?"),
            ("a\u{200B}b\u{AD}c", "a\u{FFFD}b\u{FFFD}c", "a?b?c"),
            ("❤\u{FE0F}", "❤", "?"),
            ("\u{301}x", "x", "x"),
            ("a\u{A0}b\u{3000}c", "a b c", "a b c"),
            ("a\u{2028}b", "a\u{FFFD}b", "a?b"),
            ("\u{E000}", "\u{FFFD}", "?"),
            ("a — b", "a — b", "a - b"),
        ])
    func plain(text: String, unicode: String, ascii: String) {
        #expect(Array(PlainText.of(text).unicodeScalars) == Array(unicode.unicodeScalars))
        #expect(PlainText.of(text, isASCII: true) == ascii)
    }

    @Test("whatever comes, no control or hidden letter gets through, and the width is known")
    func anyText() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        for _ in 0..<3_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let planes: [ClosedRange<UInt32>] = [
                    0...0x7F, 0x80...0x5FF, 0x2000...0x20FF, 0x300...0x36F, 0xE000...0xFFFF,
                    0x1F000...0x1FFFF, 0...0x10FFFF,
                ]
                let plane = planes.randomElement(using: &random)!
                if let scalar = Unicode.Scalar(UInt32.random(in: plane, using: &random)) {
                    text.append(scalar)
                }
            }
            let plain = PlainText.of(String(text))
            let odd = plain.unicodeScalars.filter {
                let category = $0.properties.generalCategory
                return [.control, .format, .lineSeparator, .paragraphSeparator].contains(category)
                    || $0.properties.isDefaultIgnorableCodePoint
            }
            #expect(odd.isEmpty, "seed \(seed): \(odd)")
            let limit = Int.random(in: 1...14, using: &random)
            let cut = TextWidth.truncated(plain, to: limit, ellipsis: "…")
            #expect(TextWidth.columns(of: cut) <= limit, "seed \(seed): \(cut)")
            #expect(
                PlainText.of(String(text), isASCII: true).utf8.allSatisfy {
                    (0x20..<0x7F).contains($0)
                },
                "seed \(seed)")
        }
    }

    @Test(
        "columns on a terminal",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("🛒", 2),
            ("ｆ", 2), ("░▁█▏", 4), ("▲▼–…", 4), ("\u{20000}", 2), ("ภ\u{E31}", 1),
        ])
    func columns(text: String, width: Int) {
        #expect(TextWidth.columns(of: text) == width)
    }

    @Test(
        "what doesn't fit is cut at a letter",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abc", 1, "…"), ("abc", 0, ""),
            ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ])
    func truncated(text: String, limit: Int, cut: String) {
        #expect(TextWidth.truncated(text, to: limit, ellipsis: "…") == cut)
    }

    @Test("spaces at a line's end are cut, also across styles; colour is put around words")
    func styledLine() {
        var line = StyledLine("a ", .strong)
        line.append("b", .bar, endingAt: 6)
        line.pad(to: 9)
        line.append("  ", .faint)
        #expect(line.width == 11)
        #expect(line.text(usesColour: false) == "a    b")
        #expect(line.text(usesColour: true) == "\u{1B}[1ma \u{1B}[0m   \u{1B}[38;5;32mb\u{1B}[0m")
        #expect(StyledLine("   ").text(usesColour: true).isEmpty)
    }
}

/// A small generator with a printed seed (Steele, Lea, Flood 2014: SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
