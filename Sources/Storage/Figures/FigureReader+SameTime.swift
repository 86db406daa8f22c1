package import Analytics

extension FigureReader {
    /// The totals of a past day as they stood `elapsed` after its first instant, so that today so
    /// far can be compared with it: rollups can't tell, as the visitors of hours don't add up to a
    /// day's. `nil` when its raw events are not all there any more, can't be read, or are too many
    /// to fold while somebody waits.
    ///
    /// Where clocks changed on one of the two days, "the same time" is as long after midnight, not
    /// the same reading of the clock.
    package func totals(
        of site: Site, on day: LocalDay, after elapsed: TimeSpan, filter: SessionFilter? = nil
    ) throws(StorageError) -> Figures? {
        let calendar = site.calendar
        let end = min(calendar.start(of: day) + elapsed, calendar.end(of: day))
        let imported = try database.importedDays(of: site)
        let input = try FoldInput(folder: folder, database: database)
        let rollup = try database.rollupDays(of: site)[day]
        let vanished = try input.vanishedDays(of: site, among: rollup.map { [$0] } ?? [], database)
        guard input.hasBeacons(of: site, on: day), vanished.isEmpty,
            input.isFoldable(day, calendar: calendar, importID: imported[day])
        else { return nil }
        let events = EventReader(folder: folder)
        let start = FoldWindow.start(of: day, in: calendar)
        guard try events.countOfEvents(from: start, to: end) < Self.liveLimit else { return nil }
        let window = try events.read(sites: [site], from: start, to: end)
        guard window.unreadable.isEmpty else { return nil }
        return SiteFold(
            site: site, vocabulary: window.vocabulary, filter: filter, dimensions: []
        )
        .figures(of: window.ordered(site.id), on: day...day).first?.totals
    }
}
