import Analytics
import GRDB
import GRDBSQLite

/// Reads one partition's events into a window, its dictionaries' numbers mapped to the window's.
struct PartitionReading {
    let file: PartitionFile
    let start: Instant
    let end: Instant
    let sites: Set<SiteID>
    let allowedBots: AllowedBots

    func read(_ database: Database, into window: inout EventWindow) throws {
        let numbers = try PartitionNumbers(mapping: database, to: &window.vocabulary)
        let statement = try database.cachedStatement(
            sql: """
                SELECT time, site, visitor, name, page, acquisition, profile, engaged_ms,
                    scroll_depth, seq
                FROM event ORDER BY seq
                """)
        try read(statement, numbers, EventExtras(database, .kept), into: &window)
        guard !allowedBots.isEmpty else { return }
        let bots = try database.cachedStatement(
            sql: """
                SELECT time, site, visitor, name, page, acquisition, profile, engaged_ms,
                    scroll_depth, seq, rule
                FROM set_aside ORDER BY seq
                """)
        try read(bots, numbers, EventExtras(database, .setAside), allowedBots, into: &window)
    }

    /// - Parameter allowed: of which rules rows are read; `nil` reads every row.
    private func read(
        _ statement: Statement, _ numbers: PartitionNumbers, _ extras: EventExtras,
        _ allowed: AllowedBots? = nil, into window: inout EventWindow
    ) throws {
        let dayStart = file.day.startInUTC.milliseconds
        let bounds = (start.milliseconds - dayStart)..<(end.milliseconds - dayStart)
        var lists = SiteLists(sites, taking: &window)
        defer { lists.giveBack(to: &window) }
        try statement.run(row: { handle in
            let time = sqlite3_column_int64(handle, 0)
            let rowSite = sqlite3_column_int64(handle, 1)
            if bounds.contains(time), lists.choose(rowSite),
                allowed?.contains(rule: sqlite3_column_int64(handle, 10), of: rowSite) ?? true
            {
                guard var event = event(handle, at: dayStart + time, numbers) else {
                    throw DatabaseError(
                        resultCode: .SQLITE_CORRUPT, message: "an event's number is no text's")
                }
                if !event.isEngagement,
                    let (properties, revenue, transaction) =
                        try extras.extras(of: sqlite3_column_int64(handle, 9))
                {
                    event.name = window.number(
                        of: event, of: rowSite, bringing: properties, revenue, transaction)
                    // What is no time and no depth of an engagement update.
                    if event.isEngagement { (event.acquisition, event.profile) = (0, 0) }
                }
                lists.append(event)
            }
        })
    }

    /// `nil` where a number stands for no text of the partition, as a flipped bit makes it: SQLite
    /// keeps no checksums.
    private func event(
        _ row: OpaquePointer, at time: Int64, _ numbers: PartitionNumbers
    ) -> FoldEvent? {
        let name = sqlite3_column_int64(row, 3)
        let visitor = UInt64(bitPattern: sqlite3_column_int64(row, 2))
        guard let page = numbers.pages[number: sqlite3_column_int64(row, 4)] else { return nil }
        if name == FoldEvent.engagement {
            return FoldEvent(
                visitor: visitor, time: time, name: FoldEvent.engagement, page: page,
                acquisition: UInt32(clamping: sqlite3_column_int64(row, 7)),
                // NULL reads as 0, so a depth of none is told apart by its type.
                profile: sqlite3_column_type(row, 8) == SQLITE_NULL
                    ? 0 : UInt32(clamping: min(sqlite3_column_int64(row, 8), 100) + 1))
        }
        guard let acquisition = numbers.acquisitions[number: sqlite3_column_int64(row, 5)],
            let profile = numbers.profiles[number: sqlite3_column_int64(row, 6)],
            let event = name == FoldEvent.pageview
                ? FoldEvent.pageview : numbers.names[number: name]
        else { return nil }
        return FoldEvent(
            visitor: visitor, time: time, name: event, page: page, acquisition: acquisition,
            profile: profile)
    }
}

/// A window's lists of events, by a number for each site: rows of many sites come mixed, and to look
/// a site up costs more than all else of a row.
private struct SiteLists {
    private let sites: [SiteID]
    private let numbers: [SiteID: Int]
    private var lists: [EventBuckets]
    private var site: SiteID?
    private var number: Int?

    init(_ sites: Set<SiteID>, taking window: inout EventWindow) {
        self.sites = Array(sites)
        numbers = Dictionary(
            uniqueKeysWithValues: self.sites.enumerated().map { ($0.element, $0.offset) })
        lists = []
        for site in self.sites {
            lists.append(window.events.removeValue(forKey: site) ?? EventBuckets())
        }
    }

    /// Whether the site's events are wanted; those that are appended then are its.
    mutating func choose(_ site: SiteID) -> Bool {
        if site != self.site {
            self.site = site
            number = numbers[site]
        }
        return number != nil
    }

    mutating func append(_ event: FoldEvent) {
        if let number { lists[number].append(event) }
    }

    func giveBack(to window: inout EventWindow) {
        for (site, list) in zip(sites, lists) where !list.isEmpty { window.events[site] = list }
    }
}

/// A partition's numbers of its texts → those of a window's vocabulary.
private struct PartitionNumbers {
    private(set) var pages: [UInt32] = []
    private(set) var acquisitions: [UInt32] = []
    private(set) var profiles: [UInt32] = []
    private(set) var names: [Int32] = []

    init(mapping database: Database, to vocabulary: inout Vocabulary) throws {
        try PartitionRows.forEachPage(database) {
            try Self.set(&pages, $0, vocabulary.number(of: $1))
        }
        try PartitionRows.forEachAcquisition(database) {
            try Self.set(&acquisitions, $0, vocabulary.number(of: $1))
        }
        try PartitionRows.forEachProfile(database) {
            try Self.set(&profiles, $0, vocabulary.number(of: $1))
        }
        try PartitionRows.forEachName(database) {
            try Self.set(&names, $0, vocabulary.number(ofEvent: $1, isInteractive: $2))
        }
    }

    /// More texts than any partition has; a greater number is damage, and would take all memory.
    private static let highest: Int64 = 1 << 26

    private static func set<Number: FixedWidthInteger>(
        _ numbers: inout [Number], _ id: Int64, _ number: Number
    ) throws {
        guard (0..<highest).contains(id) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(id) is no text's number")
        }
        while numbers.count <= Int(id) { numbers.append(0) }
        numbers[Int(id)] = number
    }
}

extension [UInt32] {
    fileprivate subscript(number id: Int64) -> UInt32? {
        id >= 0 && id < count ? self[Int(id)] : nil
    }
}

extension [Int32] {
    /// Names are numbered from 1.
    fileprivate subscript(number id: Int64) -> Int32? {
        id > 0 && id < count ? self[Int(id)] : nil
    }
}
