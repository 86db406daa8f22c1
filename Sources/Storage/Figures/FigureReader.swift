package import Analytics

/// Answers questions about a site's figures from rollups, and from raw events where rollups are
/// not up to date (today, before cron has ever run) or can't answer (filters).
package struct FigureReader: Sendable {
    /// More raw events are not folded while somebody waits: the last rollup answers then. With a
    /// filter, which only raw events can answer, so many are folded at a time.
    package static let liveLimit = 1_000_000

    let folder: DataFolder
    let database: MainDatabase
    let clock: Clock
    /// Whether answers with a filter have the sessions that the site's exclusions hide.
    package var showsExcluded = false

    package init(folder: DataFolder, database: MainDatabase, clock: Clock) {
        self.folder = folder
        self.database = database
        self.clock = clock
    }

    /// - Throws: as `open`, and `unreadablePartition` when the answer needs one that can't be read.
    package func answer(
        _ query: Query, of site: Site, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(StorageError) -> QueryAnswer {
        let figures = try open(
            site, query.days, filter: query.filter,
            dimensions: Set([query.dimension].compactMap(\.self)),
            progress: progress)
        if let failed = figures.unreadable.first { throw failed.error }
        return QueryAnswer(
            site: site, query: query,
            figures: try figures.figures(dimension: query.dimension, for: query.metrics))
    }

    /// The days' figures, read once for several questions about the same days. Days whose raw
    /// events can't be read have the figures of their last rollup, if there is one:
    /// `OpenFigures.unreadable` tells.
    ///
    /// - Parameters:
    ///   - dimensions: those that will be asked for.
    ///   - progress: called with the days folded and the days to be folded.
    /// - Throws: `frozenDay` when a filter asks for days whose raw events are gone, and
    ///   `unreadablePartition` when it asks for some that can't be read.
    package func open(
        _ site: Site, _ days: ClosedRange<LocalDay>, filter: SessionFilter? = nil,
        dimensions: Set<Dimension> = Set(Dimension.allCases),
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(StorageError) -> OpenFigures {
        try OpenFigures(
            reader: self, site: site, days: days, filter: filter, dimensions: dimensions,
            progress: progress)
    }

    /// The sessions that start on a day, by start.
    ///
    /// - Throws: `frozenDay` or `unreadablePartition` when raw events that they need are not there.
    package func sessions(of site: Site, on day: LocalDay) throws(StorageError) -> [Session] {
        let calendar = site.calendar
        let input = try FoldInput(folder: folder, database: database)
        let imported = try database.importedDays(of: site)
        let rollup = try database.rollupDays(of: site)[day]
        let vanished = try input.vanishedDays(
            of: site, among: rollup.map { [$0] } ?? [], database)
        guard vanished.isEmpty,
            input.isFoldable(day, calendar: calendar, importID: imported[day])
        else {
            throw .frozenDay(day, answerableFrom: input.firstFoldableDay(of: site, imported))
        }
        if let failed = input.partition(hidingInputOf: day, of: site) { throw failed.error }
        let window = try EventReader(folder: folder).readWhole(
            sites: [site], from: FoldWindow.start(of: day, in: calendar),
            to: FoldWindow.end(of: day, in: calendar))
        return SiteFold(site: site, vocabulary: window.vocabulary)
            .sessions(in: window.ordered(site.id), startingOn: day)
    }

    /// How many visitors had an event in the last 5 minutes, as far as it can be read.
    package func visitorsNow(on site: Site) throws(StorageError) -> Int {
        try EventReader(folder: folder).visitors(of: site, since: clock.now() - .minutes(5))
    }

    /// Received, kept and dropped of each day: of raw events while they are there, else as the
    /// fold copied them.
    ///
    /// - Throws: `unreadablePartition` when raw events are asked for that can't be read.
    package func books(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> [LocalDay: Books] {
        try DayBooks(reader: self, site: site, days: days, takesStored: false).read()
    }

    /// The same, but of days whose raw events can't be read as the last fold copied them.
    package func knownBooks(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> [LocalDay: Books] {
        try DayBooks(reader: self, site: site, days: days, takesStored: true).read()
    }
}

extension FoldInput {
    /// The first day that a fold of raw events can answer for.
    func firstFoldableDay(of site: Site, _ imported: [LocalDay: Int64]) -> LocalDay? {
        let calendar = site.calendar
        return days(of: site)
            .filter { isFoldable($0, calendar: calendar, importID: imported[$0]) }.min()
    }
}
