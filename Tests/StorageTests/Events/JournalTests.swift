import Analytics
import Dispatch
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Storage

@Suite("Journal")
struct JournalTests {
    private let folder: TestFolder
    private let site: Site

    init() throws {
        WatchedFiles.install()
        folder = try TestFolder()
        site = try Traffic.addSite(folder.database())
    }

    private func journal() throws -> Journal {
        try Journal(folder: folder.data, clock: folder.clock.clock)
    }

    private func view(_ number: Int, at time: Instant? = nil) -> JournalEntry {
        Traffic.kept(
            Traffic.view(site, UInt64(number + 1), at: time ?? folder.clock.now, "/\(number)"),
            of: site)
    }

    /// The paths of a partition's events, by `seq`.
    private func paths(of day: String = "2026-11-20") throws -> [String] {
        let path = folder.data.eventsPath + "/\(day).sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try SQLiteFile.openReader(path).read {
            try String.fetchAll(
                $0, sql: "SELECT path FROM event JOIN page ON page.id = event.page ORDER BY seq")
        }
    }

    /// Holds the journal's thread inside an acknowledgement, so that what comes now waits together.
    private func holding(_ journal: Journal, _ body: () -> Void) {
        let (isHeld, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        journal.submit([view(0)]) { _ in
            isHeld.signal()
            mayGoOn.wait()
        }
        isHeld.wait()
        body()
        mayGoOn.signal()
    }

    @Test("events keep the order in which they were handed over")
    func order() async throws {
        let journal = try journal()
        await withTaskGroup(of: Void.self) { group in
            // Handed over one after the other, awaited together.
            for number in 0..<200 {
                let (stream, continuation) = AsyncStream<Void>.makeStream()
                journal.submit([view(number)]) { _ in continuation.finish() }
                group.addTask { for await _ in stream {} }
            }
        }
        #expect(try paths() == (0..<200).map { "/\($0)" })
        journal.close()
        #expect(try paths() == (0..<200).map { "/\($0)" })
    }

    @Test("all that waits is written in one synced transaction")
    func oneTransaction() throws {
        let journal = try journal()
        let acknowledged = Atomic(0)
        let done = DispatchSemaphore(value: 0)
        var before = 0
        holding(journal) {
            before = syncs()
            for number in 1...100 {
                journal.submit([view(number)]) { _ in
                    if acknowledged.add(1, ordering: .relaxed).newValue == 100 { done.signal() }
                }
            }
            #expect(journal.depth == 100)
        }
        done.wait()
        #expect(syncs() - before == 1)
        #expect(try paths() == (0...100).map { "/\($0)" })
        journal.close()
    }

    private func syncs() -> Int {
        WatchedFiles.operations(under: folder.data.eventsPath)
            .count { $0.kind == .sync && $0.path.hasSuffix("-wal") }
    }

    @Test("what waits is bounded; what is refused is neither kept nor counted")
    func bound() throws {
        let journal = try journal()
        let results = Mutex<[Journal.Failure?]>([])
        let done = DispatchSemaphore(value: 0)
        @Sendable func note(_ result: Result<Void, Journal.Failure>) {
            results.withLock { results in
                if case .failure(let failure) = result {
                    results.append(failure)
                } else {
                    results.append(nil)
                }
                if results.count == 3 { done.signal() }
            }
        }
        holding(journal) {
            let many = (0..<Journal.queueLimit).map { _ in
                Traffic.dropped(.bot, of: site, at: folder.clock.now)
            }
            journal.submit(Array(many.dropLast()), then: note)
            journal.submit([view(1), view(2)], then: note)
            journal.submit([view(3)], then: note)
        }
        done.wait()
        #expect(results.withLock { $0 } == [.full, nil, nil])
        #expect(try paths() == ["/0", "/3"])
        let books = try EventReader(folder: folder.data).books(
            of: site, on: Traffic.day...Traffic.day)
        #expect(books[Traffic.day]?.text == "received=20001 kept=2 bot=19999")
        journal.close()
    }

    @Test("closing writes what waits, refuses what comes later, and leaves no log behind")
    func close() async throws {
        let journal = try journal()
        let result = Mutex<Bool?>(nil)
        holding(journal) {
            journal.submit([view(1)]) { answer in
                result.withLock { $0 = (try? answer.get()) != nil }
            }
        }
        journal.close()
        #expect(result.withLock { $0 } == true)
        #expect(await journal.take([view(2)]).failure == .closed)
        #expect(try paths() == ["/0", "/1"])
        #expect(!folder.files().contains { $0.hasSuffix("-wal") || $0.hasSuffix("-shm") })
        journal.close()
    }

    @Test("a batch over UTC midnight is split between the days")
    func midnight() async throws {
        folder.clock.set("2026-11-20T23:59:59.990Z")
        let journal = try journal()
        let early = folder.clock.now
        let late = early + TimeSpan(milliseconds: 20)
        let entries = [
            view(1, at: early), view(2, at: late), view(3, at: early), view(4, at: late),
        ]
        folder.clock.now = late
        #expect(await journal.take(entries).failure == nil)
        #expect(try paths() == ["/1", "/3"])
        #expect(try paths(of: "2026-11-21") == ["/2", "/4"])
        journal.close()
    }

    @Test("a second collector on the same folder is refused until the first has gone")
    func secondCollector() throws {
        var first: Journal? = try journal()
        #expect(throws: StorageError.collectorRuns(path: folder.path)) { try journal() }
        first?.close()
        first = nil
        let second = try journal()
        second.close()
    }

    @Test("a day's partition stands alone once its day and its lateness are over")
    func closedPartitions() async throws {
        folder.clock.set("2026-11-20T23:59:59.990Z")
        let journal = try journal()
        #expect(await journal.take([view(1)]).failure == nil)
        let file = PartitionFile(folder: folder.data.eventsPath, day: Traffic.day)
        #expect(!file.isClosed)
        folder.clock.set("2026-11-21T00:00:59Z")
        #expect(await journal.take([view(2)]).failure == nil)
        #expect(!file.isClosed)
        folder.clock.set("2026-11-21T00:01:01Z")
        #expect(await journal.take([view(3)]).failure == nil)
        // What is tidied comes after the acknowledgement.
        #expect(await journal.take([view(4)]).failure == nil)
        #expect(file.isClosed)
        #expect(!folder.files().contains("events/2026-11-20.sqlite-wal"))
        journal.close()
    }

    @Test("late events of yesterday are kept while its partition is closed without a beacon")
    func justAfterMidnight() async throws {
        folder.clock.set("2026-11-20T23:59:59.990Z")
        let journal = try journal()
        let late = folder.clock.now
        #expect(await journal.take([view(1)]).failure == nil)
        folder.clock.set("2026-11-21T00:00:10Z")
        journal.closeFinishedPartitions()
        // One writer, one checkpointer: the open partition of yesterday has no second connection.
        #expect(await journal.take([view(2, at: late), view(3)]).failure == nil)
        journal.closeFinishedPartitions()
        #expect(await journal.take([view(5)]).failure == nil)
        #expect(!PartitionFile(folder: folder.data.eventsPath, day: Traffic.day).isClosed)
        folder.clock.set("2026-11-21T00:02:00Z")
        journal.closeFinishedPartitions()
        #expect(await journal.take([view(4)]).failure == nil)
        #expect(PartitionFile(folder: folder.data.eventsPath, day: Traffic.day).isClosed)
        #expect(try paths() == ["/1", "/2"])
        journal.close()
    }

    @Test("an entry that waited too long is refused; those beside it are kept")
    func patience() throws {
        let journal = try journal()
        let results = Mutex<[String: Journal.Failure?]>([:])
        let done = DispatchSemaphore(value: 0)
        func submit(_ name: String, _ entry: JournalEntry) {
            journal.submit([entry]) { result in
                results.withLock { results in
                    results[name] = .some(result.failure)
                    if results.count == 3 { done.signal() }
                }
            }
        }
        holding(journal) {
            let now = folder.clock.now
            submit("old", view(1, at: now - .minutes(1) - TimeSpan(milliseconds: 1)))
            submit("just inside", view(2, at: now - .minutes(1)))
            submit("fresh", view(3, at: now))
        }
        done.wait()
        let found = results.withLock { $0 }
        #expect(found["old"] == .some(.notWritten("entries waited over 60 s")))
        #expect(found["just inside"] == .some(nil))
        #expect(found["fresh"] == .some(nil))
        #expect(try paths() == ["/0", "/2", "/3"])
        journal.close()
    }

    @Test(
        "a partition that a version before began is gone on with",
        arguments: [
            (3, ""), (2, "DROP TABLE transaction_key;"),
            (1, "DROP TABLE transaction_key; ALTER TABLE event DROP COLUMN retry_key;"),
        ])
    func olderPartition(version: Int, without: String) async throws {
        let journal = try self.journal()
        _ = try await journal.take([view(0)]).get()
        journal.close()
        let path = folder.data.eventsPath + "/2026-11-20.sqlite"
        let queue = try DatabaseQueue(path: path)
        try await queue.write {
            try $0.execute(
                sql: """
                    ALTER TABLE profile DROP COLUMN city;
                    \(without)
                    PRAGMA user_version = \(version);
                    """)
        }
        try queue.close()
        let next = try self.journal()
        let entry = view(1)
        guard case .kept(var event) = entry.fate else {
            Issue.record("a view is kept")
            return
        }
        event.retryKey = RetryKey(nonce: "k")
        event.transactionKey = TransactionKey(value: 7)
        let withKey = JournalEntry(
            site: entry.site, day: entry.day, time: entry.time, fate: .kept(event))
        _ = try await next.take([withKey]).get()
        next.close()
        #expect(try paths() == ["/0", "/1"])
        let keys = try EventReader(folder: folder.data).recentRetryKeys(
            since: folder.clock.now - .hours(1))
        #expect(keys.map(\.key) == [RetryKey(nonce: "k")])
    }
}

extension Result where Success == Void {
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
