import Testing

@testable import Analytics

@Suite("Scrubbing")
struct ScrubberTests {
    @Test(
        "what may identify a person",
        arguments: [
            ("Mail jane.doe+shop@example.co.uk now", "Mail • now"), ("<jane@example.com>", "<•>"),
            ("mail=jane@example.com&x", "mail=•&x"), ("ЖАННА@пример.рф", "•"),
            ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "•"), ("a@b c@d", "• •"), ("jane%40example.com", "•"),
            ("/back?mail=jane%40example.com", "/back?mail=•"), ("o'neil@example.ie", "•"),
            ("call +371 26 123 456!", "call •!"), ("+1 (555) 123-4567", "•"),
            ("(555) 123-4567", "•"), ("tel 26123456", "tel •"), ("26-123-456", "•"),
            ("01.23.45.67.89", "•"), ("512 3456", "•"), ("٠١٢٣٤٥٦٧", "•"), ("555‑123‑4567", "•"),
            ("Order 471123 paid", "Order • paid"), ("order471123b", "order•b"),
            ("4111 1111 1111 1111", "•"), ("4111-1111-1111-1111", "•"), ("311299-12345", "•"),
            ("123-45-6789", "•"), ("LV80 BANK 0000 4351 9500 1", "•"),
            ("LV80BANK0000435195001", "•"),
            ("from 81.198.0.10", "from •"), ("8.8.8.8", "•"), ("from 9.8.7.6:80", "from •:80"),
            ("2001:db8::8a2e:370:7334", "•"),
            ("00:1a:2b:3c:4d:5e", "•"), ("at 00-1A-2B-3C-4D-5E.", "at •."),
            ("tel 26_123_456", "tel •"),
            ("sensor-00-1a-2b-3c-4d-5e-wifi", "sensor-•-wifi"), ("lat=56.94964", "lat=•"),
            ("id 550e8400-e29b-41d4-a716-446655440000.", "id •."),
            ("k=3f2a9c1b7d4e", "k=•"), ("aX3kQ9zLm2Pw7Rt4", "•"), ("Zm9vYmFyQmF6MTIz+/9x==", "•"),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "•.•.•"
            ),
            ("snvpv8-I_CJk_rXsJgZiPaw", "•"),
        ])
    func marked(text: String, expected: String) {
        let found = Scrubber.scrub(text, limit: 300)
        #expect(found.text == expected)
        #expect(found.marks == expected.count { $0 == Scrubber.mark })
    }

    @Test(
        "what does not",
        arguments: [
            "Koka krēsls “Ozols” – Shop Example", "Новости: погода в Риге", "木椅 | 家具店",
            "Jane @ Home", "@footfall", "react@18.2.0", "icon@2x.png", "logo@3x",
            "22.11.2026 10:30", "2026-11-22 10:30:45",
            "2025–2026", "Top 10 of 2026", "1 000 000 visitors", "from 1000-2000 EUR",
            "v10.0.19045", "lamp_4000_12345", "be-ad-ed-fa-ce-de", "a1-a2-b1-b2-c1-c2",
            "IMG_2026_11_22",
            "120.0.6099.109", "ISO 9001", "5 stars, 12345 votes", "C++ std::vector", "10:30–11:45",
            "Samsung UE55TU7172UXXH 55\" TV", "iPhone 15 Pro Max 256GB", "dQw4w9WgXcQ", "50% off",
            "Save 50%25", "JavaScriptES2015Modules", "defaced facade", "a/b/c", "x=1&y=2",
            "https://shop.example/a-long-slug/with-words?lang=lv", "",
        ])
    func kept(text: String) {
        let found = Scrubber.scrub(text, limit: 300)
        #expect(found.text == text)
        #expect(found.marks == 0)
    }

    @Test(
        "nothing unseen survives",
        arguments: [
            ("a\u{1B}[31mred", "a[31mred"), ("a\u{7}b\u{9B}c\u{7F}", "abc"), ("a\r\nb\tc", "a b c"),
            ("\u{202E}evil\u{2066}x", "evilx"), ("zero\u{200B}width\u{FEFF}", "zerowidth"),
            ("soft\u{AD}hyphen", "softhyphen"), ("a\u{2028}b\u{85}c", "a b c"),
            ("\u{E0041}tag", "tag"), ("  a \u{A0}\u{3000} b  ", "a b"),
            ("e\u{301}", "é"), ("\u{200B}", ""), ("ja\u{200D}ne@example.com", "•"),
        ])
    func unseen(text: String, expected: String) {
        #expect(Scrubber.scrub(text, limit: 300).text == expected)
    }

    @Test("noncharacters go, though no literal can hold them")
    func noncharacters() throws {
        for value: UInt32 in [0xFDD0, 0xFFFE, 0x1_FFFF] {
            let text = "a" + String(Character(try #require(Unicode.Scalar(value)))) + "b"
            #expect(Scrubber.scrub(text, limit: 9).text == "ab")
        }
    }

    @Test("the limit counts scalars, and is applied after the marks are put")
    func limit() {
        #expect(Scrubber.scrub("abcdef", limit: 3).text == "abc")
        #expect(Scrubber.scrub("ēēēē", limit: 3).text == "ēēē")
        #expect(Scrubber.scrub("ab cd", limit: 3).text == "ab")
        // Cut first, `jane@exam` would be no less of a mail address.
        #expect(Scrubber.scrub("mail jane@example.com", limit: 9).text == "mail •")
        #expect(Scrubber.scrub("order 123456", limit: 9).text == "order •")
    }

    /// A title of 20,000 signs takes well under a second only if no finder looks back.
    @Test("the work is linear in the text")
    func linear() {
        for piece in ["1 ", "a@", "::", "aB3-", "%4", "(1", "LV80 ", ".", "::."] {
            let long = "::" + String(repeating: piece, count: 20_000)
            #expect(Scrubber.scrub(long, limit: 100).text.unicodeScalars.count <= 100)
        }
    }
}
