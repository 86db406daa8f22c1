package import Analytics
package import Storage

/// `footfall import log SITE FILE…`: a server's access logs become pageviews of a site's past days.
///
/// Lines are read once, and each pageview is kept as a row of 40 bytes of its local day; days are
/// then sorted by time, so that files may come in any order, visitors are resolved over midnights,
/// and each day's partitions are written (`ImportDraft`). All of it counts at once, or nothing.
package struct LogImport {
    package struct Options: Sendable {
        /// Days that another import holds are taken from it; days with beacons never are.
        package var replacesDays = false
        /// Also the site's unfinished day, as far as the log goes.
        package var includesToday = false
        package var terms = RetentionTerms()
        /// Rows that are kept in memory before they go to spool files.
        package var rowsInMemory = ImportDays.rowsInMemory

        package init() {}
    }

    /// Most lines that are reported as unreadable; the others are counted only.
    package static let reportLimit = 10
    /// How far a server's clock may be ahead of this machine's.
    private static let clockTolerance = TimeSpan.minutes(5)

    private let site: Site
    private let folder: DataFolder
    private let database: MainDatabase
    private let clock: Clock
    private let random: RandomSource
    private let steps: IngestSteps
    private let options: Options

    package init(
        site: Site, folder: DataFolder, database: MainDatabase, clock: Clock,
        random: RandomSource = .system, steps: IngestSteps, options: Options = Options()
    ) {
        self.site = site
        self.folder = folder
        self.database = database
        self.clock = clock
        self.random = random
        self.steps = steps
        self.options = options
    }

    /// - Parameters:
    ///   - files: paths, or `-` for standard input; in any order.
    ///   - progress: called often.
    ///   - report: called with the first lines that can't be read.
    ///   - reached: called at each step, for tests.
    /// - Throws: `LogImportError`, `ImportError` or `StorageError`; nothing was imported then.
    package func run(
        files: [String], progress: (ImportProgress) -> Void = { _ in },
        report: (UnreadableLine) -> Void = { _ in },
        reached: @escaping (ImportStep) throws -> Void = { _ in }
    ) throws -> ImportSummary {
        guard files.count(where: { $0 == LineReader.standardInput }) <= 1 else {
            throw LogImportError.standardInputTwice
        }
        let now = clock.now()
        let draft = try ImportDraft(
            kind: "log", site: site, folder: folder, database: database, at: now,
            reached: reached)
        do {
            let taken = try TakenDays(of: site, in: folder, database)
            let intake = intake(into: draft, taken, at: now)
            try read(files, intake, progress, report)
            var summary = intake.finish()
            guard !summary.days.isEmpty else {
                draft.abandon()
                return summary
            }
            try write(intake, into: draft, progress)
            progress(.publishing)
            let days = Set(summary.days.map(\.day))
            try draft.publish(days: days, summary: summary.counts, clock: clock)
            summary.importID = draft.id
            summary.replaced = days.filter { taken[$0] != nil }.sorted()
            return summary
        } catch {
            draft.abandon()
            throw error
        }
    }

    private func intake(
        into draft: ImportDraft, _ taken: TakenDays, at now: Instant
    ) -> LogIntake {
        let calendar = site.calendar
        let today = calendar.day(of: now)
        let options = options
        let days = ImportDays(
            calendar: calendar, spoolPath: draft.path, rowsInMemory: options.rowsInMemory
        ) { day in
            if day >= today, !options.includesToday { return .unfinished }
            switch taken[day] {
            case .beacons: return .beacons
            case .importID: return options.replacesDays ? nil : .imported
            case nil: return nil
            }
        }
        let first = calendar.start(of: options.terms.firstRollupDay(on: today))
        let last = max(first, now + Self.clockTolerance)
        return LogIntake(
            site: site, steps: steps, days: days, window: first...last, random: random)
    }

    private func read(
        _ files: [String], _ intake: LogIntake, _ progress: (ImportProgress) -> Void,
        _ report: (UnreadableLine) -> Void
    ) throws {
        let total = LineReader.size(of: files)
        var done: Int64 = 0
        var reported = 0
        for file in files {
            try LineReader().read(
                file,
                progress: { count in
                    done += Int64(count)
                    progress(.reading(done: done, total: total))
                },
                { line, number in
                    guard let fault = try intake.take(line), reported < Self.reportLimit else {
                        return
                    }
                    reported += 1
                    report(UnreadableLine(file: file, number: number, reason: fault.rawValue))
                })
        }
    }

    private func write(
        _ intake: LogIntake, into draft: ImportDraft, _ progress: (ImportProgress) -> Void
    ) throws {
        let days = intake.days.all.filter { $0.obstacle == nil && $0.lineCount > 0 }
        var crossing = RotationCrossing()
        for (index, day) in days.enumerated() {
            progress(.writing(done: index, total: days.count))
            var rows = try intake.days.takeRows(of: day)
            resolve(&rows, day.period, &crossing)
            try draft.write(day.day, rows: rows, intake.vocabulary, drops: day.drops)
        }
        progress(.writing(done: days.count, total: days.count))
    }

    /// Gives each row the visitor under which it is stored: a session that crosses a rotation
    /// keeps the value it began with.
    private func resolve(
        _ rows: inout [ImportRow], _ period: ImportPeriod, _ crossing: inout RotationCrossing
    ) {
        for index in rows.indices where rows[index].visitor != FoldEvent.noVisitor {
            let previous = rows[index].previousVisitor
            rows[index].visitor =
                crossing.resolve(
                    current: Visitor(value: rows[index].visitor),
                    previous: previous == FoldEvent.noVisitor ? nil : Visitor(value: previous),
                    at: rows[index].time, period: period.period, timeout: period.timeout
                ).value
        }
    }
}
