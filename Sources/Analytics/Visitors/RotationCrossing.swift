/// Keeps a session one across a salt's rotation, without any link on disk (DESIGN §4).
///
/// For one timeout after a rotation the caller also computes the visitor under the old salt. If
/// that value was seen within the timeout, the event is stored under the old value, and this
/// state remembers in memory only (new → old) to go on doing so until that session ends.
///
/// One for each site. A value, so that a test can drive it without clock or disk.
package struct RotationCrossing: Sendable {
    /// The longest that a session lasts; a stored value outlives its period by no more.
    package static let longestSession = TimeSpan.hours(48)

    /// Sessions that are followed from their start; with more open at once only those near a
    /// rotation are, whose 48 hours are then counted from there.
    private static let followedLimit = 100_000

    private struct OpenSession {
        var start: Instant
        var last: Instant

        func isOpen(at instant: Instant, timeout: TimeSpan) -> Bool {
            instant - last <= timeout && instant <= start + RotationCrossing.longestSession
        }
    }

    /// Stored value → its open session.
    private var sessions: [Visitor: OpenSession] = [:]
    /// Computed value → the value under which its events are stored.
    private var aliases: [Visitor: Visitor] = [:]
    private var nextPruning = Instant(milliseconds: .min)

    package init() {}

    /// Whether an event at `instant` needs the value under the salt of the period before.
    package static func needsPrevious(
        at instant: Instant, period: SaltPeriod, timeout: TimeSpan
    ) -> Bool {
        instant <= period.start + timeout
    }

    /// The value to store the event under.
    ///
    /// - Parameters:
    ///   - current: the value under the salt of `period`, which holds `instant`.
    ///   - previous: the value under the salt before, if that salt still exists and
    ///     `needsPrevious` says so.
    ///   - startsSession: `false` for an engagement update, which never does.
    package mutating func resolve(
        current: Visitor, previous: Visitor?, at instant: Instant, period: SaltPeriod,
        timeout: TimeSpan, startsSession: Bool = true
    ) -> Visitor {
        prune(at: instant, timeout: timeout)
        var stored = current
        if let alias = aliases[current], isOpen(alias, at: instant, timeout: timeout) {
            stored = alias
        } else {
            if !aliases.isEmpty { aliases[current] = nil }
            if let previous, Self.needsPrevious(at: instant, period: period, timeout: timeout) {
                let before = aliases[previous] ?? previous
                if isOpen(before, at: instant, timeout: timeout) {
                    aliases[current] = before
                    stored = before
                }
            }
        }
        note(
            stored, at: instant, period: period, timeout: timeout, startsSession: startsSession)
        return stored
    }

    /// Tells of an event that is stored already: rebuilds the sessions that are open from the
    /// journal after a restart. Events must come by time.
    package mutating func note(
        _ stored: Visitor, at instant: Instant, period: SaltPeriod, timeout: TimeSpan,
        startsSession: Bool = true
    ) {
        if let session = sessions[stored], session.isOpen(at: instant, timeout: timeout) {
            sessions[stored]?.last = max(session.last, instant)
            return
        }
        let isNearRotation =
            instant + timeout >= period.end || instant <= period.start + timeout
        guard startsSession, isNearRotation || sessions.count < Self.followedLimit else { return }
        sessions[stored] = OpenSession(start: instant, last: instant)
    }

    private func isOpen(_ stored: Visitor, at instant: Instant, timeout: TimeSpan) -> Bool {
        sessions[stored]?.isOpen(at: instant, timeout: timeout) ?? false
    }

    private mutating func prune(at instant: Instant, timeout: TimeSpan) {
        guard instant >= nextPruning else { return }
        nextPruning = instant + TimeSpan(milliseconds: max(1, timeout.milliseconds / 4))
        sessions = sessions.filter { $0.value.isOpen(at: instant, timeout: timeout) }
        aliases = aliases.filter { sessions[$0.value] != nil }
    }
}
