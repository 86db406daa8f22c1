import Foundation

/// A lock on a file of the data folder (`flock`), held until it is released or the process ends,
/// however it ends.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// `nil` when another process holds the lock.
    package init?(path: String) throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .folder(path: path, cause: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit {
        // Also where a process that is being started has the descriptor until it has its program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
