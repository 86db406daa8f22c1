import Analytics
import Foundation
import Testing

@Suite("Beacon decoder: random bytes")
struct BeaconDecoderPropertyTests {
    private static let sample = Array(
        #"""
        {"n":"pageview","u":"https://a.test/ā?x=\u00e9","d":"a.test, b.test","r":null,"t":"T 😀 \ud83d",
        "p":"{\"a\":\"1\",\"b\":2.5}","m":{"c":true,"d":[1,{"e":null}]},"$":{"currency":"EUR","amount":"1.2"},
        "e":1200,"sd":"40","i":false,"h":1,"w":390.5,"k":9007199254740993,"tz":"Europe/Riga","v":-1.5e-3}
        """#.utf8)

    @Test("no bytes crash it, and what it takes is inside every bound")
    func randomBytes() {
        let seed = SeededGenerator.seed
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let alphabet =
            Array(#"{}[]":,\u0129eE+-.truefalsn \#u{0}"#.utf8) + [0xc3, 0xa9, 0xff, 0xed]
        for round in 0..<4_000 {
            var bytes = Self.sample
            switch round % 4 {
            case 0:
                let count = Int.random(in: 0..<120, using: &generator)
                bytes = (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
            case 1:
                let count = Int.random(in: 0..<120, using: &generator)
                bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator)! }
            case 2:
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] = alphabet.randomElement(using: &generator)!
                }
            default:
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                bytes.removeSubrange(start..<Int.random(in: start...bytes.count, using: &generator))
            }
            check(bytes, seed: seed, round: round)
        }
    }

    private func check(_ bytes: [UInt8], seed: UInt64, round: Int) {
        guard let beacon = try? Beacon(bytes: bytes) else { return }
        let isBounded =
            !beacon.name.isEmpty && beacon.name.count <= BeaconLimits.name
            && !beacon.url.isEmpty && beacon.url.utf8.count <= BeaconLimits.url
            && beacon.domains.count <= BeaconLimits.domains
            && (beacon.referrer ?? "").utf8.count <= BeaconLimits.referrer
            && (beacon.title ?? "").count <= BeaconLimits.title
            && beacon.properties.count <= BeaconLimits.properties
            && (beacon.nonce ?? "").utf8.count <= BeaconLimits.nonce
            && (beacon.timeZone ?? "").utf8.count <= BeaconLimits.timeZone
            && (1...100_000).contains(beacon.viewportWidth ?? 1)
            && (0..<BeaconLimits.engagedMilliseconds).contains(beacon.engagedMilliseconds ?? 0)
            && (0...100).contains(beacon.scrollDepth ?? 0)
        #expect(isBounded, "seed \(seed), round \(round)")
    }

    @Test("whatever Foundation writes as JSON is read back the same")
    func foundationAgrees() throws {
        let seed = SeededGenerator.seed
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let text = String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 1...40, using: &generator)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 1..<0x11000, using: &generator))
                    }))
            let object = ["n": "x", "u": "u", "t": text]
            let data = try JSONSerialization.data(withJSONObject: object)
            #expect(try Beacon(bytes: Array(data)).title == text, "seed \(seed)")
        }
    }
}

@Suite("Cutting text to bytes")
struct CutTests {
    @Test(
        "whole characters only",
        arguments: [
            ("abc", 3, "abc"), ("abcd", 3, "abc"), ("aē", 2, "a"), ("aē", 3, "aē"), ("😀", 3, ""),
            // A letter and its accent are one character.
            ("ae\u{301}", 2, "a"), ("ae\u{301}x", 4, "ae\u{301}"), ("", 0, ""), ("a", 0, ""),
            ("🇱🇻🇪🇪", 12, "🇱🇻"),
        ])
    func cut(text: String, limit: Int, expected: String) {
        #expect(text.cut(toBytes: limit) == expected)
        #expect(text.cut(toBytes: limit).utf8.count <= limit)
    }

    @Test("white space goes at both ends only")
    func trimmed() {
        #expect(" \n\u{a0}a b\t\r\n".trimmed == "a b")
        #expect("  ".trimmed == "")
        #expect("a".trimmed == "a")
    }
}
