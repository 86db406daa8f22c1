package import Analytics

/// Answers questions about a site's figures from rollups, and from raw events where rollups are
/// not up to date (today, before cron has ever run) or can't answer (filters).
package struct FigureReader: Sendable {
    /// More raw events are not folded while somebody waits: the last rollup answers then.
    package static let liveLimit = 1_000_000

    let folder: DataFolder
    let database: MainDatabase
    let clock: Clock

    package init(folder: DataFolder, database: MainDatabase, clock: Clock) {
        self.folder = folder
        self.database = database
        self.clock = clock
    }

    package func answer(_ query: Query, of site: Site) throws(StorageError) -> QueryAnswer {
        let figures = try open(site, query.days, filter: query.filter)
            .figures(dimension: query.dimension)
        return QueryAnswer(site: site, query: query, figures: figures)
    }

    /// The days' figures, read once for several questions about the same days.
    ///
    /// - Throws: `frozenDay` when a filter asks for days whose raw events are gone.
    package func open(
        _ site: Site, _ days: ClosedRange<LocalDay>, filter: SessionFilter? = nil
    ) throws(StorageError) -> OpenFigures {
        try OpenFigures(reader: self, site: site, days: days, filter: filter)
    }

    /// The sessions that start on a day, by start.
    package func sessions(of site: Site, on day: LocalDay) throws(StorageError) -> [Session] {
        let calendar = site.calendar
        let input = try FoldInput(folder: folder, database: database)
        let imported = try database.importedDays(of: site)
        guard input.isFoldable(day, calendar: calendar, importID: imported[day]) else {
            throw .frozenDay(day, answerableFrom: input.firstFoldableDay(of: site, imported))
        }
        let window = try EventReader(folder: folder).read(
            sites: [site.id], from: FoldWindow.start(of: day, in: calendar),
            to: FoldWindow.end(of: day, in: calendar))
        return SiteFold(site: site, vocabulary: window.vocabulary)
            .sessions(in: window.ordered(site.id), startingOn: day)
    }

    /// How many visitors had an event in the last 5 minutes.
    package func visitorsNow(on site: Site) throws(StorageError) -> Int {
        let now = clock.now()
        let window = try EventReader(folder: folder).read(
            sites: [site.id], from: now - .minutes(5), to: now + .minutes(1))
        return Set((window.events[site.id] ?? []).map(\.visitor))
            .subtracting([FoldEvent.noVisitor]).count
    }

    /// Received, kept and dropped of each day: of raw events while they are there, else as the
    /// fold copied them.
    package func books(
        of site: Site, on days: ClosedRange<LocalDay>
    ) throws(StorageError) -> [LocalDay: Books] {
        let input = try FoldInput(folder: folder, database: database)
        var books = try database.books(of: site, on: days)
        let stored = try database.rollupDays(of: site)
        let live = days.filter {
            input.hasBeacons(of: site, on: $0) && stored[$0]?.isSealed != true
        }
        if let first = live.first, let last = live.last {
            let read = try EventReader(folder: folder).books(of: site, on: first...last)
            for day in live { books[day] = read[day] }
        }
        // What came late for a sealed day is in the partitions' books at once.
        let sealed = days.filter {
            stored[$0]?.isSealed == true && input.hasBeacons(of: site, on: $0)
        }
        guard !sealed.isEmpty else { return books }
        let counts = try EventReader(folder: folder).beaconCounts(of: site)
        for day in sealed {
            guard var now = counts[day], let before = books[day], now.received > before.received
            else { continue }
            now.kept = before.kept
            books[day] = now
        }
        return books
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
