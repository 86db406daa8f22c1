import Compression
import Foundation
import Testing

@testable import Exchange

@Suite("Lines")
struct LineReaderTests {
    /// Lines as texts; `nil` for one that is too long.
    private func split(_ bytes: [UInt8], pieces: [Int]) -> [String?] {
        var lines: [String?] = []
        var splitter = LineSplitter()
        func take(_ line: LogLine, _ number: Int) {
            lines.append(text(line))
            #expect(number == lines.count)
        }
        var start = 0
        for size in pieces where start < bytes.count {
            let end = min(start + size, bytes.count)
            bytes[start..<end].withUnsafeBufferPointer { splitter.split($0, take) }
            start = end
        }
        bytes[start...].withUnsafeBufferPointer { splitter.split($0, take) }
        splitter.finish(take)
        return lines
    }

    private func text(_ line: LogLine) -> String? {
        switch line {
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .tooLong: nil
        }
    }

    @Test(
        "lines end with LF or CRLF, the last one also without",
        arguments: [
            ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\n", ["", ""]),
            ("a\r\nb\r\n", ["a", "b"]), ("a\rb\n", ["a\rb"]), ("\r\n", [""]),
        ])
    func ends(text: String, lines: [String]) {
        #expect(split(Array(text.utf8), pieces: []) == lines)
        #expect(split(Array(text.utf8), pieces: Array(repeating: 1, count: 20)) == lines)
    }

    @Test("a line that is too long is told, and the rest goes on")
    func tooLong() {
        let limit = LineSplitter.longestLine
        let long = [UInt8](repeating: 0x61, count: limit)
        let text = Array("x\n".utf8) + long + Array("b\ny\n".utf8) + long + Array("\nz".utf8)
        for size in [1_000, limit - 1, limit, limit + 1, 10 * limit] {
            let lines = split(text, pieces: Array(repeating: size, count: text.count / size + 1))
            #expect(lines.count == 5)
            #expect(lines[0] == "x" && lines[1] == nil && lines[2] == "y" && lines[4] == "z")
            #expect(lines[3]?.utf8.count == limit)
        }
        #expect(split(long + long, pieces: [limit, limit]) == [nil])
    }

    @Test("pieces of any size give the same lines", arguments: Seeds.some)
    func pieces(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<500).map { _ in
            [0x0A, 0x0D, 0x61, 0x62, 0x63].randomElement(using: &random)! as UInt8
        }
        let sizes = (0..<500).map { _ in Int.random(in: 1...20, using: &random) }
        #expect(split(bytes, pieces: sizes) == split(bytes, pieces: []), "seed \(seed)")
    }

    // MARK: Files

    private func read(_ bytes: [UInt8]) throws -> (lines: [String?], bytes: Int) {
        let path = NSTemporaryDirectory() + "lines-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var lines: [String?] = []
        var count = 0
        try LineReader().read(path, progress: { count += $0 }) { line, _ in
            lines.append(text(line))
        }
        #expect(LineReader.size(of: [path]) == Int64(bytes.count))
        return (lines, count)
    }

    @Test("gzip is known by its content, several members too")
    func gzip() throws {
        let lines = (0..<30_000).map { "line number \($0)" }
        let text = Array(lines.joined(separator: "\n").utf8)
        // The cut is inside a line.
        let packed = Gzip.compress(Array(text[..<100_001])) + Gzip.compress(Array(text[100_001...]))
        let padded = packed + [UInt8](repeating: 0, count: 600_000)
        for bytes in [text, packed, padded] {
            let found = try read(bytes)
            #expect(found.lines == lines)
            #expect(found.bytes == bytes.count)
        }
        #expect(try read(Gzip.compress([])).lines.isEmpty)
        #expect(try read([]).lines.isEmpty)
    }

    @Test("damaged gzip data is told with the file, not with a line")
    func damaged() throws {
        let packed = Gzip.compress(Array(String(repeating: "abc\n", count: 10_000).utf8))
        var broken = packed
        broken[packed.count / 2] ^= 0xFF
        for bytes in [Array(packed.dropLast(5)), broken, packed + [0x1f, 0x8b, 0x07]] {
            #expect(throws: LogImportError.self) { try read(bytes) }
        }
    }

    @Test("a file that can't be read is named")
    func missing() {
        let error = #expect(throws: LogImportError.self) {
            try LineReader().read("no-such\u{1b}[2J.log", progress: { _ in }) { _, _ in }
        }
        #expect(error?.description.hasPrefix("no-such\u{FFFD}[2J.log cannot be read") == true)
        #expect(LineReader.size(of: ["no-such.log"]) == nil)
    }
}
