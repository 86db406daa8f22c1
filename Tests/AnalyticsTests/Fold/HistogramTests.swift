import Analytics
import Testing

@Suite("Histogram")
struct HistogramTests {
    @Test("every duration up to two days is off by at most 1/32, short ones not at all")
    func error() {
        var previous = -1
        var milliseconds: Int64 = 0
        while milliseconds <= 172_800_000 {
            let bucket = Histogram.bucket(of: milliseconds)
            let difference = abs(Histogram.value(of: bucket) - Double(milliseconds))
            guard difference <= Double(milliseconds) / 32, bucket >= previous else {
                Issue.record("\(milliseconds) ms falls in bucket \(bucket)")
                return
            }
            if milliseconds < 16 { #expect(difference == 0) }
            previous = bucket
            milliseconds += 1 + milliseconds / 997
        }
    }

    @Test("durations that can't be are counted as the nearest that can")
    func clamped() {
        #expect(Histogram.bucket(of: -5) == 0)
        #expect(Histogram.bucket(of: .max) == Histogram.bucket(of: 4 * 86_400_000))
    }

    @Test(
        "quantiles of small sets",
        arguments: [
            ([], 0.5, nil), ([7], 0.5, 7), ([1, 3], 0.5, 2), ([1, 2, 9], 0.5, 2),
            ([0, 0, 0, 15], 0.5, 0), ([1, 2, 3, 4, 5], 0.75, 4), ([1, 2, 3, 4, 5], 0, 1),
            ([5, 4, 3, 2, 1], 1, 5), ([2, 4, 6, 8], 0.95, 7.7),
        ] as [([Int64], Double, Double?)])
    func quantiles(values: [Int64], share: Double, expected: Double?) {
        var histogram = Histogram()
        for value in values { histogram.add(value) }
        let found = histogram.quantile(share)
        #expect((found == nil) == (expected == nil))
        #expect(abs((found ?? 0) - (expected ?? 0)) < 1e-9)
    }

    @Test("quantiles of random sets are within the bound, and adding up days changes nothing")
    func randomQuantiles() {
        let seed = SeededGenerator.seed
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 1...300, using: &generator)
            let values = (0..<count).map { _ -> Int64 in
                // Spread over all magnitudes, as visits are.
                Int64.random(
                    in: 0..<(1 << Int64.random(in: 1...27, using: &generator)), using: &generator)
            }
            var whole = Histogram()
            var days = [Histogram](repeating: Histogram(), count: 5)
            for (index, value) in values.enumerated() {
                whole.add(value)
                days[index % 5].add(value)
            }
            let sum = days.reduce(into: Histogram(), +=)
            #expect(sum == whole, "seed \(seed)")
            #expect(sum.encoded == whole.encoded, "seed \(seed)")
            let sorted = values.sorted()
            for share in [0.5, 0.75, 0.95] {
                let rank = share * Double(count - 1)
                let (low, high) = (sorted[Int(rank)], sorted[Int(rank.rounded(.up))])
                let exact = Double(low) + Double(high - low) * (rank - rank.rounded(.down))
                let found = whole.quantile(share) ?? -1
                #expect(abs(found - exact) <= Double(high) / 32 + 1e-6, "seed \(seed)")
            }
        }
    }

    @Test("the bytes read back, also into one that has counts already")
    func coding() {
        var histogram = Histogram()
        for value in stride(from: Int64(0), through: 200_000_000, by: 777_777) {
            histogram.add(value)
        }
        histogram.add(3)
        histogram.add(3)
        var copy = Histogram()
        var isRead = copy.add(encoded: histogram.encoded)
        #expect(isRead)
        #expect(copy == histogram)
        isRead = copy.add(encoded: histogram.encoded)
        #expect(isRead)
        var twice = histogram
        twice += histogram
        #expect(copy == twice)
        #expect(copy.hashValue == twice.hashValue)
        #expect(copy.encoded == twice.encoded)
        #expect(Histogram().encoded.isEmpty)
        #expect(Histogram().isEmpty)
    }

    @Test(
        "bytes that no histogram wrote are refused",
        arguments: [
            [0x80], [1], [1, 1, 1], [0xff, 0xff, 0xff, 0xff, 0xff, 1, 1], [0xff, 0x7f, 1],
        ]
            as [[UInt8]])
    func refused(bytes: [UInt8]) {
        var histogram = Histogram()
        let isRead = histogram.add(encoded: bytes)
        #expect(!isRead)
    }

    @Test("random bytes never crash it")
    func randomBytes() {
        let seed = SeededGenerator.seed
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var histogram = Histogram()
            let count = Int.random(in: 0..<12, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            if histogram.add(encoded: bytes) {
                var copy = Histogram()
                let isRead = copy.add(encoded: histogram.encoded)
                #expect(isRead && copy == histogram, "seed \(seed)")
            }
        }
    }
}
