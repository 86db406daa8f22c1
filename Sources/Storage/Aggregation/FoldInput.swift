package import Analytics
import Crypto
import Foundation

/// What is known of the raw events without reading them: which days they are of, which of these
/// can be folded, and whether they have changed.
package struct FoldInput: Sendable {
    /// Raised when the fold's rules change, so that foldable days are folded again; under 256.
    private static let rulesVersion = 4

    /// What a rollup was folded by: the fold's own rules, and the site's. Another number, and its
    /// foldable days are folded again; the same number for the same rules, also if others were in
    /// force in between.
    package static func rulesVersion(of site: Site) -> Int {
        let settings = site.settings
        let goals = settings.goals.map { goal in
            let value = goal.value.map { " \($0.currency) \($0.minorUnits)" } ?? ""
            return "goal \(goal.name)\n\(goal.target.text)\(value)"
        }
        let funnels = settings.funnels.map { funnel in
            "funnel \(funnel.name)\n" + funnel.steps.map(\.text).joined(separator: "\n")
        }
        let bots = settings.allowedBots.map { "bot \($0)" }
        // The first that fits names a session's channel: their order is a rule, too.
        let channels = settings.channels.map { channel in
            "channel \(channel.name)\n" + channel.conditions.map(\.text).joined(separator: "\n")
        }
        let rules =
            (settings.exclusions.map(\.sessions.text) + goals + funnels + bots).sorted() + channels
        guard !rules.isEmpty else { return rulesVersion }
        let hash = SHA256.hash(data: Data(rules.joined(separator: "\n").utf8))
        return hash.prefix(6).reduce(0) { $0 << 8 | Int($1) } << 8 | rulesVersion
    }

    private let received: [SiteID: [LocalDay: [String: Int]]]
    /// Partitions that can't be read, as far as that is known.
    package private(set) var unreadable: [UnreadablePartition]
    private let deletedThrough: LocalDay?
    private let importsDeletedThrough: [Int64: LocalDay]
    private let importSites: [Int64: SiteID]

    package init(folder: DataFolder, database: MainDatabase) throws(StorageError) {
        let counts = try EventReader(folder: folder).received()
        received = counts.bySite
        unreadable = counts.unreadable
        deletedThrough = try database.note(.deletedThrough)
            .map { LocalDay(daysSince1970: Int32($0)) }
        importsDeletedThrough = try database.importsDeletedThrough()
        importSites = try database.importSites()
    }

    /// The local days that any partition has beacons of.
    package func days(of site: Site) -> Set<LocalDay> { Set((received[site.id] ?? [:]).keys) }

    package func hasBeacons(of site: Site, on day: LocalDay) -> Bool {
        received[site.id]?[day] != nil
    }

    /// Whether the collector's own partitions have beacons of the day.
    func hasCollectedBeacons(of site: Site, on day: LocalDay) -> Bool {
        (received[site.id]?[day] ?? [:]).keys.contains {
            PartitionFile(folder: "", name: $0)?.importID == nil
        }
    }

    /// How many beacons the readable partitions have received of a day.
    func countOfBeacons(of site: Site, on day: LocalDay) -> Int {
        (received[site.id]?[day] ?? [:]).values.reduce(0, +)
    }

    /// Whether all raw events are there that a day's sessions and salt period reach back to.
    ///
    /// - Parameter importID: the import that brought the day, if one did; its sessions reach back
    ///   into that import alone.
    package func isFoldable(
        _ day: LocalDay, calendar: SiteCalendar, importID: Int64?
    ) -> Bool {
        let start = FoldWindow.start(of: day, in: calendar).utcDay
        let deleted = importID.map { importsDeletedThrough[$0] } ?? deletedThrough
        return deleted.map { $0 < start } ?? true
    }

    /// A short text that changes when any event is added that the day's fold may read.
    package func fingerprint(of day: LocalDay, _ site: Site, _ calendar: SiteCalendar) -> String {
        let days = received[site.id] ?? [:]
        let first = calendar.day(of: FoldWindow.start(of: day, in: calendar))
        let last = calendar.day(of: FoldWindow.end(of: day, in: calendar))
        let text = (first...last).flatMap { near in
            (days[near] ?? [:]).sorted { $0.key < $1.key }.map { "\(near) \($0.key) \($0.value)" }
        }.joined(separator: "\n")
        let hash = SHA256.hash(data: Data(text.utf8))
        return hash.prefix(12).map { UInt64($0).hexadecimal }.joined()
    }

    // MARK: Partitions that can't be read

    /// A fold came upon partitions that can't be read to their end.
    mutating func note(_ failed: [UnreadablePartition]) { unreadable += failed }

    /// One that may hold events of the day itself.
    func partition(hiding day: LocalDay, of site: Site) -> UnreadablePartition? {
        // Nearly always there is none: no calendar is asked then.
        guard !unreadable.isEmpty else { return nil }
        let calendar = site.calendar
        return unreadable(of: site, in: calendar.start(of: day)..<calendar.end(of: day))
    }

    /// One that a fold of the day reads: it may hold the begin or the end of the day's sessions, or
    /// tell that a visitor is not new to the salt period.
    func partition(hidingInputOf day: LocalDay, of site: Site) -> UnreadablePartition? {
        guard !unreadable.isEmpty else { return nil }
        let calendar = site.calendar
        return unreadable(
            of: site,
            in: FoldWindow.start(of: day, in: calendar)..<FoldWindow.end(of: day, in: calendar))
    }

    private func unreadable(of site: Site, in window: Range<Instant>) -> UnreadablePartition? {
        unreadable.first { failed in
            failed.file.touches(window)
                && failed.file.importID.map { importSites[$0] == site.id } ?? true
        }
    }
}

extension UInt64 {
    fileprivate var hexadecimal: String {
        let text = String(self, radix: 16)
        return text.count < 2 ? "0" + text : text
    }
}
