import Analytics
import Foundation
import Storage

/// Why lines of a local day are not imported.
package enum DayObstacle: String, Hashable, Sendable {
    /// Another import holds the day, and was not to be replaced.
    case imported = "day_imported"
    /// The collector received beacons of the day; an import never touches them.
    case beacons = "day_has_beacons"
    /// The site's today, without `--include-today`.
    case unfinished = "unfinished_day"
}

/// One local day's pageviews while a log is read.
final class ImportDay {
    let day: LocalDay
    /// In seconds since 1970.
    let bounds: Range<Int64>
    let obstacle: DayObstacle?
    let period: ImportPeriod
    fileprivate(set) var rows: [ImportRow] = []
    fileprivate(set) var spooledCount = 0
    /// Counted only: by the UTC day of their time.
    private(set) var drops: [LocalDay: [DropReason: Int]] = [:]
    /// Pageviews, bots and drops; with an obstacle, lines left alone.
    var lineCount = 0

    fileprivate init(
        day: LocalDay, bounds: Range<Int64>, obstacle: DayObstacle?, period: ImportPeriod
    ) {
        self.day = day
        self.bounds = bounds
        self.obstacle = obstacle
        self.period = period
    }

    var rowCount: Int { spooledCount + rows.count }

    func drop(_ reason: DropReason, at time: Instant) {
        drops[time.utcDay, default: [:]][reason, default: 0] += 1
    }
}

/// The rows of an import by local day. Past `rowsInMemory` they go to spool files in the draft's
/// folder, so that memory holds no more than that, or the largest day (I11).
struct ImportDays {
    /// 160 MB of rows.
    static let rowsInMemory = 4_000_000

    private let calendar: SiteCalendar
    private let spoolPath: String
    private let rowsInMemory: Int
    private let obstacle: (LocalDay) -> DayObstacle?
    private var days: [LocalDay: ImportDay] = [:]
    private var current: ImportDay?
    private var rowCount = 0

    init(
        calendar: SiteCalendar, spoolPath: String, rowsInMemory: Int = rowsInMemory,
        obstacle: @escaping (LocalDay) -> DayObstacle?
    ) {
        self.calendar = calendar
        self.spoolPath = spoolPath
        self.rowsInMemory = rowsInMemory
        self.obstacle = obstacle
    }

    /// By day; those without a line of their own are not among them.
    var all: [ImportDay] { days.values.sorted { $0.day < $1.day } }

    mutating func day(of seconds: Int64, _ visitors: inout LineVisitors) -> ImportDay {
        if let current, current.bounds.contains(seconds) { return current }
        let time = Instant(milliseconds: seconds * 1_000)
        // A local day is the UTC day or a neighbour of it, so known days are found without asking
        // the calendar, which is slow.
        for shift in -1...1 {
            if let known = days[time.utcDay.advanced(by: shift)], known.bounds.contains(seconds) {
                current = known
                return known
            }
        }
        let day = calendar.day(of: time)
        let (start, end) = (calendar.start(of: day), calendar.end(of: day))
        let new = ImportDay(
            day: day,
            bounds: Self.secondsUp(start)..<Self.secondsUp(end),
            obstacle: obstacle(day), period: visitors.period(of: day))
        days[day] = new
        current = new
        return new
    }

    /// The first whole second at or after an instant.
    private static func secondsUp(_ instant: Instant) -> Int64 {
        (instant.milliseconds + 999).floorDivided(by: 1_000)
    }

    mutating func append(_ row: ImportRow, to day: ImportDay) throws {
        day.rows.append(row)
        rowCount += 1
        if rowCount >= rowsInMemory { try spool() }
    }

    // MARK: Spool

    private mutating func spool() throws {
        for day in days.values where !day.rows.isEmpty {
            let path = path(of: day)
            let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw Self.failure(path) }
            defer { close(file) }
            // The rows hold integers only, and are written inside the closure.
            let isWritten = day.rows.withUnsafeBytes { Self.write($0, to: file) }
            guard isWritten else { throw Self.failure(path) }
            day.spooledCount += day.rows.count
            day.rows = []
        }
        rowCount = 0
    }

    /// All rows of a day in the order of time; the day holds none afterwards.
    func takeRows(of day: ImportDay) throws -> [ImportRow] {
        var rows = day.rows
        day.rows = []
        if day.spooledCount > 0 {
            rows.reserveCapacity(day.rowCount + rows.count)
            let path = path(of: day)
            let bytes: Data
            do {
                bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
            } catch {
                throw StorageError.folder(path: path, cause: error.localizedDescription)
            }
            // Written above from rows of the same layout, by this process.
            bytes.withUnsafeBytes { rows.append(contentsOf: $0.bindMemory(to: ImportRow.self)) }
            unlink(path)
        }
        rows.sort { $0.key < $1.key }
        return rows
    }

    private func path(of day: ImportDay) -> String { spoolPath + "/\(day.day).rows" }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The system copies the bytes before it returns.
            let count = Glibc.write(
                file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func failure(_ path: String) -> StorageError {
        .folder(path: path, cause: String(cString: strerror(errno)))
    }
}
