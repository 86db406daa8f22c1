package import Analytics

/// What a journal has written since it was opened, for `/metrics`.
package struct JournalMetrics: Sendable {
    /// Upper bounds of the commit histogram, in seconds: a sync takes 0.2 ms on a good disk.
    package static let commitBounds = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30,
    ]

    package private(set) var kept = 0
    package private(set) var dropped: [DropReason: Int] = [:]
    package private(set) var refused: [Refusal: Int] = [:]
    /// Commits by the first bound that they were within; the last are over all of them.
    package private(set) var commits = [Int](repeating: 0, count: commitBounds.count + 1)
    package private(set) var commitSeconds = 0.0
    package private(set) var failedCommits = 0
    /// Texts that became `(other)` in the partitions that are open.
    package var otherTexts = 0

    package var received: Int {
        kept + dropped.values.reduce(0, +) + refused.values.reduce(0, +)
    }

    mutating func count(_ fate: JournalEntry.Fate) {
        switch fate {
        case .kept: kept += 1
        case .setAside(_, let reason, _), .dropped(let reason): dropped[reason, default: 0] += 1
        case .refused(let refusal, let number): refused[refusal, default: 0] += number
        }
    }

    mutating func count(commitOf duration: Duration, failed: Bool) {
        let seconds =
            Double(duration.components.seconds)
            + Double(duration.components.attoseconds) / 1e18
        if failed { failedCommits += 1 }
        commitSeconds += seconds
        commits[Self.commitBounds.firstIndex { seconds <= $0 } ?? Self.commitBounds.count] += 1
    }
}
