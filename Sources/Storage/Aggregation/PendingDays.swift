import Analytics

/// Days that are not sealed, and whose fold will still ask for raw events: no partition that one of
/// them needs may go before its time.
struct PendingDays {
    struct Day: Hashable {
        var site: Site
        var day: LocalDay
        /// Whether its rollup holds everything that its partitions have.
        var isCurrent: Bool
        /// The first UTC day that its fold reads.
        fileprivate var first: LocalDay
        fileprivate var importID: Int64?
        fileprivate var hasCollectedBeacons: Bool

        /// Without the partition the day could not be folded any more (`FoldInput.isFoldable`).
        func needs(_ file: PartitionFile) -> Bool {
            guard first <= file.day else { return false }
            guard let id = file.importID else { return importID == nil || hasCollectedBeacons }
            return importID == id
        }
    }

    private(set) var days: [Day] = []

    init(
        sites: [Site], input: FoldInput, terms: RetentionTerms, at now: Instant,
        _ database: MainDatabase
    ) throws(StorageError) {
        let created = try database.siteCreations()
        for site in sites {
            let calendar = site.calendar
            let stored = try database.rollupDays(of: site)
            let imported = try database.importedDays(of: site)
            let open = stored.values.filter { !$0.isSealed }
            let vanished = try input.vanishedDays(of: site, among: open, database)
            var known = input.days(of: site).union(open.map(\.day))
            known.formUnion(
                input.hiddenDays(
                    of: site, imported, since: created[site.id] ?? site.epochs[0].start))
            let first = terms.firstRollupDay(on: calendar.day(of: now))
            for day in known where day >= first {
                guard stored[day]?.isSealed != true, !vanished.contains(day),
                    input.isFoldable(day, calendar: calendar, importID: imported[day])
                else { continue }
                let isWhole = input.partition(hiding: day, of: site) == nil
                days.append(
                    Day(
                        site: site, day: day,
                        isCurrent: isWhole
                            && stored[day]?.input == input.fingerprint(of: day, site, calendar),
                        first: FoldWindow.start(of: day, in: calendar).utcDay,
                        importID: imported[day],
                        hasCollectedBeacons: input.hasCollectedBeacons(of: site, on: day)))
            }
        }
        days.sort { ($0.site.domain.name, $0.day) < ($1.site.domain.name, $1.day) }
    }

    func needing(_ file: PartitionFile) -> [Day] { days.filter { $0.needs(file) } }

    /// They can't be folded any more.
    mutating func giveUp(_ given: [Day]) {
        let given = Set(given)
        days.removeAll(where: given.contains)
    }
}

extension FoldInput {
    /// Local days of which a partition that can't be read may have events: nobody can say.
    ///
    /// - Parameter start: when the site was added; no beacon of it came before.
    fileprivate func hiddenDays(
        of site: Site, _ imported: [LocalDay: Int64], since start: Instant
    ) -> Set<LocalDay> {
        let calendar = site.calendar
        var days: Set<LocalDay> = []
        for failed in unreadable {
            if let id = failed.file.importID, let day = failed.file.localDay {
                if imported[day] == id { days.insert(day) }
                continue
            }
            guard start < failed.file.day.advanced(by: 1).startInUTC else { continue }
            days.formUnion(failed.file.localDays(in: calendar))
        }
        return days
    }
}
