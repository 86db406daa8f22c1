import Testing

@testable import Analytics

@Suite("Fingerprint")
struct FingerprintTests {
    private let fingerprinter = Fingerprinter(key: Array(0...15))

    private func fingerprint(_ text: [UInt8]) -> Fingerprint {
        text.withUnsafeBufferPointer(fingerprinter.fingerprint(of:))
    }

    /// The reference's own vectors: the first bytes of 0, 1, 2 … under the key 0 … 15.
    @Test(
        "is SipHash-2-4 of 128 bits",
        arguments: [
            (0, 0xe6a8_25ba_047f_81a3 as UInt64, 0x9302_55c7_1472_f66d as UInt64),
            (1, 0x44af_996b_d8c1_87da, 0x45fc_229b_1159_7634),
        ])
    func vectors(length: Int, first: UInt64, second: UInt64) {
        let found = fingerprint((0..<length).map(UInt8.init))
        #expect(found.high == first)
        #expect(found.low == second)
    }

    @Test("every length has its own, and so has every text before it")
    func different() {
        var seen: Set<Fingerprint> = []
        let text = (0..<100).map { UInt8($0 % 7) }
        for length in 0...text.count {
            let alone = fingerprint(Array(text[..<length]))
            seen.insert(alone)
            let joined = text[..<length].withUnsafeBufferPointer {
                fingerprinter.fingerprint(of: $0, with: alone)
            }
            seen.insert(joined)
        }
        #expect(seen.count == 202)
    }

    @Test("another key gives another value")
    func keyed() {
        let other = Fingerprinter(key: Array(1...16))
        #expect(
            [1, 2, 3].withUnsafeBufferPointer(other.fingerprint(of:)) != fingerprint([1, 2, 3]))
    }

    @Test("a full cache begins anew")
    func bounded() {
        var cache = FingerprintCache<Int>(limit: 3)
        let keys = (0..<5).map { fingerprint([$0]) }
        for (index, key) in keys.enumerated() { cache[key] = index }
        #expect(keys.map { cache[$0] } == [nil, nil, nil, 3, 4])
    }
}
