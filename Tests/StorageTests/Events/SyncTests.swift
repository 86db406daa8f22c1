import Analytics
import GRDB
import Testing

@testable import Storage

/// I1: no event is acknowledged before an fdatasync that began after its commit was written.
@Suite("Syncs")
struct SyncTests {
    private let folder: TestFolder
    private let site: Site

    init() throws {
        WatchedFiles.install()
        folder = try TestFolder()
        site = try Traffic.addSite(folder.database())
    }

    /// Acknowledgements that came before their sync: none were written to the log for, or the last
    /// write to the write-ahead log was not synced yet.
    private func dishonest(_ operations: [WatchedFiles.Operation]) -> Int {
        var (isWritten, isSynced, count) = (false, true, 0)
        for operation in operations {
            let isLog = operation.path.hasSuffix("-wal")
            switch operation.kind {
            case .write where isLog: (isWritten, isSynced) = (true, false)
            case .sync where isLog: isSynced = true
            case .mark:
                if !isWritten || !isSynced { count += 1 }
                isWritten = false
            default: break
            }
        }
        return count
    }

    private func syncs(_ operations: [WatchedFiles.Operation]) -> Int {
        operations.count { $0.kind == .sync && $0.path.hasSuffix("-wal") }
    }

    @Test("the journal syncs each commit before it acknowledges")
    func journal() async throws {
        let journal = try Journal(folder: folder.data, clock: folder.clock.clock)
        let path = folder.data.eventsPath
        let before = syncs(WatchedFiles.operations(under: path))
        for number in 0..<20 {
            folder.clock.advance(.seconds(1))
            let event = Traffic.view(site, UInt64(number), at: folder.clock.now, "/\(number)")
            let result = await journal.take([Traffic.kept(event, of: site)]) {
                WatchedFiles.mark(path + "/acknowledged")
            }
            #expect(throws: Never.self) { try result.get() }
        }
        let operations = WatchedFiles.operations(under: path)
        #expect(operations.count { $0.kind == .mark } == 20)
        #expect(dishonest(operations) == 0)
        #expect(syncs(operations) - before >= 20)
        journal.close()
    }

    @Test(
        "the same check fails on a connection whose synchronous is NORMAL",
        arguments: ["NORMAL", "OFF"])
    func checkCanFail(synchronous: String) throws {
        let path = folder.path + "/\(synchronous)"
        let queue = try SQLiteFile.openWriter(path + ".sqlite", synchronous: synchronous)
        try queue.write { try PartitionSchema.create(in: $0) }
        for number in 0..<20 {
            try queue.write {
                try $0.execute(
                    sql: "INSERT INTO text (text) VALUES (?)", arguments: ["text \(number)"])
            }
            WatchedFiles.mark(path + " acknowledged")
        }
        let operations = WatchedFiles.operations(under: path)
        #expect(operations.count { $0.kind == .mark } == 20)
        #expect(dishonest(operations) >= 19)
        #expect(try !SQLiteFile.isSynchronous(queue))
    }

    @Test("and it passes on one that is FULL")
    func checkCanPass() throws {
        let path = folder.path + "/FULL"
        let queue = try SQLiteFile.openWriter(path + ".sqlite")
        try queue.write { try PartitionSchema.create(in: $0) }
        try queue.write { try $0.execute(sql: "INSERT INTO text (text) VALUES ('x')") }
        WatchedFiles.mark(path + " acknowledged")
        #expect(dishonest(WatchedFiles.operations(under: path)) == 0)
        #expect(try SQLiteFile.isSynchronous(queue))
    }

    @Test("a partition's writer refuses a connection that does not sync")
    func refusal() throws {
        let file = PartitionFile(folder: folder.data.eventsPath, day: Traffic.day)
        for synchronous in ["NORMAL", "OFF"] {
            #expect(throws: StorageError.notSynchronous(path: file.path)) {
                try PartitionWriter(file, synchronous: synchronous)
            }
        }
        let writer = try PartitionWriter(file)
        #expect(try writer.close())
    }

    @Test("a new partition's name is synced with its folder, and a rollup's commit is synced too")
    func mainDatabase() throws {
        let database = try folder.database()
        try database.setNote(.lastAggregation, 1)
        let operations = WatchedFiles.operations(under: folder.data.databasePath)
        let last = operations.last { $0.kind == .write && $0.path == folder.data.databasePath }
        let synced = operations.lastIndex {
            $0.kind == .sync && $0.path == folder.data.databasePath
        }
        let written = try #require(operations.lastIndex { $0 == last })
        #expect(try #require(synced) > written)
    }
}
