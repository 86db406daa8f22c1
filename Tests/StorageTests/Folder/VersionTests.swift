import Analytics
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Files of other versions, and locks")
struct VersionTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func setVersion(_ path: String, _ version: Int) throws {
        try SQLiteFile.openShared(path).write {
            try $0.execute(sql: "PRAGMA user_version = \(version)")
        }
    }

    @Test("a newer footfall.sqlite is refused with what to do, and left as it is")
    func mainDatabase() throws {
        _ = try folder.database()
        try setVersion(folder.data.databasePath, 99)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.data.databasePath))
        let error = #expect(throws: StorageError.self) { try folder.database() }
        #expect(error == .newerVersion(path: folder.data.databasePath, found: 99, known: 3))
        #expect(error?.description.contains("newer Footfall") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.data.databasePath)) == bytes)
    }

    @Test("a newer partition is refused to writers and readers alike")
    func partition() throws {
        let file = PartitionFile(folder: folder.data.eventsPath, day: Traffic.day)
        try PartitionWriter(file).close()
        let known = PartitionSchema.version
        try setVersion(file.path, known + 1)
        let refusal = StorageError.newerVersion(path: file.path, found: known + 1, known: known)
        #expect(throws: refusal) { try PartitionWriter(file) }
        #expect(throws: refusal) { try EventReader(folder: folder.data).received() }
    }

    @Test("a partition that was only just made, without tables yet, is read as empty")
    func emptyPartition() throws {
        let path = folder.data.eventsPath + "/2026-11-20.sqlite"
        #expect(FileManager.default.createFile(atPath: path, contents: Data()))
        let reader = EventReader(folder: folder.data)
        #expect(try reader.received().bySite.isEmpty)
        #expect(try reader.newestEvent() == nil)
        #expect(try reader.countOfEvents(from: folder.clock.now, to: folder.clock.now) == 0)
    }

    @Test("opening twice, one after the other and at once, migrates once", arguments: [1, 8])
    func migration(count: Int) async throws {
        let data = folder.data
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask { _ = try MainDatabase(folder: data).sites() }
            }
            try await group.waitForAll()
        }
        #expect(try folder.database().sites().isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.data.databasePath)
        #expect(mode[.posixPermissions] as? Int == 0o600)
    }

    @Test("footfall.sqlite keeps no journal beside it and syncs in full")
    func journalMode() throws {
        let database = try folder.database()
        let settings = try database.queue.write { database in
            try ["journal_mode", "synchronous", "secure_delete", "foreign_keys"].map {
                try String.fetchOne(database, sql: "PRAGMA \($0)")
            }
        }
        #expect(settings == ["delete", "2", "1", "1"])
    }

    @Test("a lock is one holder's until it lets go")
    func locks() throws {
        let path = folder.path + "/test.lock"
        var first = try FileLock(path: path)
        #expect(first != nil)
        #expect(try FileLock(path: path) == nil)
        first = nil
        #expect(try FileLock(path: path) != nil)
        #expect(throws: StorageError.self) {
            try FileLock(path: folder.path + "/nowhere/test.lock")
        }
    }

    @Test(
        "which names are partitions",
        arguments: [
            ("2026-11-20.sqlite", "2026-11-20", nil),
            ("2026-11-20.import-3.2026-11-21.sqlite", "2026-11-20", 3),
            ("2026-11-20.sqlite-wal", nil, nil),
            ("2026-11-20.import-x.2026-11-21.sqlite", nil, nil),
            ("2026-11-20.import-3.sqlite", nil, nil), ("2026-11-20.import-3.2026.sqlite", nil, nil),
            ("2026-11-31.sqlite", nil, nil), ("2026-11-20.import-+3.2026-11-21.sqlite", nil, nil),
            ("x.sqlite", nil, nil), ("2026-11-20", nil, nil), (".sqlite", nil, nil),
            ("2026-11-20.copy.sqlite", nil, nil),
        ] as [(String, String?, Int64?)])
    func names(name: String, day: String?, importID: Int64?) throws {
        let file = PartitionFile(folder: "events", name: name)
        #expect(file?.day.description == day)
        #expect(file?.importID == importID)
        if let file, let localDay = file.localDay {
            let same = PartitionFile(
                folder: "events", day: file.day, importID: 3, localDay: localDay)
            #expect(same == file)
        }
    }

    @Test("partitions come by day, then by name; deleting one takes all that is beside it")
    func listing() throws {
        let imported = "2026-11-20.import-2.2026-11-20.sqlite"
        for name in ["2026-11-21.sqlite", "2026-11-20.sqlite", imported, "notes.txt"] {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                _ = FileManager.default.createFile(
                    atPath: folder.data.eventsPath + "/" + name + suffix, contents: Data())
            }
        }
        let files = try folder.data.partitionFiles()
        #expect(files.map(\.name) == [imported, "2026-11-20.sqlite", "2026-11-21.sqlite"])
        // The file of an import that no record names is what a killed import left.
        #expect(
            try folder.data.partitions().map(\.name) == ["2026-11-20.sqlite", "2026-11-21.sqlite"])
        try files[1].delete()
        #expect(!folder.files().contains { $0.hasPrefix("events/2026-11-20.sqlite") })
        #expect(folder.files().contains("events/\(imported)"))
        try files[1].delete()
    }
}
