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

    /// Two halves that take turns: what is in neither is over 10 minutes old or was never there.
    private struct State {
        var recent: [Key: Instant] = [:]
        var older: [Key: Instant] = [:]
        var turned = Instant(milliseconds: .min)
    }

    private let state = Mutex(State())

    package init() {}

    package func rebuild(from reader: EventReader, at now: Instant) throws(StorageError) {
        // Oldest first, so that a full memory forgets those.
        for event in try reader.recentRetryKeys(since: now - Self.memory).reversed() {
            _ = isDuplicate(
                Key(site: event.site, visitor: event.visitor, retryKey: event.key), at: event.time)
        }
    }

    /// Whether the beacon was seen before; remembers it if not.
    func isDuplicate(_ key: Key, at time: Instant) -> Bool {
        state.withLock { state in
            if state.turned.milliseconds == .min || time < state.turned { state.turned = time }
            if time - state.turned > Self.memory || state.recent.count >= Self.limit {
                state.older = state.recent
                state.recent = [:]
                state.turned = time
            }
            if let seen = state.recent[key] ?? state.older[key], time - seen <= Self.memory {
                return true
            }
            state.recent[key] = time
            return false
        }
    }

    /// A beacon that was refused after all may be sent again.
    func forget(_ key: Key) {
        state.withLock { state in
            state.recent[key] = nil
            state.older[key] = nil
        }
    }
}
