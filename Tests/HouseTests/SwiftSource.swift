/// A Swift file with comments, string contents and regex literals blanked out, so that a rule about
/// code can't be set off by prose. Lines and columns stay where they were; code inside a string's
/// interpolation stays, since it runs.
struct SwiftSource {
    /// The file as written, by line.
    let lines: [String]
    /// The same lines with only code left.
    let code: [String]

    init(_ text: String) {
        var blanker = Blanker(Array(text.utf8))
        blanker.run()
        lines = Self.split(Array(text.utf8))
        code = Self.split(blanker.output)
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Walks the bytes once; what is no code becomes a space, newlines stay.
private struct Blanker {
    let input: [UInt8]
    var output: [UInt8] = []
    var position = 0
    /// The last byte of code that is no space: tells a regex literal from a division.
    var previous = UInt8(ascii: "\n")

    init(_ input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    mutating func run() {
        while position < input.count { step() }
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        let index = position + offset
        return input.indices.contains(index) ? input[index] : 0
    }

    private func starts(_ text: String) -> Bool {
        text.utf8.enumerated().allSatisfy { byte($0.offset) == $0.element }
    }

    private mutating func keep() {
        let current = byte()
        if current != UInt8(ascii: " ") && current != UInt8(ascii: "\n") { previous = current }
        output.append(current)
        position += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < input.count {
            let newline = UInt8(ascii: "\n")
            output.append(byte() == newline ? newline : UInt8(ascii: " "))
            position += 1
        }
    }

    private mutating func step() {
        // Nothing but these three begins anything that isn't code.
        guard "/\"#".utf8.contains(byte()) else { return keep() }
        if starts("//") {
            while position < input.count && byte() != UInt8(ascii: "\n") { blank() }
        } else if starts("/*") {
            blankBlockComment()
        } else if let hashes = hashesBefore("\"") {
            blankString(hashes: hashes)
        } else if let hashes = hashesBefore("/"), hashes > 0 || startsRegex {
            blankRegex(hashes: hashes)
        } else {
            keep()
        }
    }

    /// How many `#` stand here before `mark`; `nil` when something else follows them.
    private func hashesBefore(_ mark: Character) -> Int? {
        var hashes = 0
        while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
        return byte(hashes) == mark.asciiValue ? hashes : nil
    }

    private var startsRegex: Bool {
        guard "=(,:[{!&|?\n".utf8.contains(previous), byte(1) != UInt8(ascii: " ") else {
            return false
        }
        var offset = 1
        while byte(offset) != 0 && byte(offset) != UInt8(ascii: "\n") {
            if byte(offset) == UInt8(ascii: "\\") {
                offset += 1
            } else if byte(offset) == UInt8(ascii: "/") {
                return true
            }
            offset += 1
        }
        return false
    }

    private mutating func blankRegex(hashes: Int) {
        let end = "/" + String(repeating: "#", count: hashes)
        blank(hashes + 1)
        while position < input.count && !starts(end) {
            blank(byte() == UInt8(ascii: "\\") ? 2 : 1)
        }
        blank(end.utf8.count)
        previous = UInt8(ascii: ")")
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < input.count
    }

    private mutating func blankString(hashes: Int) {
        blank(hashes)
        let quote = starts("\"\"\"") ? "\"\"\"" : "\""
        let fence = String(repeating: "#", count: hashes)
        blank(quote.utf8.count)
        while position < input.count && !starts(quote + fence) {
            if starts("\\" + fence + "(") {
                blank(1 + hashes)
                keepInterpolation()
            } else if starts("\\" + fence) {
                blank(2 + hashes)
            } else {
                blank()
            }
        }
        blank(quote.utf8.count + hashes)
        previous = UInt8(ascii: ")")
    }

    /// From `(` to its `)`: code again, with strings of its own.
    private mutating func keepInterpolation() {
        var depth = 0
        repeat {
            if byte() == UInt8(ascii: "(") { depth += 1 }
            if byte() == UInt8(ascii: ")") { depth -= 1 }
            step()
        } while depth > 0 && position < input.count
    }
}
