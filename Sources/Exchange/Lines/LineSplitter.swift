import Foundation

/// One line of a log, without its end.
enum LogLine {
    /// Valid inside the call that hands it out.
    case text(UnsafeBufferPointer<UInt8>)
    /// Longer than `LineSplitter.longestLine`; its bytes were let go.
    case tooLong
}

/// Cuts pieces of a file into lines, wherever the pieces were cut.
struct LineSplitter {
    /// In bytes. nginx and Apache take request headers of 8 KiB by default, and a byte of them may
    /// be written as four (`\x22`).
    static let longestLine = 64 * 1_024

    /// Of the line handed out last, from 1.
    private(set) var number = 0
    private var rest: [UInt8] = []
    private var isTooLong = false

    mutating func split(
        _ piece: UnsafeBufferPointer<UInt8>, _ body: (LogLine, Int) throws -> Void
    ) rethrows {
        guard let base = piece.baseAddress else { return }
        var start = 0
        // The pointers stay inside `piece`: memchr looks at the bytes that are left of it.
        while let found = memchr(base + start, 0x0A, piece.count - start) {
            // Both point into `piece`.
            let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            // The line is used inside the call only.
            let part = UnsafeBufferPointer(rebasing: piece[start..<end])
            start = end + 1
            number += 1
            if isTooLong {
                isTooLong = false
                try body(.tooLong, number)
            } else if rest.isEmpty {
                try Self.hand(part, number, body)
            } else {
                rest.append(contentsOf: part)
                let line = rest
                rest.removeAll(keepingCapacity: true)
                // The line is used inside the call only.
                try line.withUnsafeBufferPointer { try Self.hand($0, number, body) }
            }
        }
        // `keep` copies.
        keep(UnsafeBufferPointer(rebasing: piece[start...]))
    }

    /// Hands out what follows the last line end; call it once, when the file has ended.
    func finish(_ body: (LogLine, Int) throws -> Void) rethrows {
        if isTooLong { return try body(.tooLong, number + 1) }
        guard !rest.isEmpty else { return }
        // The line is used inside the call only.
        try rest.withUnsafeBufferPointer { try Self.hand($0, number + 1, body) }
    }

    private mutating func keep(_ part: UnsafeBufferPointer<UInt8>) {
        guard !isTooLong, !part.isEmpty else { return }
        if rest.count + part.count > Self.longestLine {
            isTooLong = true
            rest.removeAll(keepingCapacity: true)
        } else {
            rest.append(contentsOf: part)
        }
    }

    private static func hand(
        _ line: UnsafeBufferPointer<UInt8>, _ number: Int, _ body: (LogLine, Int) throws -> Void
    ) rethrows {
        if line.count > longestLine { return try body(.tooLong, number) }
        guard line.last == 0x0D else { return try body(.text(line), number) }
        // The line without its end, used inside the call only.
        try body(.text(UnsafeBufferPointer(rebasing: line.dropLast())), number)
    }
}
