/// Counts of durations on a log scale, so that medians and percentiles of any period come from
/// adding days up.
///
/// Milliseconds fall in buckets of 16 to each doubling: a quantile is off by at most 1/32 (3.2 %)
/// of its value, and not at all under 16 ms.
package struct Histogram: Hashable, Sendable {
    private static let stepBits = 4
    /// Longer durations count as this one; a session has at most 48 h.
    private static let longest: Int64 = 4 * 86_400_000
    /// One more than the bucket of the longest duration.
    static let bucketCount = bucket(of: longest) + 1
    /// From this many buckets on a flat array is smaller and faster than a list.
    private static let sparseLimit = 12

    /// `bucket << 32 | count`, in no order; empty once `dense` is used.
    private var sparse: [UInt64] = []
    private var dense: [UInt32] = []

    package init() {}

    package static func bucket(of milliseconds: Int64) -> Int {
        let value = UInt64(min(max(0, milliseconds), longest))
        guard value >= 1 << stepBits else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let mantissa = Int(value >> UInt64(exponent - stepBits)) & ((1 << stepBits) - 1)
        return (exponent - stepBits + 1) << stepBits | mantissa
    }

    /// The middle of a bucket, in ms.
    package static func value(of bucket: Int) -> Double {
        guard bucket >= 1 << stepBits else { return Double(bucket) }
        let exponent = bucket >> stepBits - 1
        let low = (1 << stepBits | bucket & ((1 << stepBits) - 1)) << exponent
        return Double(low) + Double((1 << exponent) - 1) / 2
    }

    package var isEmpty: Bool { sparse.isEmpty && dense.isEmpty }

    package mutating func add(_ milliseconds: Int64) {
        add(bucket: Self.bucket(of: milliseconds), count: 1)
    }

    package static func += (left: inout Histogram, right: Histogram) {
        right.forEach { left.add(bucket: $0, count: $1) }
    }

    /// The duration under which `share` (0…1) of the counts are, in ms; `nil` without counts.
    package func quantile(_ share: Double) -> Double? {
        let counts = sorted
        let total = counts.reduce(0) { $0 + Int($1.count) }
        guard total > 0 else { return nil }
        let rank = share * Double(total - 1)
        // Between two middle values of an even count the mean is taken.
        let (lower, upper) = (
            value(atRank: Int(rank), counts), value(atRank: Int(rank.rounded(.up)), counts)
        )
        return lower + (upper - lower) * (rank - rank.rounded(.down))
    }

    private func value(atRank rank: Int, _ counts: [(bucket: Int, count: UInt32)]) -> Double {
        var seen = 0
        for (bucket, count) in counts {
            seen += Int(count)
            if seen > rank { return Self.value(of: bucket) }
        }
        return 0
    }

    mutating func add(bucket: Int, count: UInt32) {
        if dense.isEmpty {
            for index in sparse.indices where Int(sparse[index] >> 32) == bucket {
                sparse[index] += UInt64(count)
                return
            }
            if sparse.count < Self.sparseLimit {
                sparse.append(UInt64(bucket) << 32 | UInt64(count))
                return
            }
            let entries = sparse
            sparse = []
            dense = Array(repeating: 0, count: 256)
            for entry in entries {
                add(bucket: Int(entry >> 32), count: UInt32(truncatingIfNeeded: entry))
            }
        }
        if bucket >= dense.count {
            dense.append(contentsOf: repeatElement(0, count: bucket + 16 - dense.count))
        }
        dense[bucket] += count
    }

    private func forEach(_ body: (_ bucket: Int, _ count: UInt32) -> Void) {
        for entry in sparse { body(Int(entry >> 32), UInt32(truncatingIfNeeded: entry)) }
        for (bucket, count) in dense.enumerated() where count > 0 { body(bucket, count) }
    }

    private var sorted: [(bucket: Int, count: UInt32)] {
        var counts: [(bucket: Int, count: UInt32)] = []
        forEach { counts.append(($0, $1)) }
        return counts.sorted { $0.bucket < $1.bucket }
    }

    package static func == (left: Histogram, right: Histogram) -> Bool {
        left.sorted.elementsEqual(right.sorted, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        for (bucket, count) in sorted {
            hasher.combine(bucket)
            hasher.combine(count)
        }
    }
}

extension Histogram {
    /// Pairs of variable-length integers, 7 bits a byte: the step from the bucket before, the
    /// count. The same counts always give the same bytes.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        var previous = 0
        for (bucket, count) in sorted {
            for number in [bucket - previous, Int(count)] {
                var rest = number
                while rest >= 0x80 {
                    bytes.append(UInt8(rest & 0x7f) | 0x80)
                    rest >>= 7
                }
                bytes.append(UInt8(rest))
            }
            previous = bucket
        }
        return bytes
    }

    /// Adds what `encoded` wrote; `false` when the bytes are not such.
    package mutating func add(encoded bytes: some Sequence<UInt8>) -> Bool {
        var numbers: [Int] = []
        var (value, shift) = (0, 0)
        for byte in bytes {
            guard shift < 35 else { return false }
            value |= Int(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 {
                numbers.append(value)
                (value, shift) = (0, 0)
            }
        }
        guard shift == 0, numbers.count.isMultiple(of: 2) else { return false }
        var bucket = 0
        for index in stride(from: 0, to: numbers.count, by: 2) {
            bucket += numbers[index]
            guard bucket < 1_024, let count = UInt32(exactly: numbers[index + 1]) else {
                return false
            }
            add(bucket: bucket, count: count)
        }
        return true
    }
}
