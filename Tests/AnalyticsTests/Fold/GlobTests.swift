import Testing

@testable import Analytics

@Suite("Patterns")
struct GlobTests {
    @Test(
        "a star stands for any run, a question mark for one sign",
        arguments: [
            ("/shop/*", "/shop/lamp/4000", true), ("/shop/*", "/shop/", true),
            ("/shop/*", "/shop", false), ("*", "", true), ("", "", true), ("", "a", false),
            ("?", "", false), ("?", "ķ", true), ("a?c", "abc", true), ("a?c", "ac", false),
            ("*.pdf", "/a.pdf.pdf", true), ("*.pdf", "/a.pdf.txt", false),
            ("/a*b*c", "/aXbXbXc", true), ("/a*b*c", "/aXcXb", false), ("**", "x", true),
            ("Google", "google", false), ("Goo", "Google", false), ("*oog*", "Google", true),
            ("a*?", "a", false), ("a*?", "ab", true),
        ])
    func matching(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test("a pattern of many stars takes no more than pattern times text")
    func manyStars() {
        let pattern = String(repeating: "a*", count: 500) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 5_000)))
    }
}
