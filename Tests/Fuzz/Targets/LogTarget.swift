@testable import Exchange

/// A log's lines are the same wherever the file is cut into pieces, and a line's fields lie inside
/// the line.
func fuzzLog(_ bytes: UnsafeBufferPointer<UInt8>) {
    let whole = lines(of: [bytes])
    // The first byte says where to cut.
    let cut = bytes.isEmpty ? 0 : Int(bytes[0]) % bytes.count
    // Parts of the input, used inside this call.
    let pieces = [
        UnsafeBufferPointer(rebasing: bytes[..<cut]), UnsafeBufferPointer(rebasing: bytes[cut...]),
    ]
    expectSame(lines(of: pieces), whole, "in two pieces")
    // As above.
    let single = bytes.indices.map { UnsafeBufferPointer(rebasing: bytes[$0...$0]) }
    expectSame(lines(of: single), whole, "in single bytes")
}

private func lines(of pieces: [UnsafeBufferPointer<UInt8>]) -> [String] {
    var splitter = LineSplitter()
    var found: [String] = []
    func take(_ line: LogLine, _ number: Int) {
        switch line {
        case .tooLong: found.append("\(number) too long")
        case .text(let text): found.append("\(number) \(read(text))")
        }
    }
    for piece in pieces { splitter.split(piece, take) }
    splitter.finish(take)
    return found
}

private func read(_ text: UnsafeBufferPointer<UInt8>) -> String {
    do throws(AccessLogLine.Fault) {
        let line = try AccessLogLine(text)
        let fields = [
            line.virtualHost, line.client, line.method, line.target, line.referrer, line.userAgent,
        ]
        for field in fields.compactMap(\.self) {
            expect(field.lowerBound >= 0 && field.upperBound <= text.count, "a field in its line")
        }
        expect((0...999).contains(line.status), "a status: \(line.status)")
        // A part of the line, read inside this call.
        let target = UnsafeBufferPointer(rebasing: text[line.target])
        let values = fields.map { $0.map { LogText.decoded(text, $0) } ?? "none" }
        return "\(line.seconds) \(line.status) \(PageTarget.isPage(target)) \(values)"
    } catch {
        return error.rawValue
    }
}
