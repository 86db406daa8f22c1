import Analytics
import Logging
package import Storage
import Synchronization

/// Notices a proxy that nobody told Footfall of: all visitors then seem to come from it.
package final class ProxyWatch: Sendable {
    private static let interval = TimeSpan.hours(1)

    private let clock: Clock
    private let database: MainDatabase
    private let lastSeen = Mutex<Instant?>(nil)

    package init(clock: Clock, database: MainDatabase) {
        self.clock = clock
        self.database = database
    }

    /// Warns and leaves a note for `doctor` and the dashboard, at most hourly.
    func saw(header: String, logger: Logger) {
        let now = clock.now()
        let isDue = lastSeen.withLock { last in
            if let last, now - last < Self.interval, now >= last { return false }
            last = now
            return true
        }
        guard isDue else { return }
        logger.warning(
            """
            A peer on this machine or network sends \(header), but is not named by --trusted-proxy: \
            all visitors seem to come from it.
            """)
        try? database.setNote(.untrustedProxySeen, now.milliseconds)
    }
}
