import Foundation

/// A run that stretches of days, each on a core of its own, are stored into one at a time. By a lock
/// of the system's in place of `Mutex`: the thread sanitizer doesn't see who waits for that one.
///
/// Sendable, since both variables are touched under the lock alone.
final class SharedRun: @unchecked Sendable {
    private let lock = NSLock()
    private var run: FoldRun
    private var failure: StorageError?

    init(_ run: FoldRun) {
        self.run = run
    }

    func withLock(
        _ body: (inout FoldRun) throws(StorageError) -> Void
    ) throws(StorageError) {
        lock.lock()
        defer { lock.unlock() }
        try body(&run)
    }

    /// The first failure is what the run ends with.
    func fail(_ error: StorageError) {
        lock.lock()
        defer { lock.unlock() }
        failure = failure ?? error
    }

    var result: FoldRun {
        get throws(StorageError) {
            lock.lock()
            defer { lock.unlock() }
            if let failure { throw failure }
            return run
        }
    }
}
