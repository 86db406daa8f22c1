import Analytics
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Storage

/// What happens to partitions under a collector: it never acknowledges into a file without a name.
@Suite("Journal: files that go or are damaged")
struct FileFaultTests {
    private let folder: TestFolder
    private let site: Site
    private let warnings = Warnings()

    private final class Warnings: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    init() throws {
        folder = try TestFolder()
        site = try Traffic.addSite(folder.database())
    }

    private var path: String { folder.data.eventsPath + "/2026-11-20.sqlite" }

    private func open() throws -> Journal {
        let warnings = warnings
        return try Journal(folder: folder.data, clock: folder.clock.clock) { warnings.add($0) }
    }

    private func take(_ journal: Journal, _ paths: String...) async -> Journal.Failure? {
        await journal.take(
            paths.map { Traffic.kept(Traffic.view(site, 1, at: folder.clock.now, $0), of: site) }
        ).failure
    }

    /// The paths that a kill at this instant would leave: the files as they are, copied.
    private func pathsAfterKill() throws -> [String] {
        let copy = folder.path + "/copy-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: folder.data.eventsPath, toPath: copy)
        return try SQLiteFile.openReader(copy + "/2026-11-20.sqlite").read {
            try String.fetchAll(
                $0, sql: "SELECT path FROM event JOIN page ON page.id = event.page ORDER BY seq")
        }
    }

    private func remove(_ suffixes: String...) throws {
        for suffix in suffixes { try FileManager.default.removeItem(atPath: path + suffix) }
    }

    @Test(
        "what comes after a partition was deleted is kept in a new one, and the log names it",
        arguments: [[""], ["", "-wal", "-shm"], ["", "-shm"]], [false, true])
    func deleted(suffixes: [String], isSeenBefore: Bool) async throws {
        let journal = try open()
        #expect(await take(journal, "/gone") == nil)
        for suffix in suffixes { try remove(suffix) }
        // Seen by the housekeeping, or by the next commit.
        if isSeenBefore { await journal.recover() }
        #expect(await take(journal, "/a") == nil)
        #expect(await take(journal, "/b") == nil)
        #expect(try pathsAfterKill() == ["/a", "/b"])
        #expect(warnings.all.count == 1)
        #expect(warnings.all.first?.contains(path) == true)
        journal.close()
        #expect(!folder.files().contains("events/2026-11-20.sqlite-wal"))
    }

    @Test("a backup that is put in its place is gone on with")
    func replaced() async throws {
        let backup = folder.path + "/backup"
        let first = try open()
        #expect(await take(first, "/old") == nil)
        first.close()
        try FileManager.default.copyItem(atPath: path, toPath: backup)
        let journal = try open()
        #expect(await take(journal, "/gone") == nil)
        // The log stays: it belongs to the file that went, and must not be read with this one.
        #expect(rename(backup, path) == 0)
        #expect(await take(journal, "/new") == nil)
        #expect(try pathsAfterKill() == ["/old", "/new"])
        #expect(warnings.all.count == 1)
        journal.close()
    }

    @Test("a partition that is moved away without its log is whole")
    func moved() async throws {
        let journal = try open()
        #expect(await take(journal, "/moved") == nil)
        let moved = folder.path + "/moved.sqlite"
        #expect(rename(path, moved) == 0)
        await journal.recover()
        #expect(await take(journal, "/new") == nil)
        let paths = try await DatabaseQueue(path: moved).read {
            try String.fetchAll($0, sql: "SELECT path FROM page")
        }
        #expect(paths == ["/moved"])
        journal.close()
    }

    @Test(
        "a log that is deleted takes nothing with it",
        arguments: [["-wal"], ["-shm"], ["-wal", "-shm"]],
        [false, true])
    func logDeleted(suffixes: [String], isSeenBefore: Bool) async throws {
        let journal = try open()
        #expect(await take(journal, "/a") == nil)
        #expect(await take(journal, "/b") == nil)
        for suffix in suffixes { try remove(suffix) }
        if isSeenBefore {
            await journal.recover()
            #expect(try pathsAfterKill() == ["/a", "/b"])
        }
        #expect(await take(journal, "/c") == nil)
        #expect(try pathsAfterKill() == ["/a", "/b", "/c"])
        #expect(warnings.all.count == 1)
        journal.close()
        #expect(try pathsAfterKill() == ["/a", "/b", "/c"])
    }

    private func damage(_ path: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.write(contentsOf: Data(repeating: 0xa5, count: 4_096))
        try file.close()
    }

    @Test("damage under the collector is noticed; it goes on once the file is moved away")
    func damagedWhileOpen() async throws {
        try open().close()
        let journal = try open()
        #expect(await take(journal, "/a") == nil)
        await journal.recover()
        #expect(journal.isReady && warnings.all.isEmpty)
        try damage(path)
        await journal.recover()
        await journal.recover()
        #expect(!journal.isReady)
        #expect(warnings.all.count == 1)
        #expect(warnings.all.first?.contains("\(path) is damaged") == true)
        guard case .notWritten(let cause) = await take(journal, "/b") else {
            Issue.record("kept in a damaged file")
            return
        }
        #expect(cause.contains("Move it"))
        for suffix in ["", "-wal", "-shm"] {
            #expect(rename(path + suffix, folder.path + "/damaged" + suffix) == 0)
        }
        await journal.recover()
        #expect(journal.isReady)
        #expect(await take(journal, "/c") == nil)
        #expect(try pathsAfterKill() == ["/c"])
        journal.close()
    }

    @Test("damaged at the start: today's refuses with the mend, yesterday's is warned of")
    func damagedAtStart() async throws {
        try open().close()
        try damage(path)
        let error = #expect(throws: StorageError.self) { try open() }
        guard case .damagedPartition(path, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(cause.contains("not a database"))
        #expect(error?.description.contains("Move it") == true)
        // As a collector leaves it that was killed.
        #expect(FileManager.default.createFile(atPath: path + "-wal", contents: Data([1, 2, 3])))
        folder.clock.set("2026-11-21T08:00:00Z")
        let journal = try open()
        #expect(warnings.all.count == 1)
        #expect(warnings.all.first?.contains(path) == true)
        #expect(await take(journal, "/today") == nil)
        journal.closeFinishedPartitions()
        await journal.recover()
        #expect(warnings.all.count == 1)
        #expect(journal.isReady)
        journal.close()
    }

    @Test("a partition that another program holds is told as locked")
    func locked() throws {
        try open().close()
        let holder = try DatabaseQueue(path: folder.data.databasePath)
        let database = try MainDatabase(folder: folder.data, patience: .zero)
        try holder.writeWithoutTransaction { connection in
            try connection.execute(sql: "BEGIN EXCLUSIVE")
            #expect(throws: StorageError.locked(path: folder.data.databasePath)) {
                try database.sites()
            }
            #expect(throws: StorageError.locked(path: folder.data.databasePath)) {
                try MainDatabase(folder: folder.data, patience: .zero)
            }
            try connection.execute(sql: "ROLLBACK")
        }
        #expect(try database.sites() == [site])
    }
}
