import Analytics
import Foundation

/// The folding part of one run: finds the days that need it, folds them some at a time, and stores
/// or compares what comes out.
struct FoldRun: Sendable {
    /// Events that are held at once; more are folded in several passes, day by day.
    private static let eventsAtOnce = 4_000_000
    /// Days that are folded together, for the memory that their tallies take.
    private static let daysAtOnce = 16
    /// Fewer days are folded on one core: each stretch of days reads some days around it, too.
    private static let fewestToShare = 8

    let aggregator: Aggregator
    let mode: Aggregator.Mode
    let now: Instant
    private(set) var input: FoldInput
    private(set) var report = AggregationReport()

    private var folder: DataFolder { aggregator.folder }
    private var database: MainDatabase { aggregator.database }

    init(aggregator: Aggregator, mode: Aggregator.Mode, now: Instant) throws(StorageError) {
        self.aggregator = aggregator
        self.mode = mode
        self.now = now
        input = try FoldInput(folder: aggregator.folder, database: aggregator.database)
        report.problems = input.unreadable.map(Self.problem)
    }

    private static func problem(_ failed: UnreadablePartition) -> String {
        "\(failed.error) Until then its days are not folded."
    }

    mutating func fold(
        _ sites: [Site], _ progress: (Int, Int) -> Void
    ) throws(StorageError) {
        var work: [SiteWork] = []
        var known: Set<LocalDay> = []
        for site in sites {
            let next = try SiteWork(
                site: site, mode: mode, now: now, terms: aggregator.terms, input, database)
            known.formUnion(next.known)
            report.frozen += next.frozen
            if mode == .fold {
                report.problems += try LateEvents(site: site, input: input, folder: folder)
                    .book(
                        // What is folded anew gets its books with that.
                        next.stored.values.filter { $0.isSealed && !next.days.contains($0.day) },
                        in: database)
            }
            if !next.days.isEmpty { work.append(next) }
        }
        tellUnknownDays(beside: known)
        let days = Set(work.flatMap(\.days)).sorted()
        let total = days.count
        var rest = days[...]
        while !rest.isEmpty {
            try fold(nextStretches(of: &rest, work), work)
            progress(total - rest.count, total)
        }
        report.written.sort { ($0.domain.name, $0.day) < ($1.domain.name, $1.day) }
    }

    /// Somebody asked for days of which nothing is known: a misspelt date, most likely.
    private mutating func tellUnknownDays(beside known: Set<LocalDay>) {
        guard case .rebuild(let wanted) = mode else { return }
        let unknown = wanted.subtracting(known).sorted()
        guard !unknown.isEmpty else { return }
        report.problems.append(
            """
            There are no events and no figures of \
            \(unknown.map(\.description).joined(separator: ", ")), so nothing was folded for it.
            """)
    }

    /// Takes as many of the next days as can be held at once, in a stretch for each core.
    private func nextStretches(
        of days: inout ArraySlice<LocalDay>, _ work: [SiteWork]
    ) throws(StorageError) -> [ClosedRange<LocalDay>] {
        let cores = min(4, ProcessInfo.processInfo.activeProcessorCount)
        let share = days.count < Self.fewestToShare ? days.count : (days.count - 1) / cores + 1
        var stretches: [ClosedRange<LocalDay>] = []
        var room = Self.eventsAtOnce
        while let first = days.first, stretches.count < cores {
            let events = try countOfEvents(around: first...first, work)
            guard stretches.isEmpty || events <= room else { break }
            var (last, taken) = (first, events)
            for candidate in days.dropFirst() {
                guard first.distance(to: candidate) < min(share, Self.daysAtOnce) else { break }
                let more = try countOfEvents(around: first...candidate, work)
                guard more <= room else { break }
                (last, taken) = (candidate, more)
            }
            room -= taken
            stretches.append(first...last)
            days = days.drop { $0 <= last }
        }
        return stretches
    }

    private func countOfEvents(
        around days: ClosedRange<LocalDay>, _ work: [SiteWork]
    ) throws(StorageError) -> Int {
        let bounds = bounds(of: days, work)
        return try EventReader(folder: folder)
            .countOfEvents(from: bounds.lowerBound, to: bounds.upperBound)
    }

    private func bounds(of days: ClosedRange<LocalDay>, _ work: [SiteWork]) -> Range<Instant> {
        let starts = work.map { FoldWindow.start(of: days.lowerBound, in: $0.calendar) }
        let ends = work.map { FoldWindow.end(of: days.upperBound, in: $0.calendar) }
        return starts.min()!..<ends.max()!
    }

    /// Folds each stretch on a core of its own; what comes out is stored by one at a time.
    private mutating func fold(
        _ stretches: [ClosedRange<LocalDay>], _ work: [SiteWork]
    ) throws(StorageError) {
        let run = self
        let shared = SharedRun(run)
        DispatchQueue.concurrentPerform(iterations: stretches.count) { index in
            do throws(StorageError) {
                try run.fold(stretches[index], work, storingIn: shared)
            } catch {
                shared.fail(error)
            }
        }
        self = try shared.result
    }

