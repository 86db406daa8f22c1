package import Analytics

/// What became of a line of a log.
package enum LineFate: String, Hashable, Sendable, CaseIterable {
    case pageview
    /// Counted in the books as `bot`, and set aside.
    case bot
    /// The site's excluded addresses.
    case excluded
    /// A host that the site does not count.
    case foreignHost = "foreign_host"
    /// Another site's line, by its virtual host.
    case otherHost = "other_host"
    /// A style, a picture, a download: nothing that is a page.
    case asset
    /// Not GET, or no request at all.
    case method
    /// Neither 200 to 299 nor 304.
    case status
    case unreadable
    case dayImported = "day_imported"
    case dayHasBeacons = "day_has_beacons"
    case unfinishedDay = "unfinished_day"
    /// Older than rollups are kept.
    case pastTerm = "past_term"
    /// After the machine's own clock.
    case future

    init(_ obstacle: DayObstacle) {
        switch obstacle {
        case .imported: self = .dayImported
        case .beacons: self = .dayHasBeacons
        case .unfinished: self = .unfinishedDay
        }
    }
}

/// What an import did.
package struct ImportSummary: Hashable, Sendable {
    package struct DayCount: Hashable, Sendable {
        package var day: LocalDay
        package var lines: Int
    }

    package struct DayLeftAlone: Hashable, Sendable {
        package var day: LocalDay
        package var obstacle: DayObstacle
        package var lines: Int
    }

    /// `nil` when there was nothing to import, so that nothing was recorded.
    package var importID: Int64?
    /// All lines but blank ones.
    package var lines = 0
    package var fates: [LineFate: Int] = [:]
    /// The days that were filled, with their pageviews, bots and drops.
    package var days: [DayCount] = []
    /// Those of them that another import held before.
    package var replaced: [LocalDay] = []
    package var leftAlone: [DayLeftAlone] = []

    package init() {}

    package subscript(fate: LineFate) -> Int { fates[fate] ?? 0 }

    /// By name, as the record of imports keeps them.
    package var counts: [String: Int] {
        Dictionary(uniqueKeysWithValues: fates.map { ($0.key.rawValue, $0.value) })
            .merging(["lines": lines]) { count, _ in count }
    }
}

/// How far an import is.
package enum ImportProgress: Hashable, Sendable {
    /// Bytes of the files; `total` is `nil` when nobody knows, as of standard input.
    case reading(done: Int64, total: Int64?)
    /// Local days.
    case writing(done: Int, total: Int)
    /// Waits for an aggregation that runs, and renames the files into place.
    case publishing
}

/// A line that can't be read, told without a byte of it: it holds an address (I3).
package struct UnreadableLine: Hashable, Sendable, CustomStringConvertible {
    /// As the caller named it.
    package var file: String
    /// From 1.
    package var number: Int
    package var reason: String

    /// `access.log, line 12: has no status and size after the request`. Control signs of the
    /// file's name can't reach a terminal (I10).
    package var description: String {
        let name = file == "-" ? "standard input" : LogImportError.shown(file)
        return "\(name), line \(number): \(reason)"
    }
}
