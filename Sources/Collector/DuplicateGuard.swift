package import Analytics
package import Storage
import Synchronization

/// Knows the beacons of the last 10 minutes by site, visitor and `k`, so that a retry is not
/// counted twice. Bounded: past the limit the oldest are forgotten first. After a restart it is
/// rebuilt from the journal.
package final class DuplicateGuard: Sendable {
    static let memory = TimeSpan.minutes(10)
    /// Of each of two halves.
    static let limit = 200_000

    struct Key: Hashable, Sendable {
        var site: SiteID
        var visitor: Visitor?
        var retryKey: RetryKey
    }

    private struct Seen {
        var time: Instant
        /// Whether the first beacon is on the disk; until then it may still be refused.
        var isKept: Bool
    }

    /// By the key's hash, under the process's own seed, for half the memory: of 400,000 beacons one
    /// in 40 million is taken for another.
    ///
    /// Two halves that take turns: what is in neither is over 10 minutes old or was never there.
    private struct State {
        var recent: [Int: Seen] = [:]
        var older: [Int: Seen] = [:]
        var turned = Instant(milliseconds: .min)
    }

    private let state = Mutex(State())

    package init() {}

    package func rebuild(from reader: EventReader, at now: Instant) throws(StorageError) {
        // Oldest first, so that a full memory forgets those.
        for event in try reader.recentRetryKeys(since: now - Self.memory).reversed() {
            let key = Key(site: event.site, visitor: event.visitor, retryKey: event.key)
            _ = isDuplicate(key, at: event.time)
            keep(key)
        }
    }

    /// Whether the beacon was seen before; remembers it if not, until it is kept or forgotten.
    func isDuplicate(_ key: Key, at time: Instant) -> Bool {
        let key = key.hashValue
        return state.withLock { state in
            if state.turned.milliseconds == .min || time < state.turned { state.turned = time }
            if time - state.turned > Self.memory || state.recent.count >= Self.limit {
                state.older = state.recent
                state.recent = [:]
                state.turned = time
            }
            if let seen = state.recent[key] ?? state.older[key], time - seen.time <= Self.memory {
                return true
            }
            state.recent[key] = Seen(time: time, isKept: false)
            return false
        }
    }

    /// The beacon is on the disk.
    func keep(_ key: Key) {
        let key = key.hashValue
        state.withLock { state in
            if state.recent[key] != nil {
                state.recent[key]?.isKept = true
            } else {
                state.older[key]?.isKept = true
            }
        }
    }

    /// Whether the beacon that was first is on the disk: only then may a second one be told that it
    /// need not come again (I1).
    func isKept(_ key: Key) -> Bool {
        let key = key.hashValue
        return state.withLock { ($0.recent[key] ?? $0.older[key])?.isKept ?? false }
    }

    /// A beacon that was refused after all may be sent again.
    func forget(_ key: Key) {
        let key = key.hashValue
        state.withLock { state in
            state.recent[key] = nil
            state.older[key] = nil
        }
    }
}