    private func fold(
        _ chunk: ClosedRange<LocalDay>, _ work: [SiteWork], storingIn shared: SharedRun
    ) throws(StorageError) {
        let concerned = work.filter { $0.days.contains(where: chunk.contains) }
        let bounds = bounds(of: chunk, concerned)
        var window = try EventReader(folder: folder).read(
            sites: concerned.map(\.site), from: bounds.lowerBound, to: bounds.upperBound,
            passingOver: Set(input.unreadable.map(\.file)),
            expecting: countOfEvents(around: chunk, concerned))
        // What only reading to the end showed to be damaged.
        let unreadable = window.unreadable
        try shared.withLock { $0.note(unreadable) }
        let scrubbedPages = window.vocabulary.scrubbedPages
        var vocabularies = SiteVocabularies(window)
        for work in concerned {
            let site = work.site
            let counts = EventReader.counts(
                window.events[site.id] ?? EventBuckets(), work.calendar,
                scrubbedPages: scrubbedPages)
            let (events, vocabulary) = vocabularies.take(site.id, from: &window)
            let days = work.days.filter(chunk.contains)
            let folded = SiteFold(site: site, vocabulary: vocabulary)
                .figures(of: events, on: days.min()!...days.max()!)
            for figures in folded where days.contains(figures.day) {
                var books = window.books[site.id]?[figures.day] ?? Books()
                books.kept = counts[figures.day]?.kept ?? 0
                books.scrubbed = counts[figures.day]?.scrubbed ?? 0
                books.sharedVisitors = figures.sharedVisitors
                try shared.withLock { (run) throws(StorageError) in
                    guard run.canTell(of: figures.day, site) else { return }
                    if run.mode == .verify {
                        try run.verify(figures, books, work)
                    } else {
                        try run.store(figures, books, work)
                    }
                }
            }
        }
    }

    private mutating func note(_ unreadable: [UnreadablePartition]) {
        let new = unreadable.filter { failed in
            !input.unreadable.contains { $0.file == failed.file }
        }
        input.note(new)
        report.problems += new.map(Self.problem)
    }

    /// Whether nothing is missing in a day's figures that would make them wrong: a partition of its
    /// neighbours makes them provisional only, but nothing is compared or rebuilt without it.
    private func canTell(of day: LocalDay, _ site: Site) -> Bool {
        mode == .fold
            ? input.partition(hiding: day, of: site) == nil
            : input.partition(hidingInputOf: day, of: site) == nil
    }

    // MARK: Storing

    private mutating func store(
        _ figures: DayFigures, _ books: Books, _ work: SiteWork
    ) throws(StorageError) {
        let day = figures.day
        tellUnbalanced(books, day, work.site)
        guard input.hasBeacons(of: work.site, on: day) || figures != DayFigures(day: day) else {
            // An import that was undone leaves no empty day behind.
            if work.stored[day] != nil {
                try database.removeRollup(of: day, work.site)
                report.written.append(.init(domain: work.site.domain, day: day))
            }
            return
        }
        let isSealed = isSealed(figures, work)
        let rollup = RollupDay(
            day: day, isSealed: isSealed, rulesVersion: FoldInput.rulesVersion(of: work.site),
            input: input.fingerprint(of: day, work.site, work.calendar), foldedAt: now)
        if try database.replace(figures, books: books, as: rollup, of: work.site) {
            report.written.append(.init(domain: work.site.domain, day: day))
        } else {
            report.unchanged += 1
        }
        if isSealed, work.stored[day]?.isSealed != true { report.sealed += 1 }
    }

    /// No event can reach the day any more: it is over, none of its sessions is open, and what was
    /// received is on disk and could be read.
    private func isSealed(_ figures: DayFigures, _ work: SiteWork) -> Bool {
        guard work.mayBeSealed(figures.day, at: now),
            input.partition(hidingInputOf: figures.day, of: work.site) == nil
        else { return false }
        guard let activity = figures.lastActivity else { return true }
        return now > activity + work.calendar.epoch(at: now).sessionTimeout + FoldWindow.lateness
    }

    private mutating func tellUnbalanced(_ books: Books, _ day: LocalDay, _ site: Site) {
        guard !books.balances else { return }
        report.problems.append(
            """
            The books of \(site.domain) on \(day) do not balance: received \(books.received), kept \
            \(books.kept), dropped \(books.dropped.values.reduce(0, +)).
            """)
    }

    // MARK: Verifying

    private mutating func verify(
        _ figures: DayFigures, _ books: Books, _ work: SiteWork
    ) throws(StorageError) {
        let day = figures.day
        tellUnbalanced(books, day, work.site)
        // Rules that have changed since are for the next run to apply.
        guard let stored = try database.storedDay(day, of: work.site),
            stored.day.rulesVersion == FoldInput.rulesVersion(of: work.site)
        else { return }
        let storedBooks = try database.books(of: work.site, on: day...day)[day] ?? Books()
        var expected = books
        if stored.day.isSealed {
            expected = LateEvents.books(of: books, sealedWith: storedBooks)
            // What came since the last run is not in the books yet.
            if books.received > storedBooks.received { expected = storedBooks }
            // Rows that came after the seal are in the raw events and in no figure.
            if books.kept > storedBooks.kept, storedBooks == expected {
                report.frozen += 1
                return
            }
        }
        let print = input.fingerprint(of: day, work.site, work.calendar)
        // A day that has received events since its fold is not wrong, only not folded again yet.
        guard stored.day.isSealed || stored.day.input == print else { return }
        report.verified += 1
        if stored.figures != figures || storedBooks != expected {
            report.problems.append(
                """
                The rollup of \(work.site.domain) on \(day) differs from its raw events. \
                Mend it: footfall aggregate --site \(work.site.domain) --rebuild \(day)
                """)
        }
    }
}
