/// A user agent made ready for scanning: its bytes with ASCII letters in lower case, bounded.
struct UserAgentText {
    /// Longer texts are cut here. Browsers stay below 500 bytes, the longest in-app ones included.
    static let limit = 1024

    let bytes: [UInt8]
    /// Where Android names the device; see `UserAgentText+Model.swift`.
    let model: Range<Int>

    init(_ raw: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(raw.utf8.count, Self.limit))
        var spaces = 0
        var pluses = 0
        for byte in raw.utf8.prefix(Self.limit) {
            switch byte {
            case UInt8(ascii: " "): spaces += 1
            case UInt8(ascii: "+"): pluses += 1
            default: break
            }
            bytes.append(Self.lowercased(byte))
        }
        // IIS writes its logs with '+' for each space: Mozilla/5.0+(iPhone;+CPU+iPhone+OS+9_3+like…
        if spaces == 0, pluses > 3 {
            for index in bytes.indices where bytes[index] == UInt8(ascii: "+") {
                bytes[index] = UInt8(ascii: " ")
            }
        }
        self.bytes = bytes
        model = Self.model(in: bytes)
    }

    /// Nothing but spaces, or the `-` that stands for nothing in a log.
    var isBlank: Bool { bytes.allSatisfy { $0 <= UInt8(ascii: " ") || $0 == UInt8(ascii: "-") } }

    func hasPrefix(_ prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { bytes.starts(with: $0) }
    }

    /// The index behind the first place where `mark` stands, or `nil`.
    func end(of mark: [UInt8]) -> Int? { Self.end(of: mark, in: bytes) }

    static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard let first = mark.first, mark.count <= bytes.count else { return nil }
        for start in 0...(bytes.count - mark.count) where bytes[start] == first {
            if bytes[start..<start + mark.count].elementsEqual(mark) { return start + mark.count }
        }
        return nil
    }

    func contains(_ mark: StaticString) -> Bool {
        mark.withUTF8Buffer { end(of: Array($0)) } != nil
    }

    /// The version that stands at `start`, at most `parts` numbers of it joined by dots, such as
    /// `17.4` of `Version/17.4.1` or of `OS 17_4_1`; empty when no digit follows.
    ///
    /// The rest of a word is stepped over (`HDCN` of `DolphinHDCN/7`), then up to three signs, of
    /// which `v` is one: `/5.0`, ` 8.0`, `: 3`, `/v2.10`. Numbers of more than four digits are build
    /// numbers or dates and end it.
    func version(at start: Int, parts: Int) -> String {
        var index = start
        while index < bytes.count, Self.isLetter(bytes[index]) { index += 1 }
        let signsEnd = index + 3
        while index < bytes.count, index < signsEnd, Self.mayPrecedeVersion(bytes[index]) {
            index += 1
        }
        var text = ""
        for _ in 0..<parts {
            let digits = bytes[min(index, bytes.count)...].prefix(5).prefix(while: Self.isDigit)
            guard (1...4).contains(digits.count) else { break }
            if !text.isEmpty { text += "." }
            text += String(decoding: digits, as: UTF8.self)
            index += digits.count
            guard index < bytes.count else { break }
            if bytes[index] != UInt8(ascii: "."), bytes[index] != UInt8(ascii: "_") { break }
            index += 1
        }
        return text
    }

    private static func mayPrecedeVersion(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: "v"):
            true
        default: false
        }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    /// Of lower-cased text, where only these are letters.
    static func isLetter(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
    }
}
