import Analytics

/// How long a connection may go on as it does, in seconds as the sweep counts them: no clock is read
/// for each request.
struct ConnectionPatience {
    /// What a connection does as a second ends.
    enum Activity {
        /// No request is under way.
        case resting
        /// A request has begun to come and is not whole.
        case receiving
        /// A request is being answered.
        case answering
        /// Answers wait that the sender doesn't take.
        case blocked
        /// All is said.
        case closing
    }

    enum Verdict {
        case stays
        /// Its request took too long to come.
        case tooSlow
        case isOver
    }

    /// A shutdown closes connections that rest, or whose request is still coming, after so many
    /// seconds; under load each closes with its next answer, so that no request is lost to it.
    static let drainSeconds = 2
    /// The rest, which reads its answer slowly, is cut before a service manager kills the process.
    static let longestDrainSeconds = 20

    private var idle = 0
    private var request = 0
    private var blocked = 0
    private var drain = 0

    /// A request is whole.
    mutating func requestCame() {
        idle = 0
        request = 0
    }

    /// - Parameter isStopping: whether the server takes no new connections any more.
    mutating func secondPassed(
        _ activity: Activity, isStopping: Bool, _ limits: CollectorLimits
    ) -> Verdict {
        if isStopping { drain += 1 }
        if drain > Self.longestDrainSeconds { return .isOver }
        let isLate = drain > Self.drainSeconds
        blocked = activity == .blocked ? blocked + 1 : 0
        switch activity {
        case .closing: return .isOver
        case .blocked: return blocked > Int(limits.idleTime.seconds) ? .isOver : .stays
        case .answering:
            idle = 0
            return .stays
        case .receiving:
            request += 1
            return isLate || request > Int(limits.requestTime.seconds) ? .tooSlow : .stays
        case .resting:
            request = 0
            idle += 1
            return isLate || idle > Int(limits.idleTime.seconds) ? .isOver : .stays
        }
    }
}
