package import Analytics
import Foundation

/// The moments of an import between which a kill must do no harm; tests stop at each.
package enum ImportStep: Hashable, Sendable, CaseIterable {
    /// The record is begun and the draft folder is there.
    case begun
    /// All partitions are written and synced, in the draft folder.
    case drafted
    /// Some of the partitions are in `events/`.
    case partlyMoved
    /// All of them are, and synced.
    case moved
    /// The record names the days: from here on the import counts, as a whole.
    case recorded
    /// The files of replaced days and the draft folder are gone.
    case cleared
}

/// An import on its way: partitions are drafted in `imports/ID/`, renamed into `events/`, and
/// count from the one transaction that gives their days to the import (`ImportedFiles`). Killed
/// before it, the import has left nothing that counts; killed after it, the whole import is there,
/// and what is left over is cleared away by the next one.
///
/// Holds the import's lock for as long as it lives.
package final class ImportDraft {
    /// How long to wait for an aggregation that runs, before giving up.
    private static let patience = TimeSpan.minutes(15)

    package let id: Int64
    private let site: Site
    private let folder: DataFolder
    private let database: MainDatabase
    private let lock: FileLock
    private let reached: (ImportStep) throws -> Void
    private var files: [PartitionFile] = []
    private var isRecorded = false

    /// Clears away what earlier imports left, then begins the record.
    ///
    /// - Parameters:
    ///   - kind: `log`.
    ///   - reached: called at each step; a throw there is a fault of the disk to the import.
    /// - Throws: `ImportError.importRuns`, or a `StorageError`.
    package init(
        kind: String, site: Site, folder: DataFolder, database: MainDatabase, at now: Instant,
        reached: @escaping (ImportStep) throws -> Void = { _ in }
    ) throws {
        guard let lock = try FileLock(path: folder.importLockPath) else {
            throw ImportError.importRuns(path: folder.path)
        }
        self.lock = lock
        self.site = site
        self.folder = folder
        self.database = database
        self.reached = reached
        try ImportLeftovers.clear(in: folder, database)
        id = try database.beginImport(kind: kind, site: site, at: now)
        do {
            try FileManager.default.createDirectory(
                atPath: folder.draftPath(of: id), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError.folder(
                path: folder.draftPath(of: id), cause: error.localizedDescription)
        }
        try reached(.begun)
    }

    /// For files of the importer's own that go with the draft.
    package var path: String { folder.draftPath(of: id) }

    /// Drafts the partitions of one local day.
    ///
    /// - Parameters:
    ///   - rows: in the order of their keys, all of that local day.
    ///   - drops: beacons of that day of which only the count is kept, by UTC day.
    package func write(
        _ localDay: LocalDay, rows: [ImportRow], _ vocabulary: ImportVocabulary,
        drops: [LocalDay: [DropReason: Int]]
    ) throws {
        var rest = rows[...]
        var days = Set(drops.keys)
        while let day = rest.first?.time.utcDay {
            let end = day.advanced(by: 1).startInUTC
            let part = rest.prefix { $0.time < end }
            try write(part, day, localDay, vocabulary, drops[day] ?? [:])
            days.remove(day)
            rest = rest.dropFirst(part.count)
        }
        for day in days { try write([], day, localDay, vocabulary, drops[day] ?? [:]) }
    }

    private func write(
        _ rows: ArraySlice<ImportRow>, _ day: LocalDay, _ localDay: LocalDay,
        _ vocabulary: ImportVocabulary, _ drops: [DropReason: Int]
    ) throws {
        let file = PartitionFile(folder: path, day: day, importID: id, localDay: localDay)
        try ImportPartition(file: file, site: site.id).write(rows, vocabulary, drops: drops)
        files.append(file)
    }

    /// Makes the import count, as a whole or not at all.
    ///
    /// - Parameters:
    ///   - days: those written; the ones that another import held are taken from it.
    ///   - summary: counts by what happened to a line.
    /// - Throws: `StorageError.aggregationRuns` when an aggregation did not end in good time.
    package func publish(
        days: Set<LocalDay>, summary: [String: Int], clock: Clock
    ) throws {
        try reached(.drafted)
        // A fold in progress has listed its files; a day that changed under it would be stored
        // half old, half new, or be taken for one that was lost.
        guard
            let aggregation = try FileLock.waiting(
                for: folder.aggregateLockPath, patience: Self.patience)
        else { throw StorageError.aggregationRuns(path: folder.path) }
        defer { withExtendedLifetime(aggregation) {} }
        try move()
        // Before the record: a day unsealed for nothing is folded again to the same figures.
        try database.unseal(try daysToRefold(replacing: days), of: site)
        try database.completeImport(
            id, site: site, days: days, summary: summary, at: clock.now())
        isRecorded = true
        try reached(.recorded)
        // The import counts from here on; what can't be cleared away now the next one clears.
        _ = try? ImportLeftovers.removeUnnamedFiles(in: folder)
        try? removeDraftFolder()
        try reached(.cleared)
    }

    private func move() throws {
        for (index, file) in files.enumerated() {
            if index == files.count / 2 { try reached(.partlyMoved) }
            let target = folder.eventsPath + "/" + file.name
            guard rename(file.path, target) == 0 else {
                throw StorageError.folder(path: target, cause: String(cString: strerror(errno)))
            }
        }
        try syncFolder(folder.eventsPath)
        try reached(.moved)
    }

    /// The days of imports that lose a day to this one: their sessions may have crossed into it.
    /// Days whose raw events are not all there any more keep the figures that they have.
    private func daysToRefold(
        replacing days: Set<LocalDay>
    ) throws(StorageError) -> Set<LocalDay> {
        let imported = try database.importedDays(of: site)
        let losing = Set(days.compactMap { imported[$0] })
        guard !losing.isEmpty else { return days }
        let input = try FoldInput(folder: folder, database: database)
        let calendar = site.calendar
        let neighbours = imported.filter { day, id in
            losing.contains(id) && input.isFoldable(day, calendar: calendar, importID: id)
        }
        return days.union(neighbours.keys)
    }

    /// Takes back an import that failed before it was recorded; afterwards it does nothing. What
    /// can't be removed now counts for nothing and goes with the next import.
    package func abandon() {
        guard !isRecorded else { return }
        try? database.removeImport(id)
        _ = try? ImportLeftovers.removeUnnamedFiles(in: folder)
        try? removeDraftFolder()
    }

    private func removeDraftFolder() throws(StorageError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .folder(path: path, cause: error.localizedDescription)
        }
    }
}
