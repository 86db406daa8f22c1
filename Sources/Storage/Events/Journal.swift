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
    /// commit costs as much as the handling of eight beacons. Measured: at 0.5 ms 64 senders get a
    /// tenth more answers than at 1 ms, and a beacon costs no more CPU; at 0.25 ms it does. One that
    /// comes after a pause is written at once.
    private static let pace = Duration.microseconds(500)

    /// A commit takes under a millisecond on a good disk, and some tens on a poor one: one that
    /// takes this long has a disk that stands still. From then on entries are refused at once: who
    /// waits holds a connection, and these run out sooner than the queue.
    package static let standardStuckAfter = Duration.seconds(3)

    private static let standsStill = Failure.notWritten("the disk stands still")
    private static let waitedTooLong = Failure.notWritten(
        "entries waited over \(Int(patience.seconds)) s")

    package typealias Acknowledgement = @Sendable (Result<Void, Failure>) -> Void

    private struct Waiting: Sendable {
        var entries: [JournalEntry]
        /// How many beacons wait for it: 1, and 0 for the journal's own count of those refused.
        var beacons = 1
        var acknowledge: Acknowledgement

        func isOverdue(at now: Instant) -> Bool {
            entries.contains { now - $0.time > Journal.patience }
        }

        /// What its beacons are counted as when they can't be written.
        var refusal: Refusal {
            if case .refused(let refusal, _) = entries.first?.fate { refusal } else { .unavailable }
        }
    }

    private struct State {
        var waiting: [Waiting] = []
        var entryCount = 0
        var isDraining = false
        var isClosed = false
        var lastWriteFailed = false
        /// A salt could not be made or read, and not all can be read yet.
        var lacksSalt = false
        /// When the journal's thread began what it does now; `nil` while it rests.
        var busySince: ContinuousClock.Instant?
        /// Refused beacons that stand in no books yet.
        var uncounted: [Refusal: Int] = [:]
        var metrics = JournalMetrics()

        func isStuck(after duration: Duration) -> Bool {
            busySince.map { ContinuousClock.now - $0 >= duration } ?? false
        }

        var isUncounted: Bool { uncounted.contains { $0.value > 0 } }
    }

    private let clock: Clock
    private let salts: SaltStore
    private let stuckAfter: Duration
    /// Held until `close`.
    private let lock: Mutex<FileLock?>
    private let state = Mutex(State())
    private let writerQueue = DispatchQueue(label: "footfall.journal")
    private let partitions: OpenPartitions

    /// Takes the collector's lock on the data folder, and closes partitions that a crash left open.
    /// - Parameters:
    ///   - salts: whose drafts are made durable before an event is committed.
    ///   - newEntriesPerSite: see `PartitionDictionaries`.
    ///   - stuckAfter: see `isReady`.
    ///   - warn: takes whole sentences that name a file: what the owner should look at.
    package init(
        folder: DataFolder, clock: Clock, salts: SaltStore? = nil,
        newEntriesPerSite: Int = PartitionDictionaries.standardLimitPerSite,
        stuckAfter: Duration = Journal.standardStuckAfter,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(StorageError) {
        guard let lock = try FileLock(path: folder.collectorLockPath) else {
            throw .collectorRuns(path: folder.path)
        }
        self.clock = clock
        self.salts = salts ?? SaltStore(folder: folder)
        self.stuckAfter = stuckAfter
        self.lock = Mutex(lock)
        partitions = OpenPartitions(
            folder: folder, newEntriesPerSite: newEntriesPerSite, warn: warn)
        // Opening today's partition shows at the start, not at the first beacon, whether the
        // disk takes writes and syncs them.
        let today = clock.now().utcDay
        try partitions.writer(for: today)
        try partitions.closeLeft(before: today)
    }

    /// Hands entries over; they are written in one transaction a partition and acknowledged
    /// together, on a thread of the journal.
    package func submit(_ entries: [JournalEntry], then acknowledge: @escaping Acknowledgement) {
        enum Decision { case refuse(Failure), wait, drain }
        let waiting = Waiting(entries: entries, acknowledge: acknowledge)
        let decision = state.withLock { state -> Decision in
            if state.isClosed { return .refuse(.closed) }
            let isFull = state.entryCount + entries.count > Self.queueLimit
            guard !isFull, !state.isStuck(after: stuckAfter) else {
                state.uncounted[waiting.refusal, default: 0] += 1
                return .refuse(isFull ? .full : Self.standsStill)
            }
            state.entryCount += entries.count
            state.waiting.append(waiting)
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

    /// Counts a beacon that was answered 503 before it came here, for want of a salt: `isReady` is
    /// false until `recover` finds that all can be read.
    package func refuseForWantOfSalt() {
        state.withLock { state in
            state.uncounted[.unavailable, default: 0] += 1
            state.lacksSalt = true
        }
    }

    /// Refuses entries that wait too long behind a disk that stands still. What is being written
    /// at the moment is answered when the disk moves again. Called from time to time.
    package func refuseOverdue() {
        let now = clock.now()
        let overdue = state.withLock { state -> [Waiting] in
            let (late, timely) = state.waiting.split { $0.isOverdue(at: now) }
            guard !late.isEmpty else { return [] }
            state.waiting = timely
            state.entryCount -= late.reduce(0) { $0 + $1.entries.count }
            for waiting in late { state.uncounted[waiting.refusal, default: 0] += waiting.beacons }
            return late
        }
        for waiting in overdue { waiting.acknowledge(.failure(Self.waitedTooLong)) }
    }

    package var metrics: JournalMetrics {
        state.withLock { state in
            var metrics = state.metrics
            for (refusal, count) in state.uncounted {
                metrics.count(.refused(refusal, count: count))
            }
            return metrics
        }
    }

    /// Entries that wait to be written.
    package var depth: Int { state.withLock { $0.entryCount } }

    /// Whether beacons can be kept: not draining, the disk took the last batch and is not standing
    /// still with one, and there is room for more.
    package var isReady: Bool {
        state.withLock { state in
            !state.isClosed && !state.lastWriteFailed && !state.lacksSalt
                && !state.isStuck(after: stuckAfter) && state.entryCount < Self.queueLimit
        }
    }

    /// Refuses new entries, writes those that wait, and closes the partitions.
    package func close() {
        state.withLock { $0.isClosed = true }
        writerQueue.sync {
            drain()
            partitions.closeAll()
        }
        lock.withLock { $0 = nil }
    }

    // MARK: The journal's thread

    /// - Parameter probes: also tries whether the disk takes a write when nothing waits.
    private func drain(probes: Bool = false) {
        var probes = probes
        while let batch = nextBatch(probes: probes) {
            probes = false
            let now = clock.now()
            let (late, timely) = batch.split { $0.isOverdue(at: now) }
            let began = ContinuousClock.now
            let failures = write(timely, now.utcDay)
            let duration = ContinuousClock.now - began
            let (refused, kept) =
                failures.isEmpty
                ? ([], timely) : timely.split { failures.failure(of: $0.entries) != nil }
            state.withLock { state in
                state.lastWriteFailed = !failures.isEmpty
                for waiting in refused + late {
                    state.uncounted[waiting.refusal, default: 0] += waiting.beacons
                }
                state.metrics.count(commitOf: duration, failed: !failures.isEmpty)
                state.metrics.otherTexts = partitions.otherCount
                for entry in kept.lazy.flatMap(\.entries) {
                    state.metrics.count(entry.fate)
                }
                // From here on the books have them.
                for waiting in kept where waiting.beacons == 0 {
                    for case .refused(let refusal, let count) in waiting.entries.map(\.fate) {
                        state.uncounted[refusal]! -= count
                    }
                }
            }
            // First, so that what repeats one of them in the same batch is told of it.
            for waiting in refused {
                waiting.acknowledge(.failure(failures.failure(of: waiting.entries)!))
            }
            for waiting in late { waiting.acknowledge(.failure(Self.waitedTooLong)) }
            for waiting in kept { waiting.acknowledge(.success(())) }
            // Checkpoints and closing come after the acknowledgements: no beacon waits for them.
            partitions.tidy(at: clock.now())
            let rest = Self.pace - (ContinuousClock.now - began)
            if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
        }
    }

    /// All that waits; `nil` when nothing does.
    private func nextBatch(probes: Bool) -> [Waiting]? {
        state.withLock { state in
            var batch = state.waiting
            if probes || !batch.isEmpty {
                // Counted with the first batch that is written after them.
                batch += state.uncounted.filter { $0.value > 0 }.map(counting)
            }
            state.waiting = []
            state.entryCount = 0
            state.isDraining = probes || !batch.isEmpty
            state.busySince = state.isDraining ? .now : nil
            return state.isDraining ? batch : nil
        }
    }

    private func counting(_ refusal: Refusal, _ count: Int) -> Waiting {
        let entry = JournalEntry.refused(refusal, count: count, at: clock.now())
        return Waiting(entries: [entry], beacons: 0) { _ in }
    }

    /// Why entries of some days could not be written; a commit of one day stands whatever becomes
    /// of the other's.
    private typealias Failures = [LocalDay: Failure]

    private func write(_ batch: [Waiting], _ today: LocalDay) -> Failures {
        let entries = batch.lazy.flatMap(\.entries)
        // Around midnight UTC a batch has entries of two days; a probe may have none.
        let days = batch.isEmpty ? [today] : Set(entries.map(\.time.utcDay)).sorted()
        var failures: Failures = [:]
        for day in days {
            do throws(StorageError) {
                // What is committed under a salt that only memory has could not be joined again.
                try salts.keepDrafts()
                if days.count == 1 {
                    try partitions.write(entries, on: day)
                } else {
                    try partitions.write(entries.filter { $0.time.utcDay == day }, on: day)
                }
            } catch {
                failures[day] = .notWritten(error.description)
            }
        }
        return failures
    }

    /// Called from time to time, since behind a proxy that asks `isReady` no beacon comes while it
    /// is false: looks after the open files, and tries again what failed. Holds up no thread
    /// meanwhile but the journal's.
    package func recover() async {
        await withCheckedContinuation { continuation in
            writerQueue.async { [self] in
                inspectAndProbe()
                continuation.resume()
            }
        }
    }

    private func inspectAndProbe() {
        guard begin() else { return }
        let isSound = partitions.inspect()
        let lacksSalt = state.withLock { $0.lacksSalt } && !salts.areReadable
        let probes = state.withLock { state in
            if !isSound { state.lastWriteFailed = true }
            state.lacksSalt = lacksSalt
            state.busySince = nil
            // Whoever drains will write what is uncounted as well.
            guard !state.isDraining, state.lastWriteFailed || state.isUncounted else {
                return false
            }
            state.isDraining = true
            return true
        }
        if probes { drain(probes: true) }
    }

    /// Also done when no beacon comes any more: called from time to time.
    package func closeFinishedPartitions() {
        writerQueue.async { [self] in
            guard begin() else { return }
            let now = clock.now()
            partitions.tidy(at: now)
            try? partitions.closeLeft(before: now.utcDay)
            state.withLock { $0.busySince = nil }
        }
    }

    /// - Returns: `false` once the journal is closed, and with it the lock given up.
    private func begin() -> Bool {
        state.withLock { state in
            state.busySince = .now
            return !state.isClosed
        }
    }
}

extension [LocalDay: Journal.Failure] {
    /// Entries that belong together fail together.
    fileprivate func failure(of entries: [JournalEntry]) -> Journal.Failure? {
        isEmpty ? nil : entries.lazy.compactMap { self[$0.time.utcDay] }.first
    }
}

extension Array {
    /// The elements that match, and the others.
    fileprivate func split(_ matches: (Element) -> Bool) -> (matching: [Element], others: [Element])
    {
        (filter(matches), filter { !matches($0) })
    }
}
