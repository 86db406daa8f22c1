package import Analytics
import GRDB

extension EventReader {
    /// What was set aside as bots, by rule, of the raw events that are kept; a rule that the site
    /// allows is there also with nothing.
    ///
    /// - Parameter verdicts: of the installation's rules, for their categories.
    /// - Throws: `unreadablePartition`.
    package func caughtBots(
        of site: Site, on days: ClosedRange<LocalDay>,
        verdicts: [BotVerdict] = BotRules.standard.verdicts
    ) throws(StorageError) -> [CaughtBots] {
        let calendar = site.calendar
        let (start, end) = (calendar.start(of: days.lowerBound), calendar.end(of: days.upperBound))
        let last = (end - TimeSpan(milliseconds: 1)).utcDay
        let allowed = site.settings.allowedBots
        var beacons = Dictionary(uniqueKeysWithValues: allowed.map { ($0, 0) })
        for file in try folder.partitions() where file.day >= start.utcDay && file.day <= last {
            let midnight = file.day.startInUTC
            let failed = try failure(of: file) { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT text.text, count(*) FROM set_aside JOIN text ON text.id = rule
                        WHERE site = ? AND time >= ? AND time < ? AND text.text != ?
                        GROUP BY text.text
                        """,
                    arguments: [
                        site.id, (start - midnight).milliseconds, (end - midnight).milliseconds,
                        DropReason.late.rawValue,
                    ])
                while let row = try rows.next() { beacons[row[0], default: 0] += row[1] }
            }
            if let failed { throw failed.error }
        }
        return CaughtBots.sorted(beacons, allowed: allowed, verdicts: verdicts)
    }
}
