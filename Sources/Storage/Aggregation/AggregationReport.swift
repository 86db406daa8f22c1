package import Analytics

/// What a run of the aggregation did and found.
package struct AggregationReport: Sendable {
    package struct SiteDay: Hashable, Sendable {
        package var domain: Domain
        package var day: LocalDay
    }

    /// Days whose rows were written, anew or again.
    package var written: [SiteDay] = []
    /// Days that were folded and gave the rows that were there.
    package var unchanged = 0
    package var sealed = 0
    package var verified = 0
    /// Days that keep the rows they have, because raw events that they need are gone or can't be
    /// read, or because events came after they were sealed.
    package var frozen = 0
    package var deletedPartitions: [String] = []
    package var removedRollupDays = 0
    package var destroyedSalts = 0
    package var oldestRawEvent: LocalDay?
    package var oldestRollup: LocalDay?
    package var oldestSalt: Instant?
    /// Whole sentences; with any the exit code is 1.
    package var problems: [String] = []

    package init() {}
}
