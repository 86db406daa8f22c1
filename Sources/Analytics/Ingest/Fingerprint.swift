/// Stands for texts of a beacon or a log line in a cache: 128 bits of a hash whose key is random and
/// lives as long as the process, so that no address and no user agent is kept longer than its
/// record (I3).
package struct Fingerprint: Hashable, BitwiseCopyable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// It is a hash already.
    package func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

/// Computes fingerprints: SipHash-2-4 with an output of 128 bits (Aumasson and Bernstein,
/// "SipHash: a fast short-input PRF", and its reference's variant for 128 bits).
package struct Fingerprinter: Sendable {
    package static let keyLength = 16

    private let key: (UInt64, UInt64)

    /// - Parameter key: `keyLength` random bytes.
    package init(key bytes: [UInt8]) {
        precondition(bytes.count == Self.keyLength, "a key has 16 bytes")
        func word(_ start: Int) -> UInt64 {
            bytes[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        key = (word(0), word(8))
    }

    package func fingerprint(of text: UnsafeBufferPointer<UInt8>) -> Fingerprint {
        var state = State(key)
        return state.finish(text)
    }

    /// The fingerprint of a text together with what was fingerprinted before.
    package func fingerprint(
        of text: UnsafeBufferPointer<UInt8>, with other: Fingerprint
    ) -> Fingerprint {
        var state = State(key)
        state.take(other.high)
        state.take(other.low)
        return state.finish(text)
    }

    /// Of several texts and numbers: each is told by its length from what follows.
    package func fingerprint(_ body: (inout Builder) -> Void) -> Fingerprint {
        var builder = Builder(state: State(key))
        body(&builder)
        // An empty text has no address.
        return builder.state.finish(UnsafeBufferPointer(start: nil, count: 0))
    }

    package struct Builder {
        fileprivate var state: State

        package mutating func add(_ number: UInt64) { state.take(number) }

        /// `nil` differs from "".
        package mutating func add(_ text: String?) {
            guard var text else { return add(.max) }
            // Read within the closure.
            text.withUTF8 { bytes in
                add(UInt64(bytes.count))
                state.takeWords(bytes)
            }
        }
    }

    fileprivate struct State {
        private var v0: UInt64
        private var v1: UInt64
        private var v2: UInt64
        private var v3: UInt64

        init(_ key: (UInt64, UInt64)) {
            v0 = key.0 ^ 0x736f_6d65_7073_6575
            v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
            v2 = key.0 ^ 0x6c79_6765_6e65_7261
            v3 = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        /// Takes a text whose length was taken before it.
        mutating func takeWords(_ text: UnsafeBufferPointer<UInt8>) {
            let last = takeWholeWords(text)
            take(last)
        }

        /// - Returns: the bytes after the last whole word.
        private mutating func takeWholeWords(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
            var position = 0
            // Read within this call; the text outlives it.
            if let base = UnsafeRawPointer(text.baseAddress) {
                while position + 8 <= text.count {
                    take(
                        UInt64(
                            littleEndian: base.loadUnaligned(
                                fromByteOffset: position, as: UInt64.self)))
                    position += 8
                }
            }
            var rest: UInt64 = 0
            for index in position..<text.count {
                rest |= UInt64(text[index]) << UInt64(8 * (index - position))
            }
            return rest
        }

        mutating func finish(_ text: UnsafeBufferPointer<UInt8>) -> Fingerprint {
            take(takeWholeWords(text) | UInt64(truncatingIfNeeded: text.count) << 56)
            v2 ^= 0xee
            for _ in 0..<4 { round() }
            let high = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xdd
            for _ in 0..<4 { round() }
            return Fingerprint(high: high, low: v0 ^ v1 ^ v2 ^ v3)
        }

        @inline(__always)
        private mutating func round() {
            v0 &+= v1
            v2 &+= v3
            v1 = Self.turned(v1, 13) ^ v0
            v3 = Self.turned(v3, 16) ^ v2
            v0 = Self.turned(v0, 32)
            v2 &+= v1
            v0 &+= v3
            v1 = Self.turned(v1, 17) ^ v2
            v3 = Self.turned(v3, 21) ^ v0
            v2 = Self.turned(v2, 32)
        }

        @inline(__always)
        private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 {
            word << bits | word >> (64 - bits)
        }
    }
}

/// What was worked out for a text, by its fingerprint. Bounded: a full cache begins anew, which
/// costs a stream of ever new texts no more than having no cache.
package struct FingerprintCache<Value> {
    private let limit: Int
    private var values: [Fingerprint: Value] = [:]

    package init(limit: Int) {
        self.limit = limit
    }

    package subscript(key: Fingerprint) -> Value? {
        get { values[key] }
        set {
            if values.count >= limit { values.removeAll(keepingCapacity: true) }
            values[key] = newValue
        }
    }

    package mutating func removeAll() { values.removeAll(keepingCapacity: true) }
}

extension FingerprintCache: Sendable where Value: Sendable {}
