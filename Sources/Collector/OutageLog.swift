import Analytics
package import Logging
package import Storage
import Synchronization

/// Tells the log that beacons are being refused: at most every ten seconds, with their number, so
/// that a flood costs no more than its answers.
package final class OutageLog: Sendable {
    private static let interval = TimeSpan.seconds(10)

    private struct State {
        var saidAt: Instant?
        var untold = 0
    }

    private let clock: Clock
    private let logger: Logger
    private let state = Mutex(State())

    package init(clock: Clock, logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    func note(_ answer: BeaconAnswer) {
        guard case .unavailable(let cause) = answer else { return }
        let now = clock.now()
        let count = state.withLock { state -> Int? in
            state.untold += 1
            if let last = state.saidAt, now >= last, now - last < Self.interval { return nil }
            state.saidAt = now
            defer { state.untold = 0 }
            return state.untold
        }
        guard let count else { return }
        logger.error(
            "Beacons could not be kept.", metadata: ["cause": "\(cause)", "count": "\(count)"])
    }
}
