/// Changes of a site's time zone, rotation and timeout: announced now, in force from its next
/// midnight.
extension Site {
    /// The change that was announced and is not in force yet; there is one at most.
    package func pendingEpoch(at now: Instant) -> SiteEpoch? {
        // The first epoch holds for all time before it as well.
        epochs.dropFirst().last { $0.start > now }
    }

    /// What a further change starts from: the epoch announced, else the one in force, from the
    /// site's next midnight by the zone in force.
    package func nextEpoch(at now: Instant) -> SiteEpoch {
        let begun = epochs.filter { $0.start <= now }
        let inForce = SiteCalendar(epochs: begun.isEmpty ? [epochs[0]] : begun)
        var next = pendingEpoch(at: now) ?? inForce.epoch(at: now)
        next.start = inForce.end(of: inForce.day(of: now))
        return next
    }
}
