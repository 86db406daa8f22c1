import Analytics
package import Logging
package import Storage
import Synchronization

/// Tells the log that beacons, or connections, are being refused: at most every ten seconds, with
/// their number, so that a flood costs no more than its answers.
package final class OutageLog: Sendable {
    private static let interval = TimeSpan.seconds(10)

    private struct Line {
        var saidAt: Instant?
        var untold = 0

        /// - Returns: the number to tell, if it is time to.
        mutating func note(at now: Instant) -> Int? {
            untold += 1
            if let last = saidAt, now >= last, now - last < OutageLog.interval { return nil }
            saidAt = now
            defer { untold = 0 }
            return untold
        }
    }

    private let clock: Clock
    private let logger: Logger
    private let beacons = Mutex(Line())
    private let accepts = Mutex(Line())

    package init(clock: Clock, logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    func note(_ answer: BeaconAnswer) {
        guard case .unavailable(let cause) = answer else { return }
        let now = clock.now()
        guard let count = beacons.withLock({ $0.note(at: now) }) else { return }
        logger.error(
            "Beacons could not be kept.", metadata: ["cause": "\(cause)", "count": "\(count)"])
    }

    /// - Parameter cause: the system's.
    func noteAcceptPause(_ cause: String) {
        let now = clock.now()
        guard let count = accepts.withLock({ $0.note(at: now) }) else { return }
        logger.warning(
            "The system has no room for another connection; the next are taken in a moment.",
            metadata: ["cause": "\(cause)", "count": "\(count)"])
    }
}
