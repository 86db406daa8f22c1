package import Analytics

/// How long things are kept; fixed for the installation.
package struct RetentionTerms: Hashable, Sendable {
    /// What a day's fold needs beyond one rotation: the 48 h that a session reaching into the day
    /// may have begun before it, the day, the 48 h that one beginning on it may last, and a day for
    /// the aggregation to come to it.
    private static let daysBesidesRotation = 6

    /// Raw events, in days.
    package var rawDays: Int
    /// Rollups and books, in months: 25 is the French regulator's ceiling for exempt audience
    /// measurement.
    package var rollupMonths: Int

    package init(rawDays: Int = 30, rollupMonths: Int = 25) {
        self.rawDays = rawDays
        self.rollupMonths = rollupMonths
    }

    /// The first local day whose rollup is kept on a day; earlier ones are past their term. Where
    /// the month has no such day it is its last, so that no day that went is in its term again.
    package func firstRollupDay(on today: LocalDay) -> LocalDay {
        let month = today.startOfMonth(advancedBy: -rollupMonths)
        let last = month.startOfMonth(advancedBy: 1).advanced(by: -1)
        return min(month.advanced(by: today.components.day - 1), last)
    }

    /// The shortest raw term with which every day can be sealed before an event that its fold needs
    /// is deleted: 7 days under `1d`, and twice the rotation under `1w` and `1mo` (DESIGN §4).
    package static func minimumRawDays(for rotation: Rotation) -> Int {
        max(rotation.longestInDays + daysBesidesRotation, rotation.longestInDays * 2)
    }

    /// Why these terms can't hold, as whole sentences with their mend; none when they can.
    ///
    /// - Parameter now: leaves out rotations that no unsealed day has any more, and takes those
    ///   announced along with the one in force. Without it only the rotation set last counts.
    package func problems(with sites: [Site], at now: Instant? = nil) -> [String] {
        let least = Self.minimumRawDays(for: .daily)
        guard rawDays >= least else {
            return [
                """
                retention.raw is \(rawDays)d, but a day can be folded only while the raw events of \
                \(least) days are kept. Set retention.raw to \(least)d or more.
                """
            ]
        }
        return sites.compactMap { site in
            let rotations = site.epochs(at: now).map(\.rotation)
            guard let rotation = rotations.max(by: { $0.longestInDays < $1.longestInDays }) else {
                return nil
            }
            let least = Self.minimumRawDays(for: rotation)
            guard rawDays < least else { return nil }
            return """
                retention.raw is \(rawDays)d, but \(site.domain) has a salt rotation of \
                \(rotation.rawValue), which needs raw events for at least \(least) days. Set \
                retention.raw to \(least)d or more, or give the site a shorter rotation.
                """
        }
    }
}

extension Site {
    /// How long days of an epoch that has ended may still be unsealed.
    private static let unsealedAfterwards = TimeSpan.days(4)

    fileprivate func epochs(at now: Instant?) -> [SiteEpoch] {
        guard let now else { return Array(epochs.suffix(1)) }
        return epochs.enumerated().filter { index, _ in
            index + 1 == epochs.count || epochs[index + 1].start + Self.unsealedAfterwards > now
        }.map(\.element)
    }
}
