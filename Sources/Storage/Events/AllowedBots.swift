import Analytics
import GRDB

/// Which of a partition's set-aside rows count after all: bots of rules that their site allows.
struct AllowedBots {
    /// The partition's numbers of the rules, by site.
    private let rules: [SiteID: Set<Int64>]

    init(_ sites: [Site], _ database: Database) throws {
        let allowing = sites.filter { !$0.settings.allowedBots.isEmpty }
        guard !allowing.isEmpty else {
            rules = [:]
            return
        }
        var numbers: [String: Int64] = [:]
        let rows = try Row.fetchCursor(
            database, sql: "SELECT text, id FROM text WHERE id IN (SELECT rule FROM set_aside)")
        while let row = try rows.next() { numbers[row[0]] = row[1] }
        rules = Dictionary(
            uniqueKeysWithValues: allowing.map { site in
                (site.id, Set(site.settings.allowedBots.compactMap { numbers[$0] }))
            }
        ).filter { !$0.value.isEmpty }
    }

    var isEmpty: Bool { rules.isEmpty }

    func contains(rule: Int64, of site: SiteID) -> Bool { rules[site]?.contains(rule) == true }

    /// How many there are, by local day.
    func days(
        of site: Site, in file: PartitionFile, _ database: Database
    ) throws -> [LocalDay: Int] {
        guard rules[site.id] != nil else { return [:] }
        var finder = DayFinder(calendar: site.calendar, near: file.day.startInUTC)
        var days: [LocalDay: Int] = [:]
        let rows = try Row.fetchCursor(
            database, sql: "SELECT time, rule FROM set_aside WHERE site = ?", arguments: [site.id])
        while let row = try rows.next() {
            guard contains(rule: row[1], of: site.id) else { continue }
            let time = file.day.startInUTC + TimeSpan(milliseconds: row[0])
            days[finder.day(of: time), default: 0] += 1
        }
        return days
    }
}
