package import Analytics
import Foundation

/// The one folder that holds all that Footfall keeps.
///
///     footfall.sqlite          what lasts: sites, rollups, books, tokens
///     events/2026-11-22.sqlite the raw events of one UTC day
///     events/*.import-3.*.sqlite the same of an import (`PartitionFile`)
///     imports/                 drafts of the import that runs
///     secret/                  salts; in no backup
///     collector.lock           held by the collector while it runs
///     aggregate.lock           held by the aggregation job while it runs
///     import.lock              held by an import while it runs
package struct DataFolder: Sendable {
    package let path: String
    /// Where salts are: `secret/` inside, or a folder on memory.
    package let secretPath: String

    /// - Throws: `StorageError` when the folder can't be made or is not this user's to write.
    package init(path: String, secretPath: String? = nil) throws(StorageError) {
        self.path = path
        self.secretPath = secretPath ?? path + "/secret"
        try takeOwnersIdentity()
        for folder in [path, eventsPath] { try Self.make(folder) }
        try Self.makeSecret(at: self.secretPath)
    }

    private static func make(_ folder: String) throws(StorageError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder(path: folder, cause: error.localizedDescription)
        }
    }

    /// Makes the folder of salts, marked so that backup tools skip it.
    static func makeSecret(at path: String) throws(StorageError) {
        try make(path)
        try markAsCache(path)
    }

    package var eventsPath: String { path + "/events" }
    package var databasePath: String { path + "/footfall.sqlite" }
    package var collectorLockPath: String { path + "/collector.lock" }
    package var aggregateLockPath: String { path + "/aggregate.lock" }

    /// A command that root runs on a folder of another owner takes that owner's ids, so that it
    /// leaves no file behind that the collector can't write.
    private func takeOwnersIdentity() throws(StorageError) {
        var status = stat()
        guard geteuid() == 0, stat(path, &status) == 0, status.st_uid != 0 else { return }
        guard setgroups(0, nil) == 0, setgid(status.st_gid) == 0, setuid(status.st_uid) == 0 else {
            throw .folder(path: path, cause: "cannot act as its owner (user \(status.st_uid))")
        }
    }

    /// Backup tools skip a folder that holds such a tag (bford.info/cachedir).
    private static func markAsCache(_ path: String) throws(StorageError) {
        let tag = path + "/CACHEDIR.TAG"
        guard !FileManager.default.fileExists(atPath: tag) else { return }
        let text = """
            Signature: 8a477f597d28d172789f06886806bc55
            # Salts of Footfall: secret, short-lived, never to be backed up.

            """
        guard FileManager.default.createFile(atPath: tag, contents: Data(text.utf8)) else {
            throw .folder(path: path, cause: String(cString: strerror(errno)))
        }
    }

    /// The partition files that count, by day and name: the collector's, and those of imports that
    /// the record of imports names (`ImportedFiles`). What a killed import left is not among them.
    package func partitions() throws(StorageError) -> [PartitionFile] {
        let files = try partitionFiles()
        guard files.contains(where: { $0.importID != nil }) else { return files }
        // An import's files are in place before the record names them, so the record is read
        // before the names: what it holds is then found whole.
        let imported = try ImportedFiles(databasePath: databasePath)
        return try partitionFiles().filter { imported.contains($0) }
    }

    /// All partition files, also those that no record names.
    package func partitionFiles() throws(StorageError) -> [PartitionFile] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: eventsPath)
                .compactMap { PartitionFile(folder: eventsPath, name: $0) }
                .sorted { ($0.day, $0.name) < ($1.day, $1.name) }
        } catch {
            throw .folder(path: eventsPath, cause: error.localizedDescription)
        }
    }
}

/// A partition's file, by its name: `2026-11-22.sqlite`, or, of import 3,
/// `2026-11-22.import-3.2026-11-23.sqlite` with the events of one local day only, so that a day
/// can be taken back by its files (docs/decisions).
package struct PartitionFile: Hashable, Sendable {
    package let folder: String
    package let name: String
    /// The UTC day of its events.
    package let day: LocalDay
    /// The import that filled it; `nil` for the collector's own.
    package let importID: Int64?
    /// The one local day of an import's events; `nil` for the collector's own.
    package let localDay: LocalDay?

    package init?(folder: String, name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.last == "sqlite", let day = LocalDay(String(parts[0])) else { return nil }
        switch parts.count {
        case 2: self.init(folder: folder, day: day)
        case 4:
            guard parts[1].hasPrefix("import-"), let id = Int64(parts[1].dropFirst(7)),
                let localDay = LocalDay(String(parts[2]))
            else { return nil }
            self.init(folder: folder, day: day, importID: id, localDay: localDay)
        default: return nil
        }
        guard self.name == name else { return nil }
    }

    package init(folder: String, day: LocalDay) {
        self.folder = folder
        self.day = day
        importID = nil
        localDay = nil
        name = "\(day).sqlite"
    }

    package init(folder: String, day: LocalDay, importID: Int64, localDay: LocalDay) {
        self.folder = folder
        self.day = day
        self.importID = importID
        self.localDay = localDay
        name = "\(day).import-\(importID).\(localDay).sqlite"
    }

    package var path: String { folder + "/" + name }

    /// Its bytes with those of its write-ahead log; 0 when it has gone.
    package var sizeOnDisk: Int {
        [path, path + "-wal"].reduce(0) { sum, path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    /// Whether its UTC day shares an instant with a stretch of time.
    package func touches(_ bounds: Range<Instant>) -> Bool {
        day.startInUTC < bounds.upperBound
            && day.advanced(by: 1).startInUTC > bounds.lowerBound
    }

    /// The local days that share an instant with its UTC day.
    func localDays(in calendar: SiteCalendar) -> ClosedRange<LocalDay> {
        let end = day.advanced(by: 1).startInUTC - TimeSpan(milliseconds: 1)
        return calendar.day(of: day.startInUTC)...calendar.day(of: end)
    }

    /// The local day that a number in the file stands for; `nil` for one that can't be the day of any
    /// of its events, as damage makes it.
    func localDay(numbered number: Int64) -> LocalDay? {
        guard let number = Int32(exactly: number),
            abs(Int64(number) - Int64(day.daysSince1970)) < 366
        else { return nil }
        return LocalDay(daysSince1970: number)
    }

    package var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether the write-ahead log is gone: nothing of the partition is outside its main file.
    package var isClosed: Bool {
        let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
        return (log?[.size] as? Int ?? 0) == 0
    }

    /// Deletes the file with all that SQLite may have put beside it, and syncs the folder. The file
    /// itself goes last: killed on the way, it is still found by its name, and what is beside it
    /// with it.
    package func delete() throws(StorageError) {
        for suffix in ["-wal", "-shm", "-journal", ""] where unlink(path + suffix) != 0 {
            guard errno == ENOENT else {
                throw .folder(path: path + suffix, cause: String(cString: strerror(errno)))
            }
        }
        try syncFolder(folder)
    }
}

/// Makes changes of a folder's entries durable.
package func syncFolder(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else {
        throw .folder(path: path, cause: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
        throw .folder(path: path, cause: String(cString: strerror(errno)))
    }
}
