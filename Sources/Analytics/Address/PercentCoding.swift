/// Percent-encoding (RFC 3986 §2.1), undone so that a page has one name.
enum PercentCoding {
    static func needsDecoding(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
    }

    /// A form's value decoded once, as the page itself would read it. Bytes that are no UTF-8
    /// stay percent-encoded.
    static func decodedOnce(_ bytes: ArraySlice<UInt8>) -> String {
        guard needsDecoding(bytes) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
                let value = value(bytes[index + 1], bytes[index + 2])
            {
                decoded.append(value)
                index += 3
            } else {
                decoded.append(bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: withInvalidEncoded(decoded), as: UTF8.self)
    }

    /// Decoded until nothing is left to decode: `jane%2540example.com` holds a mail address as
    /// surely as `jane%40example.com`. Bytes that are no UTF-8, and the signs in `kept`, stay
    /// percent-encoded.
    ///
    /// Each byte is looked at a bounded number of times: what was decoded is at once the tail
    /// that the next bytes may complete to another `%XX`.
    static func decodedFully(
        _ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false, keeping kept: String.UTF8View
    ) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.underestimatedCount)
        for byte in bytes {
            decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            while decoded.count >= 3, decoded[decoded.count - 3] == UInt8(ascii: "%"),
                let value = value(decoded[decoded.count - 2], decoded[decoded.count - 1]),
                !kept.contains(value)
            {
                decoded.removeLast(2)
                decoded[decoded.count - 1] = value
            }
        }
        return withInvalidEncoded(decoded)
    }

    private static func value(_ high: UInt8, _ low: UInt8) -> UInt8? {
        guard let high = ASCII.hexValue(high), let low = ASCII.hexValue(low) else { return nil }
        return high << 4 | low
    }

    /// The bytes with those that belong to no UTF-8 sequence (RFC 3629) percent-encoded again.
    private static func withInvalidEncoded(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        var valid: [UInt8] = []
        valid.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let length = sequenceLength(bytes, at: index)
            if length > 0 {
                valid += bytes[index..<(index + length)]
                index += length
            } else {
                valid += encoded(bytes[index])
                index += 1
            }
        }
        return valid
    }

    static func encoded(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// How many bytes the UTF-8 sequence that starts at `index` has; 0 when none does.
    private static func sequenceLength(_ bytes: [UInt8], at index: Int) -> Int {
        let first = bytes[index]
        // The second byte's range keeps out overlong forms, surrogates and what is past U+10FFFF.
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: return 0
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
        for next in bytes[(index + 2)..<(index + length)] where next & 0xC0 != 0x80 { return 0 }
        return length
    }
}
