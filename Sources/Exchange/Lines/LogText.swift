import Foundation

/// Texts of a log line, which servers write with escapes: `\x22` (nginx, Apache), and `\"`, `\\`
/// and the C escapes of control signs (Apache).
enum LogText {
    static func decoded(_ bytes: UnsafeBufferPointer<UInt8>, _ field: Range<Int>) -> String {
        // A part of the line, read within this call.
        let text = UnsafeBufferPointer(rebasing: bytes[field])
        guard text.contains(UInt8(ascii: "\\")) else {
            return String(decoding: text, as: UTF8.self)
        }
        return String(decoding: unescaped(text), as: UTF8.self)
    }

    private static func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < text.count else {
                output.append(byte)
                continue
            }
            let sign = text[index]
            if sign == UInt8(ascii: "x"), index + 2 < text.count,
                let high = hexValue(text[index + 1]), let low = hexValue(text[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else if let plain = escapes[sign] {
                output.append(plain)
                index += 1
            } else {
                output.append(byte)
            }
        }
        return output
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D,
        UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B,
    ]

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
