package import Analytics

/// Days whose raw events were deleted at the end of their term before they could be folded, and how
/// long that is a failure.
package struct Losses: Sendable {
    /// A run fails, and `doctor` finds something wrong, for this long after the last loss: long
    /// enough for somebody to see it, and not for ever, since nothing mends it.
    package static let alarm = TimeSpan.days(30)
    /// More days are counted, not named.
    private static let namedDays = 10

    package let days: [LostDay]
    private let last: Instant?

    package init(in database: MainDatabase) throws(StorageError) {
        days = try database.lostDays()
        last = try database.note(.lastLoss).map(Instant.init(milliseconds:))
    }

    package func areRecent(at now: Instant) -> Bool {
        guard !days.isEmpty, let last else { return false }
        return now < last + Self.alarm
    }

    /// `a.lv 2026-11-21 (3 events), b.lv 2026-11-21`.
    package var names: String {
        let named = days.prefix(Self.namedDays).map { day in
            switch day.events {
            case 0: "\(day.domain) \(day.day)"
            case 1: "\(day.domain) \(day.day) (1 event)"
            default: "\(day.domain) \(day.day) (\(day.events) events)"
            }
        }
        let rest = days.count - named.count
        return named.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
