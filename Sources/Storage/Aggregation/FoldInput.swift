package import Analytics
import Crypto
import Foundation

/// What is known of the raw events without reading them: which days they are of, which of these
/// can be folded, and whether they have changed.
package struct FoldInput: Sendable {
    /// Raised when the fold's rules change, so that foldable days are folded again.
    package static let rulesVersion = 1

    private let received: [SiteID: [LocalDay: [String: Int]]]
    private let deletedThrough: LocalDay?
    private let importsDeletedThrough: [Int64: LocalDay]

    package init(folder: DataFolder, database: MainDatabase) throws(StorageError) {
        received = try EventReader(folder: folder).received()
        deletedThrough = try database.note(.deletedThrough)
            .map { LocalDay(daysSince1970: Int32($0)) }
        importsDeletedThrough = try database.importsDeletedThrough()
    }

    /// The local days that any partition has beacons of.
    package func days(of site: Site) -> Set<LocalDay> { Set((received[site.id] ?? [:]).keys) }

    package func hasBeacons(of site: Site, on day: LocalDay) -> Bool {
        received[site.id]?[day] != nil
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
}

extension UInt64 {
    fileprivate var hexadecimal: String {
        let text = String(self, radix: 16)
        return text.count < 2 ? "0" + text : text
    }
}
