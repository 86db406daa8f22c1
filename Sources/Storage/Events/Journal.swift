package import Analytics
import Dispatch
import Foundation
import Synchronization

/// Takes the collector's entries and makes them durable: whatever waits is written in one synced
/// transaction, and only then acknowledged (I1). One a data folder.
package final class Journal: Sendable {
    /// Bounds what waits (I11): past it entries are refused, never buffered without end.
    package static let queueLimit = 20_000
    /// An entry is on disk this long after its receipt, or was refused (DESIGN §5).
    private static let patience = FoldWindow.lateness

    package enum Failure: Error, Hashable, Sendable {
        /// Too much waits.
        case full
        /// The disk refused, or the entry waited too long; the cause is for the log.
        case notWritten(String)
        case closed
    }

    /// Least time from one commit to the next, so that each has some of what comes meanwhile: a
    /// commit costs as much as the handling of eight beacons, and at full speed a quarter less CPU
    /// is spent on each beacon. One that comes after a pause is written at once.
    private static let pace = Duration.milliseconds(1)

    private static let waitedTooLong = Failure.notWritten(
        "entries waited over \(Int(patience.seconds)) s")

    package typealias Acknowledgement = @Sendable (Result<Void, Failure>) -> Void

    private struct Waiting: Sendable {
        var entries: [JournalEntry]
        var acknowledge: Acknowledgement
    }

    private struct State {
        var waiting: [Waiting] = []
        var entryCount = 0
        var isDraining = false
        var isClosed = false
        var lastWriteFailed = false
        /// Beacons that were answered 503 and stand in no books yet.
        var unavailable = 0
        var metrics = JournalMetrics()
    }

    private let folder: DataFolder
    private let clock: Clock
    private let newEntriesPerSite: Int
    /// Held until `close`.
    private let lock: Mutex<FileLock?>
    private let state = Mutex(State())
    private let writerQueue = DispatchQueue(label: "footfall.journal")
    private let writers = Writers()

    /// The open partitions by UTC day.
    // Unchecked: after `init`, touched on `writerQueue` alone, which runs one block at a time.
    private final class Writers: @unchecked Sendable {
        var byDay: [LocalDay: PartitionWriter] = [:]
    }

    /// Takes the collector's lock on the data folder, and closes partitions that a crash left open.
    /// - Parameter newEntriesPerSite: see `PartitionDictionaries`.
    package init(
        folder: DataFolder, clock: Clock,
        newEntriesPerSite: Int = PartitionDictionaries.standardLimitPerSite
    ) throws(StorageError) {
        guard let lock = try FileLock(path: folder.collectorLockPath) else {
            throw .collectorRuns(path: folder.path)
        }
        self.folder = folder
        self.clock = clock
        self.newEntriesPerSite = newEntriesPerSite
        self.lock = Mutex(lock)
        // Opening today's partition shows at the start, not at the first beacon, whether the
        // disk takes writes and syncs them.
        let today = clock.now().utcDay
        writers.byDay[today] = try PartitionWriter(
            PartitionFile(folder: folder.eventsPath, day: today),
            newEntriesPerSite: newEntriesPerSite)
        try Self.closeLeftPartitions(in: folder, before: today)
    }

    /// Hands entries over; they are written in one transaction a partition and acknowledged
    /// together, on a thread of the journal.
    package func submit(_ entries: [JournalEntry], then acknowledge: @escaping Acknowledgement) {
        enum Decision { case refuse(Failure), wait, drain }
        let decision = state.withLock { state -> Decision in
            if state.isClosed { return .refuse(.closed) }
            guard state.entryCount + entries.count <= Self.queueLimit else {
                state.unavailable += 1
                return .refuse(.full)
            }
            state.entryCount += entries.count
            state.waiting.append(Waiting(entries: entries, acknowledge: acknowledge))
            if state.isDraining { return .wait }
            state.isDraining = true
            return .drain
        }
        switch decision {
        case .refuse(let failure): acknowledge(.failure(failure))
        case .wait: break
        case .drain: writerQueue.async { self.drain() }
        }
    }

    /// Counts a request that came to no site; nobody waits for it to be written.
    package func note(_ refusal: Refusal) {
        submit([.refused(refusal, at: clock.now())]) { _ in }
    }

    package var metrics: JournalMetrics {
        state.withLock { state in
            var metrics = state.metrics
            metrics.count(.refused(.unavailable, count: state.unavailable))
            return metrics
        }
    }

    /// Entries that wait to be written.
    package var depth: Int { state.withLock { $0.entryCount } }

    /// Whether beacons can be kept: not draining, and the disk took the last batch.
    package var isReady: Bool { state.withLock { !$0.isClosed && !$0.lastWriteFailed } }

    /// Refuses new entries, writes those that wait, and closes the partitions.
    package func close() {
        state.withLock { $0.isClosed = true }
        writerQueue.sync {
            drain()
            for writer in writers.byDay.values { _ = try? writer.close() }
            writers.byDay = [:]
        }
        lock.withLock { $0 = nil }
    }

    private func drain() {
        while true {
            let batch = state.withLock { state -> [Waiting] in
                var batch = state.waiting
                if state.unavailable > 0, !batch.isEmpty {
                    // Counted with the first batch that is written after them.
                    batch.append(uncounted(&state.unavailable))
                }
                state.waiting = []
                state.entryCount = 0
                state.isDraining = !batch.isEmpty
                return batch
            }
            guard !batch.isEmpty else { return }
            let now = clock.now()
            let (late, timely) = batch.split { waiting in
                waiting.entries.contains { now - $0.time > Self.patience }
            }
            let began = ContinuousClock.now
            let result = write(timely)
            let duration = ContinuousClock.now - began
            let refused = (result.isFailure ? timely.count : 0) + late.count
            state.withLock { state in
                state.lastWriteFailed = result.isFailure
                state.unavailable += refused
                state.metrics.count(commitOf: duration, failed: result.isFailure)
                guard !result.isFailure else { return }
                state.metrics.otherTexts = writers.byDay.values.map(\.otherCount).reduce(0, +)
                for entry in timely.lazy.flatMap(\.entries) { state.metrics.count(entry.fate) }
            }
            for waiting in timely { waiting.acknowledge(result) }
            for waiting in late { waiting.acknowledge(.failure(Self.waitedTooLong)) }
            // Checkpoints and closing come after the acknowledgements: no beacon waits for them.
            tidy()
            let rest = Self.pace - (ContinuousClock.now - began)
            if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
        }
    }

    private func uncounted(_ count: inout Int) -> Waiting {
        let number = count
        let entry = JournalEntry.refused(.unavailable, count: number, at: clock.now())
        count = 0
        return Waiting(entries: [entry]) { [self] result in
            // One of them is this very entry, which is no beacon.
            if result.isFailure { state.withLock { $0.unavailable += number - 1 } }
        }
    }

    private func write(_ batch: [Waiting]) -> Result<Void, Failure> {
        let entries = batch.lazy.flatMap(\.entries)
        // Around midnight UTC a batch has entries of two days.
        let days = Set(entries.map(\.time.utcDay)).sorted()
        do throws(StorageError) {
            for day in days {
                let writer = try writer(for: day)
                if days.count == 1 {
                    try writer.write(entries)
                } else {
                    try writer.write(entries.filter { $0.time.utcDay == day })
                }
            }
            return .success(())
        } catch {
            // A connection that failed is opened anew for the next batch.
            for day in days { writers.byDay[day] = nil }
            return .failure(.notWritten(error.description))
        }
    }

    private func writer(for day: LocalDay) throws(StorageError) -> PartitionWriter {
        if let writer = writers.byDay[day], writer.file.exists { return writer }
        let writer = try PartitionWriter(
            PartitionFile(folder: folder.eventsPath, day: day),
            newEntriesPerSite: newEntriesPerSite)
        writers.byDay[day] = writer
        return writer
    }

    /// Closes partitions of days that are over, and moves grown logs into their files.
    private func tidy() {
        let closable = clock.now() - FoldWindow.lateness
        for (day, writer) in writers.byDay {
            if day.advanced(by: 1).startInUTC <= closable {
                _ = try? writer.close()
                writers.byDay[day] = nil
            } else {
                try? writer.checkpointIfDue()
            }
        }
    }

    /// Also done when no beacon comes any more: called from time to time.
    package func closeFinishedPartitions() {
        writerQueue.async {
            self.tidy()
            try? Self.closeLeftPartitions(
                in: self.folder, before: self.clock.now().utcDay,
                except: Set(self.writers.byDay.keys))
        }
    }

    /// Partitions before `day` that still have a write-ahead log, but not those of `open` days,
    /// which have a writer already. Only the holder of the collector's lock may call it.
    package static func closeLeftPartitions(
        in folder: DataFolder, before day: LocalDay, except open: Set<LocalDay> = []
    ) throws(StorageError) {
        for file in try folder.partitions()
        where file.day < day && file.importID == nil && !open.contains(file.day) && !file.isClosed {
            try PartitionWriter(file).close()
        }
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        switch self {
        case .success: false
        case .failure: true
        }
    }
}

extension Array {
    /// The elements that match, and the others.
    fileprivate func split(_ matches: (Element) -> Bool) -> (matching: [Element], others: [Element])
    {
        (filter(matches), filter { !matches($0) })
    }
}
