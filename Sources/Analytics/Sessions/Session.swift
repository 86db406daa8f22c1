/// One visitor's events with no gap over the timeout. Never holds the visitor.
package struct Session: Hashable, Sendable {
    package var start: Instant
    /// Its last event, engagement updates included.
    package var end: Instant
    /// `nil` in a session of custom events only.
    package var entryPage: String?
    package var exitPage: String?
    package var pageviews: Int
    /// Custom events.
    package var events: Int
    package var engagedMilliseconds: Int64
    package var isBounce: Bool
    /// The values of the session's first event, by dimension; `(none)` where unknown.
    package var values: [Dimension: String]
    /// From 1, within the salt period; `nil` under a daily rotation.
    package var visitNumber: Int?
    /// Between the local days on which this session and the one before started.
    package var daysSinceLastVisit: Int?

    package var duration: TimeSpan { end - start }
}
