import Analytics

/// What came for a day after it was sealed. Sealed days are folded no more, so it is in no figure;
/// their books count it as late, whether the collector saw that the day was sealed or kept the
/// event (its clock stepped back within the second before it learned of the seal).
struct LateEvents {
    let site: Site
    let input: FoldInput
    let folder: DataFolder

    /// The books of a sealed day: what it was sealed with, and what its partitions have now.
    static func books(of now: Books, sealedWith before: Books) -> Books {
        var books = now
        books.kept = min(now.kept, before.kept)
        if now.kept > before.kept {
            books.dropped[.late, default: 0] += now.kept - before.kept
        }
        books.lost = before.lost
        books.lostEvents = before.lostEvents
        books.takeNotes(of: before)
        return books
    }

    /// The books of those sealed days that have received something since; of the others they are
    /// as they were stored.
    ///
    /// - Parameter stored: books as they are in `footfall.sqlite`.
    func grown(
        _ days: [LocalDay], _ stored: [LocalDay: Books]
    ) throws(StorageError) -> [LocalDay: (rows: Int, books: Books)] {
        let reader = EventReader(folder: folder)
        var grown: [LocalDay: (rows: Int, books: Books)] = [:]
        for day in days {
            // Deleted partitions count no more: books only grow.
            guard let before = stored[day],
                input.countOfBeacons(of: site, on: day) > before.received,
                let now = try reader.readableBooks(of: site, on: day)
            else { continue }
            grown[day] = (max(0, now.kept - before.kept), Self.books(of: now, sealedWith: before))
        }
        return grown
    }

    /// Brings the stored books of sealed days up to date.
    ///
    /// - Returns: what has to be told, in whole sentences.
    func book(
        _ sealed: [RollupDay], in database: MainDatabase
    ) throws(StorageError) -> [String] {
        let calendar = site.calendar
        let changed = sealed.filter { day in
            input.hasBeacons(of: site, on: day.day)
                && input.fingerprint(of: day.day, site, calendar) != day.input
        }
        guard let first = changed.map(\.day).min(), let last = changed.map(\.day).max() else {
            return []
        }
        let stored = try database.books(of: site, on: first...last)
        var problems: [String] = []
        for (day, late) in try grown(changed.map(\.day), stored).sorted(by: { $0.key < $1.key }) {
            guard var rollup = changed.first(where: { $0.day == day }) else { continue }
            rollup.input = input.fingerprint(of: day, site, calendar)
            try database.replaceBooks(late.books, as: rollup, of: site)
            if late.rows > 0 {
                problems.append(
                    """
                    \(late.rows) event\(late.rows == 1 ? "" : "s") of \(site.domain) came for \(day) \
                    after that day was sealed: late in its books, and in no figure. Was the clock \
                    put back? footfall aggregate --site \(site.domain) --rebuild \(day) lets them in.
                    """)
            }
            if !late.books.balances {
                problems.append("The books of \(site.domain) on \(day) do not balance.")
            }
        }
        return problems
    }
}
