import Foundation

/// Which file a name stands for: tells a file from another that was put in its place.
struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// `nil` when no file has this name, or none that can be looked at.
    ///
    /// One call of the system, so that it may be asked before each commit.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
