package import Analytics

/// Which of a site's local days hold events already, and whose: a day is filled once.
package struct TakenDays: Sendable {
    package enum Holder: Hashable, Sendable {
        /// The collector received at least one beacon of that day.
        case beacons
        case importID(Int64)
    }

    private var holders: [LocalDay: Holder] = [:]

    package init(
        of site: Site, in folder: DataFolder, _ database: MainDatabase
    ) throws(StorageError) {
        let imported = try database.importedDays(of: site)
        let beacons = try BeaconDays(of: site, in: folder, database)
        holders = imported.mapValues(Holder.importID)
        // A day that was folded, or lost before it could be, had events; whose, its rollup and
        // books don't say once the raw events are gone.
        let folded = try database.rollupDays(of: site).keys
        let booked = try database.books(
            of: site, on: LocalDay(daysSince1970: .min)...LocalDay(daysSince1970: .max))
        for day in Set(folded).union(booked.keys).union(beacons.seen) where imported[day] == nil {
            holders[day] = .beacons
        }
        for day in imported.keys where beacons.mayHold(day) { holders[day] = .beacons }
    }

    /// `nil` for a free day.
    package subscript(day: LocalDay) -> Holder? { holders[day] }
}

/// The local days of a site on which the collector received beacons.
struct BeaconDays {
    /// Those that its partitions show, and those that one which can't be read may have.
    private(set) var seen: Set<LocalDay> = []
    /// Days that were not over when an import filled them, and whose beacons after it, if there
    /// were any, are past their term.
    private(set) var unknown: Set<LocalDay> = []

    init(of site: Site, in folder: DataFolder, _ database: MainDatabase) throws(StorageError) {
        let reader = EventReader(folder: folder)
        for file in try folder.partitionFiles() where file.importID == nil {
            seen.formUnion(try reader.days(in: file)[site.id] ?? [])
        }
        let calendar = site.calendar
        for failed in try reader.unreadablePartitions() where failed.file.importID == nil {
            seen.formUnion(failed.file.localDays(in: calendar))
        }
        guard let deleted = try database.note(.deletedThrough) else { return }
        for record in try database.imports() where record.domain == site.domain {
            guard let completed = record.completed else { continue }
            unknown.formUnion(
                record.days.filter { day in
                    completed < calendar.end(of: day)
                        && calendar.start(of: day).utcDay.daysSince1970 <= Int32(deleted)
                })
        }
    }

    func mayHold(_ day: LocalDay) -> Bool { seen.contains(day) || unknown.contains(day) }
}
