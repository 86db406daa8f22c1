import Analytics
import Foundation
import GRDB

extension DataFolder {
    /// Drafts of the import that runs: `imports/ID/`, on the file system of `events/`, so that a
    /// finished partition is renamed into place.
    var importsPath: String { path + "/imports" }
    var importLockPath: String { path + "/import.lock" }

    func draftPath(of importID: Int64) -> String { importsPath + "/\(importID)" }
}

/// Which files of imports count: those of a local day that the record of imports gives to that
/// import.
///
/// The record is in `footfall.sqlite`, so one transaction there makes all files of an import
/// count, swaps a day's import for another, or takes an import back; files follow in their own
/// time. A file of a day that another import holds, or of an import that was killed, is not read.
struct ImportedFiles: Sendable {
    private struct Key: Hashable {
        var importID: Int64
        var localDay: LocalDay
    }

    private var keys: Set<Key> = []

    init(databasePath: String) throws(StorageError) {
        guard FileManager.default.fileExists(atPath: databasePath) else { return }
        keys = try naming(databasePath) {
            let queue = try SQLiteFile.openShared(databasePath)
            return try queue.read { database in
                guard try database.tableExists("import_day") else { return [] }
                let rows = try Row.fetchCursor(database, sql: "SELECT import, day FROM import_day")
                var keys: Set<Key> = []
                while let row = try rows.next() {
                    keys.insert(Key(importID: row[0], localDay: LocalDay(daysSince1970: row[1])))
                }
                return keys
            }
        }
    }

    /// Whether a partition counts; the collector's always do.
    func contains(_ file: PartitionFile) -> Bool {
        guard let importID = file.importID, let localDay = file.localDay else { return true }
        return keys.contains(Key(importID: importID, localDay: localDay))
    }
}

/// Clears away what killed imports, replaced days and imports taken back have left.
package enum ImportLeftovers {
    /// Removes them unless an import runs, which did so when it started. For the aggregation job,
    /// so that raw events of a killed import, or of a removed site's, don't stay (I8).
    ///
    /// - Returns: the names of the partitions removed.
    @discardableResult
    package static func clearIfIdle(
        in folder: DataFolder, _ database: MainDatabase
    ) throws(StorageError) -> [String] {
        guard let lock = try FileLock(path: folder.importLockPath) else { return [] }
        defer { withExtendedLifetime(lock) {} }
        return try clear(in: folder, database)
    }

    /// Only the holder of the import's lock may call it.
    @discardableResult
    static func clear(
        in folder: DataFolder, _ database: MainDatabase
    ) throws(StorageError) -> [String] {
        try database.removeUnfinishedImports()
        let removed = try removeUnnamedFiles(in: folder)
        guard FileManager.default.fileExists(atPath: folder.importsPath) else { return removed }
        do {
            try FileManager.default.removeItem(atPath: folder.importsPath)
        } catch {
            throw .folder(path: folder.importsPath, cause: error.localizedDescription)
        }
        try syncFolder(folder.path)
        return removed
    }

    /// Deletes the files of imports that the record of imports doesn't name.
    ///
    /// - Returns: their names.
    @discardableResult
    static func removeUnnamedFiles(in folder: DataFolder) throws(StorageError) -> [String] {
        let imported = try ImportedFiles(databasePath: folder.databasePath)
        let unnamed = try folder.partitionFiles().filter { !imported.contains($0) }
        for file in unnamed { try file.delete() }
        return unnamed.map(\.name)
    }
}

extension FileLock {
    /// Waits for a lock that another process holds for a moment.
    ///
    /// - Returns: `nil` when it was not free within `patience`.
    static func waiting(for path: String, patience: TimeSpan) throws(StorageError) -> FileLock? {
        let pause = TimeSpan(milliseconds: 50)
        for _ in 0...(patience.milliseconds / pause.milliseconds) {
            if let lock = try FileLock(path: path) { return lock }
            usleep(UInt32(pause.milliseconds * 1_000))
        }
        return nil
    }
}
