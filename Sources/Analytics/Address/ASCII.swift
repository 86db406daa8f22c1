/// Tests on bytes of ASCII text.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
    static func lowercased(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }

    /// 0…15 of a hexadecimal digit, or `nil`.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }

    // Bytes, since Swift's own searches in strings compare characters by Unicode's equivalence,
    // which takes microseconds where these take nanoseconds.

    static func text(_ text: String, has part: StaticString) -> Bool {
        guard text.utf8.count >= part.utf8CodeUnitCount else { return false }
        var text = text
        // Both buffers stay inside the closures.
        return text.withUTF8 { text in
            part.withUTF8Buffer { part in
                (0...(text.count - part.count)).contains { start in
                    text[start] == part[0]
                        && text[start..<(start + part.count)].elementsEqual(part)
                }
            }
        }
    }

    static func bytes(_ bytes: ArraySlice<UInt8>, startWith start: StaticString) -> Bool {
        let count = start.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        // The buffer stays inside the closure.
        return start.withUTF8Buffer { start in
            for index in 0..<count where bytes[bytes.startIndex + index] != start[index] {
                return false
            }
            return true
        }
    }

    static func text(_ text: String, endsWith ending: String) -> Bool {
        let surplus = text.utf8.count - ending.utf8.count
        guard surplus >= 0 else { return false }
        var (text, ending) = (text, ending)
        // As above.
        return text.withUTF8 { text in
            ending.withUTF8 { text[surplus...].elementsEqual($0) }
        }
    }
}
