import Analytics
import Dispatch
import Logging
package import Storage
import Synchronization

/// Notices a proxy that nobody told Footfall of: all visitors then seem to come from it.
package final class ProxyWatch: Sendable {
    private static let interval = TimeSpan.hours(1)

    private struct State {
        var lastWarning: Instant?
        /// What the database has not taken yet.
        var unnoted: Instant?
        var isNoting = false
    }

    private let clock: Clock
    private let database: MainDatabase
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "footfall.proxy-note")

    package init(clock: Clock, database: MainDatabase) {
        self.clock = clock
        self.database = database
    }

    /// Warns and leaves a note for `doctor` and the dashboard, at most hourly. Does not wait for the
    /// database, which may be locked: a note that it did not take goes with a later sight.
    func saw(header: String, logger: Logger) {
        let now = clock.now()
        let (warns, notes) = state.withLock { state in
            var warns = true
            if let last = state.lastWarning, now >= last, now - last < Self.interval {
                warns = false
            } else {
                state.lastWarning = now
                state.unnoted = now
            }
            let notes = state.unnoted != nil && !state.isNoting
            if notes { state.isNoting = true }
            return (warns, notes)
        }
        if notes { queue.async { self.leaveNote() } }
        guard warns else { return }
        logger.warning(
            """
            A peer on this machine or network sends \(header), but is not named by --trusted-proxy: \
            all visitors seem to come from it.
            """)
    }

    private func leaveNote() {
        let seen = state.withLock { $0.unnoted }
        let isNoted = (try? database.setNote(.untrustedProxySeen, seen?.milliseconds)) != nil
        state.withLock { state in
            state.isNoting = false
            if isNoted, state.unnoted == seen { state.unnoted = nil }
        }
    }
}
