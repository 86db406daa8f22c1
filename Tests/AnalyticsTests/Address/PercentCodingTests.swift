import Testing

@testable import Analytics

@Suite("Percent-encoding")
struct PercentCodingTests {
    static let seed: UInt64 = 20_261_122

    private func decoded(_ text: String, plusIsSpace: Bool = false) -> String {
        String(
            decoding: PercentCoding.decodedFully(
                text.utf8, plusIsSpace: plusIsSpace, keeping: "/?#".utf8),
            as: UTF8.self)
    }

    @Test(
        "decoded until nothing is left",
        arguments: [
            ("p%C4%93rle", "pērle"), ("a%20b", "a b"), ("a%2520b", "a b"), ("a%25252520b", "a b"),
            ("%2525254a", "J"), ("100%25", "100%"), ("100%", "100%"), ("%4", "%4"), ("%zz", "%zz"),
            ("a%2Fb%3Fc%23d", "a%2Fb%3Fc%23d"), ("a%252Fb", "a%2Fb"), ("%25%34%31", "A"),
        ])
    func fully(text: String, expected: String) {
        #expect(decoded(text) == expected)
    }

    @Test(
        "bytes that are no UTF-8 stay encoded",
        arguments: [
            ("%FF", "%FF"), ("%C4", "%C4"), ("%C4x", "%C4x"), ("%C4%93%C4", "ē%C4"),
            ("%C0%AF", "%C0%AF"), ("%ED%A0%80", "%ED%A0%80"), ("%F5%80%80%80", "%F5%80%80%80"),
            ("%F0%9F%8D%8E", "🍎"), ("%E2%82", "%E2%82"), ("%fe", "%FE"),
        ])
    func invalid(text: String, expected: String) {
        #expect(decoded(text) == expected)
    }

    @Test("a plus is a space in forms only")
    func plus() {
        #expect(decoded("a+b", plusIsSpace: true) == "a b")
        #expect(decoded("a+b") == "a+b")
        #expect(decoded("a%2Bb", plusIsSpace: true) == "a+b")
    }

    /// What is left must be stable, or a page would have two names.
    @Test("decoding again changes nothing")
    func stable() {
        var random = SeededGenerator(seed: Self.seed)
        let pieces = ["%", "2", "5", "4", "0", "F", "a", "é", "%25", "%C4", "%93", "%E2"]
        for _ in 0..<2_000 {
            let text = (0..<12).map { _ in random.pick(from: pieces) }.joined()
            let once = decoded(text)
            #expect(decoded(once) == once, "\(text), seed \(Self.seed)")
        }
    }
}
