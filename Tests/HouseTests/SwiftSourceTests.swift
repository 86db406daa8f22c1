import Testing

@Suite("Reading Swift source")
struct SwiftSourceTests {
    @Test(
        "only code is left",
        arguments: [
            ("let a = 1 // Date()", "let a = 1 "),
            ("a /* x /* y */ Date() */ b", "a b"),
            (#"say("Date()")"#, "say( )"),
            (#"say("\(Date()) x")"#, "say( (Date()) )"),
            (#"say("\(d["k"]!)") + b"#, "say( (d[ ]!) ) + b"),
            (##"say(#"a "quote" \(x) \#(y)"#)"##, "say( (y) )"),
            (#"let r = /"[a-z]"/"#, "let r = "),
            (#"let r = a / b / "c""#, "let r = a / b / "),
            (#"let r = #/"//x/# + b"#, "let r = + b"),
            (#"say("\\") // ""#, "say( ) "),
        ])
    func codeOnly(text: String, expected: String) {
        let code = SwiftSource(text).code.joined(separator: "\n")
        #expect(code.utf8.count == text.utf8.count)
        let words = code.split(separator: " ", omittingEmptySubsequences: false)
        let squeezed = words.enumerated().filter { index, word in
            !word.isEmpty || index == words.count - 1
        }
        #expect(squeezed.map(\.element).joined(separator: " ") == expected)
    }

    @Test("lines stay where they were")
    func linesStay() {
        let source = SwiftSource("a\nlet t = \"\"\"\n  Date()\n  \"\"\"\n/* x\n */ b\n")
        #expect(source.code.count == source.lines.count)
        #expect(source.code[5].hasSuffix(" b"))
        #expect(!source.code[2].contains("Date"))
    }
}
