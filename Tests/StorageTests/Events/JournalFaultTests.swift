import Analytics
import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Synchronization
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
        "after any failing write or sync all that was acknowledged is there, once, and no more",
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
        #expect(acknowledged == Set(paths))
        let books = try EventReader(folder: folder.data)
            .books(of: site, on: Traffic.day...Traffic.day)[Traffic.day]
        #expect(books?.balances == true)
        #expect(books?.received == 3 * paths.count)
        #expect(books?.dropped == [.bot: paths.count, .prefetch: paths.count])
    }

    /// Holds the journal's thread inside an acknowledgement, until the semaphore is signalled.
    private func hold(_ journal: Journal, _ entry: JournalEntry) -> DispatchSemaphore {
        let (isHeld, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        journal.submit([entry]) { _ in
            isHeld.signal()
            mayGoOn.wait()
        }
        isHeld.wait()
        return mayGoOn
    }

    @Test("a checkpoint that fails loses nothing, and is made up for")
    func checkpoint() async throws {
        let journal = try Journal(folder: folder.data, clock: folder.clock.clock)
        let path = folder.data.eventsPath + "/2026-11-20.sqlite"
        var acknowledged: Set<String> = []
        func take(_ numbers: Range<Int>) async {
            for number in numbers {
                folder.clock.advance(TimeSpan(milliseconds: 1))
                let (now, path) = (folder.clock.now, "/\(number)")
                let result = await journal.take([
                    Traffic.kept(Traffic.view(site, 1, at: now, path), of: site),
                    Traffic.setAside(Traffic.view(site, 2, at: now, "/bot"), .bot, of: site),
                    Traffic.dropped(.prefetch, of: site, at: now),
                ])
                if result.failure == nil { acknowledged.insert(path) }
            }
        }
        func checkpoints() -> Int {
            WatchedFiles.operations(under: path).count { $0.kind == .write && $0.path == path }
        }
        let before = checkpoints()
        WatchedFiles.fail(.init(prefix: path, suffix: ".sqlite", kinds: [.write, .sync]))
        await take(0..<400)
        #expect(checkpoints() == before)
        WatchedFiles.heal(path)
        await take(400..<410)
        #expect(checkpoints() > before)
        journal.close()
        #expect(acknowledged.count == 410)
        try expectWhole(acknowledged)
    }

    @Test("around midnight a day whose file fails is refused, the other day is kept")
    func oneOfTwoDays() async throws {
        folder.clock.set("2026-11-20T23:59:59.990Z")
        let journal = try Journal(folder: folder.data, clock: folder.clock.clock)
        let early = folder.clock.now
        let late = early + TimeSpan(milliseconds: 20)
        folder.clock.now = late
        WatchedFiles.fail(.init(prefix: folder.data.eventsPath + "/2026-11-21"))
        let results = Mutex<[Instant: Bool]>([:])
        let mayGoOn = hold(journal, Traffic.dropped(.bot, of: site, at: early))
        for time in [early, late] {
            let event = Traffic.view(site, 1, at: time, "/\(time.milliseconds)")
            journal.submit([Traffic.kept(event, of: site)]) { result in
                results.withLock { $0[time] = result.failure == nil }
            }
        }
        mayGoOn.signal()
        await journal.recover()
        #expect(results.withLock { $0 } == [early: true, late: false])
        #expect(!journal.isReady)
        WatchedFiles.heal(folder.data.eventsPath)
        await journal.recover()
        #expect(journal.isReady)
        journal.close()
        let books = try EventReader(folder: folder.data)
            .books(of: site, on: Traffic.day...Traffic.day.advanced(by: 1))
        #expect(books.mapValues(\.kept) == [Traffic.day: 1])
    }

    @Test("once the disk takes writes again the journal is ready, though no beacon comes")
    func recovery() async throws {
        let journal = try Journal(folder: folder.data, clock: folder.clock.clock)
        let entry = Traffic.kept(Traffic.view(site, 1, at: folder.clock.now), of: site)
        WatchedFiles.fail(.init(prefix: folder.data.eventsPath))
        #expect(await journal.take([entry]).failure != nil)
        #expect(await journal.take([entry]).failure != nil)
        await journal.recover()
        #expect(!journal.isReady)
        WatchedFiles.heal(folder.data.eventsPath)
        await journal.recover()
        #expect(journal.isReady)
        // What was refused is in the installation's books.
        let books = try EventReader(folder: folder.data).installationBooks()
        #expect(books.received == 2 && books.refused == [.unavailable: 2])
        #expect(books.dropped.isEmpty)
        journal.close()
    }

    @Test("not ready while the disk stands still with a batch, nor while the queue is full")
    func standingStill() async throws {
        for (stuckAfter, count) in [(Duration.zero, 1), (.seconds(3_600), Journal.queueLimit)] {
            let journal = try Journal(
                folder: folder.data, clock: folder.clock.clock, stuckAfter: stuckAfter)
            #expect(journal.isReady)
            let entry = Traffic.dropped(.bot, of: site, at: folder.clock.now)
            let mayGoOn = hold(journal, entry)
            journal.submit([JournalEntry](repeating: entry, count: count)) { _ in }
            #expect(!journal.isReady)
            mayGoOn.signal()
            await journal.recover()
            #expect(journal.isReady)
            journal.close()
        }
    }

    @Test("nothing is kept under a salt that is in memory only")
    func salts() async throws {
        let salts = SaltStore(folder: folder.data)
        let journal = try Journal(folder: folder.data, clock: folder.clock.clock, salts: salts)
        let period = site.calendar.saltPeriod(containing: folder.clock.now)
        let salt = try salts.draft(site: site.id, period: period)
        let secret = folder.data.secretPath
        try FileManager.default.moveItem(atPath: secret, toPath: secret + "-away")
        let entry = Traffic.kept(Traffic.view(site, 1, at: folder.clock.now), of: site)
        #expect(await journal.take([entry]).failure != nil)
        try FileManager.default.moveItem(atPath: secret + "-away", toPath: secret)
        await journal.recover()
        #expect(await journal.take([entry]).failure == nil)
        #expect(folder.files(holding: salt.bytes).count == 1)
        journal.close()
        let books = try EventReader(folder: folder.data).books(
            of: site, on: Traffic.day...Traffic.day)
        #expect(books[Traffic.day]?.kept == 1)
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
