package import Analytics

/// Takes an import back: its record and days in one transaction, then its files.
package struct ImportUndo {
    /// The moments between which a kill must do no harm; tests stop at each.
    package enum Step: Hashable, Sendable, CaseIterable {
        case begun
        /// The import counts no more.
        case recorded
        case cleared
    }

    package struct Outcome: Hashable, Sendable {
        package var domain: Domain
        /// Days that have no events and no figures any more.
        package var removed: [LocalDay] = []
        /// Days that also have beacons: folded again by the next aggregation.
        package var refolded: [LocalDay] = []
        /// Days whose figures stay as they are, because beacons may be in them that are past
        /// their term.
        package var frozen: [LocalDay] = []
    }

    private static let patience = TimeSpan.minutes(15)

    private let folder: DataFolder
    private let database: MainDatabase

    package init(folder: DataFolder, database: MainDatabase) {
        self.folder = folder
        self.database = database
    }

    /// - Throws: `ImportError`; `StorageError.aggregationRuns` when an aggregation did not end in
    ///   good time.
    package func run(
        _ id: Int64, reached: (Step) throws -> Void = { _ in }
    ) throws -> Outcome {
        guard let lock = try FileLock(path: folder.importLockPath) else {
            throw ImportError.importRuns(path: folder.path)
        }
        defer { withExtendedLifetime(lock) {} }
        try ImportLeftovers.clear(in: folder, database)
        let records = try database.imports()
        guard let record = records.first(where: { $0.id == id }) else {
            throw ImportError.unknownImport(id, known: records.map(\.id))
        }
        guard
            let aggregation = try FileLock.waiting(
                for: folder.aggregateLockPath, patience: Self.patience)
        else { throw StorageError.aggregationRuns(path: folder.path) }
        defer { withExtendedLifetime(aggregation) {} }
        try reached(.begun)
        let site = try database.site(named: record.domain.name)
        let outcome = try plan(record, site)
        // Before the record: a day unsealed for nothing is folded again to the same figures.
        try database.unseal(Set(outcome.refolded), of: site)
        try database.undoImport(id, site: site, dropping: outcome.removed)
        try reached(.recorded)
        try ImportLeftovers.removeUnnamedFiles(in: folder)
        try reached(.cleared)
        return outcome
    }

    private func plan(_ record: ImportRecord, _ site: Site) throws(StorageError) -> Outcome {
        let beacons = try BeaconDays(of: site, in: folder, database)
        let input = try FoldInput(folder: folder, database: database)
        let calendar = site.calendar
        var outcome = Outcome(domain: record.domain)
        for day in record.days {
            if !beacons.mayHold(day) {
                outcome.removed.append(day)
            } else if beacons.seen.contains(day),
                input.isFoldable(day, calendar: calendar, importID: nil)
            {
                outcome.refolded.append(day)
            } else {
                outcome.frozen.append(day)
            }
        }
        return outcome
    }
}
