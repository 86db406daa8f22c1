import CZlib

/// gzip through zlib.
package enum Gzip {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// The whole of `bytes` as one gzip member, at the best level: for what is compressed once.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        // 15 + 16: the largest window, with gzip's header.
        precondition(
            deflateInit2_(
                &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
                ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            // Both buffers outlive the one call that uses them.
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(bound)
                precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
            }
            count = bound - Int(stream.avail_out)
        }
    }
}

/// Inflates gzip piece by piece, also several members one after the other, as rotated logs that
/// were joined have them.
package final class GzipReader {
    private var stream = z_stream()
    private var isFinished = false

    package init() {
        // 15 + 32: gzip or zlib, by content.
        precondition(
            inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
                == Z_OK)
    }

    deinit { inflateEnd(&stream) }

    package static func isGzip(_ start: some Collection<UInt8>) -> Bool {
        start.starts(with: [0x1f, 0x8b])
    }

    /// Inflates the next piece and hands out what it gives.
    package func inflate(
        _ piece: UnsafeMutableBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        stream.next_in = piece.baseAddress
        stream.avail_in = UInt32(piece.count)
        // Fixed and reused: a piece may inflate to a thousand times its size.
        let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256 * 1_024)
        defer { output.deallocate() }
        repeat {
            if isFinished {
                // Zeros after a member are padding, to a tape's block or a disk's.
                while stream.avail_in > 0, stream.next_in.pointee == 0 {
                    stream.next_in += 1
                    stream.avail_in -= 1
                }
                guard stream.avail_in > 0 else { return }
                inflateReset(&stream)
                isFinished = false
            }
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let result = CZlib.inflate(&stream, Z_NO_FLUSH)
            guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(result) else {
                throw Gzip.Failure(description: "the gzip data is damaged (zlib: \(result))")
            }
            isFinished = result == Z_STREAM_END
            let inflated = output.count - Int(stream.avail_out)
            // The output buffer lives until this function returns.
            try body(UnsafeBufferPointer(rebasing: output[..<inflated]))
        } while stream.avail_in > 0 || stream.avail_out == 0
    }

    /// Call after the last piece: a member that was cut off is an error.
    package func finish() throws {
        guard isFinished else {
            throw Gzip.Failure(description: "the gzip data ends in the middle")
        }
    }
}
