import Analytics
import Synchronization

/// Salts that are in memory only, of one collector: made and not yet on disk.
final class SaltDrafts: Sendable {
    private struct State {
        var salts: [SaltStore.Entry: Salt] = [:]
        var lostCount = 0
    }

    private let state = Mutex(State())

    var salts: [SaltStore.Entry: Salt] { state.withLock { $0.salts } }

    /// - Returns: the salt that counts: the first that was added.
    func add(_ entry: SaltStore.Entry, _ salt: Salt) -> Salt {
        state.withLock { state in
            let first = state.salts[entry] ?? salt
            state.salts[entry] = first
            return first
        }
    }

    func remove(_ entry: SaltStore.Entry) {
        state.withLock { $0.salts[entry] = nil }
    }

    var lostCount: Int { state.withLock { $0.lostCount } }

    func countLost() { state.withLock { $0.lostCount += 1 } }
}
