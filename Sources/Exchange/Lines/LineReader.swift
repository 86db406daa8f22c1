import Compression
import Foundation

/// Reads lines from files or standard input, piece by piece; what is compressed with gzip is known
/// by its content, also when several compressed files were joined.
struct LineReader {
    /// Stands for standard input among names of files.
    static let standardInput = "-"
    private static let pieceSize = 256 * 1_024

    /// The bytes of all files together; `nil` when one is no plain file, so that nobody knows.
    static func size(of files: [String]) -> Int64? {
        var sum: Int64 = 0
        for file in files {
            var status = stat()
            let found =
                file == standardInput ? fstat(STDIN_FILENO, &status) : stat(file, &status)
            guard found == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            sum += Int64(status.st_size)
        }
        return sum
    }

    /// - Parameters:
    ///   - file: a path, or `-`.
    ///   - progress: called with the number of bytes each time some were read.
    ///   - body: called with each line and its number, from 1.
    /// - Throws: `LogImportError` when the file can't be read or its gzip data is damaged.
    func read(
        _ file: String, progress: (Int) -> Void, _ body: (LogLine, Int) throws -> Void
    ) throws {
        let descriptor =
            file == Self.standardInput ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(file) }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        // Each piece is read into it and used up before the next is read.
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.pieceSize)
        defer { buffer.deallocate() }
        var splitter = LineSplitter()
        var unpacker: GzipReader?
        var isFirst = true
        while let piece = try Self.fill(buffer, from: descriptor, file, whole: isFirst) {
            if isFirst, GzipReader.isGzip(piece) { unpacker = GzipReader() }
            isFirst = false
            progress(piece.count)
            if let unpacker {
                try Self.named(file) {
                    try unpacker.inflate(piece) { try splitter.split($0, body) }
                }
            } else {
                // The same bytes, to be read only.
                try splitter.split(UnsafeBufferPointer(piece), body)
            }
        }
        if let unpacker { try Self.named(file) { try unpacker.finish() } }
        try splitter.finish(body)
    }

    /// `nil` at the end.
    ///
    /// - Parameter whole: reads until the piece is full or the file ends, so that what a file is
    ///   shows even when a pipe hands out single bytes.
    private static func fill(
        _ buffer: UnsafeMutableBufferPointer<UInt8>, from descriptor: Int32, _ file: String,
        whole: Bool
    ) throws(LogImportError) -> UnsafeMutableBufferPointer<UInt8>? {
        var count = 0
        repeat {
            // What is free of the buffer, for this one read.
            let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
            var read = Glibc.read(descriptor, rest.baseAddress, rest.count)
            while read < 0, errno == EINTR {
                read = Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            guard read >= 0 else { throw failure(file) }
            if read == 0 { break }
            count += read
        } while whole && count < buffer.count
        // The filled part of the buffer, which the caller owns.
        return count > 0 ? UnsafeMutableBufferPointer(rebasing: buffer[..<count]) : nil
    }

    private static func named(_ file: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as Gzip.Failure {
            throw LogImportError.damaged(file: file, cause: failure.description)
        }
    }

    private static func failure(_ file: String) -> LogImportError {
        .unreadable(file: file, cause: String(cString: strerror(errno)))
    }
}
