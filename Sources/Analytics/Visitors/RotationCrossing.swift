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

    /// Stored value → its last event. Kept only while a crossing is possible.
    private var lastSeen: [Visitor: Instant] = [:]
    /// Computed value → the value under which its events are stored, and that one's period end.
    private var aliases: [Visitor: (stored: Visitor, periodEnd: Instant)] = [:]
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
    package mutating func resolve(
        current: Visitor, previous: Visitor?, at instant: Instant, period: SaltPeriod,
        timeout: TimeSpan
    ) -> Visitor {
        prune(at: instant, timeout: timeout)
        var stored = current
        if let alias = aliases[current], isOpen(alias.stored, at: instant, timeout: timeout),
            instant <= alias.periodEnd + Self.longestSession
        {
            stored = alias.stored
        } else if let previous, Self.needsPrevious(at: instant, period: period, timeout: timeout) {
            let before = aliases[previous] ?? (stored: previous, periodEnd: period.start)
            if isOpen(before.stored, at: instant, timeout: timeout),
                instant <= before.periodEnd + Self.longestSession
            {
                aliases[current] = before
                stored = before.stored
            } else {
                aliases[current] = nil
            }
        } else {
            aliases[current] = nil
        }
        note(stored, at: instant, period: period, timeout: timeout)
        return stored
    }

    /// Tells of an event that is stored already: rebuilds the values seen before the rotation
    /// from the journal after a restart.
    package mutating func note(
        _ stored: Visitor, at instant: Instant, period: SaltPeriod, timeout: TimeSpan
    ) {
        // Far from a rotation nothing needs remembering, but for sessions that crossed one.
        guard
            instant + timeout >= period.end || instant <= period.start + timeout
                || lastSeen[stored] != nil
        else { return }
        lastSeen[stored] = max(lastSeen[stored] ?? instant, instant)
    }

    private func isOpen(_ stored: Visitor, at instant: Instant, timeout: TimeSpan) -> Bool {
        guard let last = lastSeen[stored] else { return false }
        return instant - last <= timeout
    }

    private mutating func prune(at instant: Instant, timeout: TimeSpan) {
        guard instant >= nextPruning else { return }
        nextPruning = instant + TimeSpan(milliseconds: max(1, timeout.milliseconds / 4))
        lastSeen = lastSeen.filter { instant - $0.value <= timeout }
        aliases = aliases.filter { lastSeen[$0.value.stored] != nil }
    }
}
