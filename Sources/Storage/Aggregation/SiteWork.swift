import Analytics

/// The days of one site that a run has to fold.
struct SiteWork: Sendable {
    let site: Site
    let calendar: SiteCalendar
    let stored: [LocalDay: RollupDay]
    /// Every day that has raw events or a rollup, and whose rollup is not past its term.
    let known: Set<LocalDay>
    private(set) var days: Set<LocalDay> = []
    /// How many days a run of this mode passes over, because they keep the rows that they have.
    private(set) var frozen = 0

    private let rulesVersion: Int
    private let imported: [LocalDay: Int64]
    private let input: FoldInput
    private let vanished: Set<LocalDay>

    /// - Throws: `frozenDay` or `unreadablePartition` when a day to be rebuilt can't be folded.
    init(
        site: Site, mode: Aggregator.Mode, now: Instant, terms: RetentionTerms,
        _ input: FoldInput, _ database: MainDatabase
    ) throws(StorageError) {
        self.site = site
        self.input = input
        calendar = site.calendar
        stored = try database.rollupDays(of: site)
        imported = try database.importedDays(of: site)
        let first = terms.firstRollupDay(on: calendar.day(of: now))
        known = input.days(of: site).union(stored.keys).filter { $0 >= first }
        let rules = FoldInput.rulesVersion(of: site)
        rulesVersion = rules
        let candidates = stored.values.filter { mode != .fold || !$0.isSettled(under: rules) }
        vanished = try input.vanishedDays(of: site, among: candidates, database)
        for day in known {
            switch mode {
            case .fold: chooseForFold(day, now)
            case .verify: chooseForVerification(day)
            case .rebuild(let wanted): if wanted.contains(day) { try chooseForRebuild(day) }
            }
        }
    }

    func mayBeSealed(_ day: LocalDay, at now: Instant) -> Bool {
        now > calendar.end(of: day) + FoldWindow.lateness
    }

    private func isFoldable(_ day: LocalDay) -> Bool {
        !vanished.contains(day)
            && input.isFoldable(day, calendar: calendar, importID: imported[day])
    }

    private mutating func chooseForFold(_ day: LocalDay, _ now: Instant) {
        let before = stored[day]
        if let before, before.isSettled(under: rulesVersion) { return }
        guard isFoldable(day) else {
            if before != nil { frozen += 1 }
            return
        }
        guard input.partition(hiding: day, of: site) == nil else { return }
        let hasChanged = before?.input != input.fingerprint(of: day, site, calendar)
        let isDue =
            mayBeSealed(day, at: now) && input.partition(hidingInputOf: day, of: site) == nil
        let isOutdated = before?.rulesVersion != rulesVersion
        if hasChanged || isOutdated || isDue { days.insert(day) }
    }

    private mutating func chooseForVerification(_ day: LocalDay) {
        guard stored[day] != nil else { return }
        if isFoldable(day), input.partition(hidingInputOf: day, of: site) == nil {
            days.insert(day)
        } else {
            frozen += 1
        }
    }

    private mutating func chooseForRebuild(_ day: LocalDay) throws(StorageError) {
        if let failed = input.partition(hidingInputOf: day, of: site) { throw failed.error }
        guard isFoldable(day) else {
            throw .frozenDay(day, answerableFrom: known.filter(isFoldable).min())
        }
        days.insert(day)
    }
}

extension RollupDay {
    /// Nothing more is to be folded for it.
    func isSettled(under rules: Int) -> Bool { isSealed && rulesVersion == rules }
}

extension FoldInput {
    /// Days whose figures tell of more beacons than there are raw events for: a partition was taken
    /// away by hand, or an old backup of one put in its place. Folding them again would lose
    /// figures.
    func vanishedDays(
        of site: Site, among candidates: [RollupDay], _ database: MainDatabase
    ) throws(StorageError) -> Set<LocalDay> {
        // An import that takes or gives a day empties its input: fewer beacons are right then.
        let candidates = candidates.filter { !$0.input.isEmpty }
        guard let first = candidates.map(\.day).min(), let last = candidates.map(\.day).max()
        else { return [] }
        let books = try database.books(of: site, on: first...last)
        let calendar = site.calendar
        let vanished = candidates.filter { rollup in
            (books[rollup.day]?.received ?? 0) > countOfBeacons(of: site, on: rollup.day)
                && partition(hiding: rollup.day, of: site) == nil
                && rollup.input != fingerprint(of: rollup.day, site, calendar)
        }
        return Set(vanished.map(\.day))
    }
}
