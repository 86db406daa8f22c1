/// What happened to the beacons of one site on some local days: received = kept + dropped + lost.
package struct Books: Hashable, Sendable {
    /// Counted at the door, before any step.
    package var received: Int
    /// The number of event rows.
    package var kept: Int
    package var dropped: [DropReason: Int]
    /// Of the installation only.
    package var refused: [Refusal: Int] = [:]
    /// Whether events were deleted at the end of their term before they could be folded.
    package var lost: Bool
    /// How many of these there were: received, once kept, in no figure. 0 although `lost` when a
    /// file that can't be read took their number along.
    package var lostEvents: Int
    /// A note beside the books: visitors of the last fold that had over 300 pageviews or over 20
    /// sessions on a day, most likely several people that one hash can't tell apart; over several
    /// days their sum.
    package var sharedVisitors: Int
    /// Another: events of the last fold whose page's address had something in it that may identify a
    /// person, and has a `•` in its place.
    package var scrubbed: Int

    package init(
        received: Int = 0, kept: Int = 0, dropped: [DropReason: Int] = [:], lost: Bool = false,
        lostEvents: Int = 0, sharedVisitors: Int = 0, scrubbed: Int = 0
    ) {
        self.received = received
        self.kept = kept
        self.dropped = dropped
        self.lost = lost
        self.lostEvents = lostEvents
        self.sharedVisitors = sharedVisitors
        self.scrubbed = scrubbed
    }

    package var balances: Bool {
        received == kept + dropped.values.reduce(0, +) + refused.values.reduce(0, +) + lostEvents
    }

    /// Takes beacons out of those that were dropped for a reason; `kept`, which rows are counted for,
    /// has them already.
    package mutating func letIn(_ count: Int, droppedAs reason: DropReason) {
        let rest = (dropped[reason] ?? 0) - count
        dropped[reason] = rest > 0 ? rest : nil
    }

    /// Takes over what only a fold counts.
    package mutating func takeNotes(of folded: Books?) {
        sharedVisitors = folded?.sharedVisitors ?? 0
        scrubbed = folded?.scrubbed ?? 0
    }

    package static func += (books: inout Books, other: Books) {
        books.received += other.received
        books.kept += other.kept
        books.dropped.merge(other.dropped, uniquingKeysWith: +)
        books.refused.merge(other.refused, uniquingKeysWith: +)
        books.lost = books.lost || other.lost
        books.lostEvents += other.lostEvents
        books.sharedVisitors += other.sharedVisitors
        books.scrubbed += other.scrubbed
    }
}
