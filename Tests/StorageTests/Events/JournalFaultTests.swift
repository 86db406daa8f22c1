import Analytics
import Foundation
import GRDB
import GRDBSQLite
import Testing

@testable import Storage

/// What can't be kept now is refused, and the books balance whatever the disk does (I1, I2).
@Suite("Journal: a disk that fails")
struct JournalFaultTests {
    private let folder: TestFolder
    private let site: Site

    init() throws {
        WatchedFiles.install()
        folder = try TestFolder()
        site = try Traffic.addSite(folder.database())
    }

    @Test(
        "after any failing write or sync nothing acknowledged is lost, nothing is doubled",
        arguments: [
            (WatchedFiles.Kind.write, SQLITE_FULL),
            (.write, ResultCode.SQLITE_IOERR_WRITE.rawValue),
            (.sync, ResultCode.SQLITE_IOERR_FSYNC.rawValue),
        ], [0, 1, 2, 3, 5, 8, 13])
    func fault(kind: (WatchedFiles.Kind, Int32), after: Int) async throws {
        let acknowledged = try await takeForty(kind, after)
        try expectWhole(acknowledged)
        // The next collector finds a folder in order.
        try Journal(folder: folder.data, clock: folder.clock.clock).close()
        try expectWhole(acknowledged)
    }

    /// The paths of 40 submissions that were acknowledged; the disk fails in the midst of them.
    private func takeForty(
        _ kind: (WatchedFiles.Kind, Int32), _ after: Int
    ) async throws -> Set<String> {
        let journal = try Journal(folder: folder.data, clock: folder.clock.clock)
        var acknowledged: Set<String> = []
        let prefix = folder.data.eventsPath
        for number in 0..<40 {
            if number == 10 {
                WatchedFiles.fail(
                    .init(prefix: prefix, kinds: [kind.0], after: after, code: kind.1))
            }
            if number == 25 { WatchedFiles.heal(prefix) }
            folder.clock.advance(.seconds(1))
            // An event with a page of its own, a bot and a drop: dictionaries, set-aside and books.
            let (now, path) = (folder.clock.now, "/\(number)")
            let result = await journal.take([
                Traffic.kept(Traffic.view(site, 1, at: now, path), of: site),
                Traffic.setAside(Traffic.view(site, 2, at: now, "/bot"), .bot, of: site),
                Traffic.dropped(.prefetch, of: site, at: now),
            ])
            if result.failure == nil { acknowledged.insert(path) }
        }
        journal.close()
        #expect((25..<40).contains(acknowledged.count))
        return acknowledged
    }

    private func expectWhole(_ acknowledged: Set<String>) throws {
        let path = folder.data.eventsPath + "/2026-11-20.sqlite"
        let (paths, check) = try SQLiteFile.openReader(path).read { database in
            (
                try String.fetchAll(
                    database, sql: "SELECT path FROM event JOIN page ON page.id = event.page"),
                try String.fetchOne(database, sql: "PRAGMA integrity_check")
            )
        }
        #expect(check == "ok")
        #expect(Set(paths).count == paths.count)
        #expect(acknowledged.isSubset(of: paths))
        let books = try EventReader(folder: folder.data)
            .books(of: site, on: Traffic.day...Traffic.day)[Traffic.day]
        #expect(books?.balances == true)
        #expect(books?.received == 3 * paths.count)
        #expect(books?.dropped == [.bot: paths.count, .prefetch: paths.count])
    }

    @Test(
        "a folder whose disk takes no write refuses the collector at its start, not the first beacon"
    )
    func refusedAtStart() throws {
        WatchedFiles.fail(
            .init(prefix: folder.data.eventsPath, kinds: [.write], code: SQLITE_READONLY))
        #expect(throws: StorageError.self) {
            try Journal(folder: folder.data, clock: folder.clock.clock)
        }
        WatchedFiles.heal(folder.data.eventsPath)
        try Journal(folder: folder.data, clock: folder.clock.clock).close()
    }

    @Test("what a killed collector left in the log is read, and its partition closed by the next")
    func crash() async throws {
        let journal = try Journal(folder: folder.data, clock: folder.clock.clock)
        let entry = Traffic.kept(Traffic.view(site, 1, at: folder.clock.now, "/kept"), of: site)
        #expect(await journal.take([entry]).failure == nil)
        // As a kill at this instant leaves the files; the log holds the event.
        let after = try TestFolder(at: "2026-11-21T08:00:00Z")
        for suffix in ["", "-wal"] {
            let name = "/2026-11-20.sqlite" + suffix
            try FileManager.default.copyItem(
                atPath: folder.data.eventsPath + name, toPath: after.data.eventsPath + name)
        }
        journal.close()
        let file = PartitionFile(folder: after.data.eventsPath, day: Traffic.day)
        #expect(!file.isClosed)
        func kept() throws -> Int? {
            try EventReader(folder: after.data).books(of: site, on: Traffic.day...Traffic.day)[
                Traffic.day]?.kept
        }
        #expect(try kept() == 1)
        try Journal(folder: after.data, clock: after.clock.clock).close()
        #expect(file.isClosed)
        #expect(!after.files().contains("events/2026-11-20.sqlite-wal"))
        #expect(try kept() == 1)
    }
}
