import Analytics

/// The books of a range of days, from raw events and from what the folds copied.
struct DayBooks {
    let reader: FigureReader
    let site: Site
    let days: ClosedRange<LocalDay>
    /// Whether the last fold answers for days whose raw events can't be read.
    let takesStored: Bool

    func read() throws(StorageError) -> [LocalDay: Books] {
        let input = try FoldInput(folder: reader.folder, database: reader.database)
        var books = try reader.database.books(of: site, on: days)
        let rollups = try reader.database.rollupDays(of: site)
        for span in try spans(input, rollups) {
            do throws(StorageError) {
                let read = try EventReader(folder: reader.folder).books(of: site, on: span)
                for day in span {
                    // Raw events are not folded for their books: the last fold counted these.
                    let folded = books[day]
                    books[day] = read[day]
                    books[day]?.takeNotes(of: folded)
                }
            } catch {
                guard takesStored, case .unreadablePartition = error else { throw error }
            }
        }
        // What came for a sealed day since the last run is in the partitions' books at once.
        let rules = FoldInput.rulesVersion(of: site)
        let sealed = days.filter {
            // What other rules let in is not late.
            rollups[$0]?.isSettled(under: rules) == true && input.hasBeacons(of: site, on: $0)
        }
        let late = LateEvents(site: site, input: input, folder: reader.folder)
        books.merge(try late.grown(sealed, books).mapValues(\.books)) { $1 }
        return books
    }

    /// The days that raw events answer for, in stretches that are read at once.
    private func spans(
        _ input: FoldInput, _ rollups: [LocalDay: RollupDay]
    ) throws(StorageError) -> [ClosedRange<LocalDay>] {
        let calendar = site.calendar
        let imported = try reader.database.importedDays(of: site)
        let open = days.filter { rollups[$0]?.isSealed != true }
        let vanished = try input.vanishedDays(
            of: site, among: open.compactMap { rollups[$0] }, reader.database)
        var spans: [ClosedRange<LocalDay>] = []
        for day in open {
            if let failed = input.partition(hiding: day, of: site) {
                guard takesStored else { throw failed.error }
                continue
            }
            guard input.hasBeacons(of: site, on: day), !vanished.contains(day),
                input.isFoldable(day, calendar: calendar, importID: imported[day])
            else { continue }
            if let last = spans.last, last.upperBound.advanced(by: 1) == day {
                spans[spans.count - 1] = last.lowerBound...day
            } else {
                spans.append(day...day)
            }
        }
        return spans
    }
}
