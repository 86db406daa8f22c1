import Analytics
import Foundation
import GRDB
import Synchronization

@testable import Storage

/// A data folder of its own that goes with the test.
final class TestFolder: Sendable {
    let path: String
    let data: DataFolder
    let clock: HandClock

    init(at now: String = "2026-11-20T10:00:00Z") throws {
        path = FileManager.default.temporaryDirectory.path + "/footfall-test-\(UUID().uuidString)"
        data = try DataFolder(path: path)
        clock = HandClock(Instant(now)!)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func database() throws -> MainDatabase { try MainDatabase(folder: data) }

    func aggregator(
        _ database: MainDatabase, terms: RetentionTerms = RetentionTerms()
    ) -> Aggregator {
        Aggregator(folder: data, database: database, clock: clock.clock, terms: terms)
    }

    func reader(_ database: MainDatabase) -> FigureReader {
        FigureReader(folder: data, database: database, clock: clock.clock)
    }

    /// The paths of all files below the folder, relative to it.
    func files() -> [String] {
        (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
            .filter { name in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(
                    atPath: path + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
            }.sorted()
    }

    /// The files whose bytes hold `bytes`.
    func files(holding bytes: some Sequence<UInt8>) -> [String] {
        let wanted = Data(bytes)
        return files().filter {
            (try? Data(contentsOf: URL(fileURLWithPath: path + "/" + $0)))?.range(of: wanted) != nil
        }
    }
}

/// A clock that stands still until a test moves it.
final class HandClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ instant: Instant) {
        self.instant = Mutex(instant)
    }

    var now: Instant {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }

    var clock: Clock { Clock { self.now } }

    func set(_ text: String) { now = Instant(text)! }
    func advance(_ span: TimeSpan) { now = now + span }
}

extension TestFolder {
    /// Puts entries into the partitions of their days, and closes these.
    func store(_ entries: [JournalEntry], isSynced: Bool = true) throws {
        for (day, entries) in Dictionary(grouping: entries, by: \.time.utcDay) {
            let writer = try PartitionWriter(
                PartitionFile(folder: data.eventsPath, day: day), isSynced: isSynced)
            try writer.write(entries)
            try writer.close()
        }
    }

    /// Runs the aggregation at a time.
    @discardableResult
    func aggregate(
        _ database: MainDatabase, at time: String, _ mode: Aggregator.Mode = .fold,
        only domain: Domain? = nil, terms: RetentionTerms = RetentionTerms()
    ) throws -> AggregationReport {
        clock.set(time)
        return try aggregator(database, terms: terms).run(mode, only: domain)
    }

    /// Every table as text, but for the notes, which say when a run was.
    func dump(_ database: MainDatabase) throws -> String {
        try database.queue.read { database in
            let tables = try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'note'
                    ORDER BY name
                    """)
            return try tables.flatMap { table in
                [table]
                    + (try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map(\.description))
            }.joined(separator: "\n")
        }
    }
}
