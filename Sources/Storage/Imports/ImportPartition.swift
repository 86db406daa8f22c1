import Analytics
import Foundation
import GRDB
import GRDBSQLite

/// Writes one partition of an import at once. The draft of a killed import is thrown away, so
/// nothing is synced or journaled on the way; the finished file is synced.
struct ImportPartition {
    let file: PartitionFile
    let site: SiteID

    /// - Parameters:
    ///   - rows: in the order of time, all of the file's UTC day and local day.
    ///   - drops: beacons of that time of which nothing but the count is kept.
    func write(
        _ rows: ArraySlice<ImportRow>, _ vocabulary: ImportVocabulary, drops: [DropReason: Int]
    ) throws(StorageError) {
        try naming(file.path) {
            let queue = try DatabaseQueue(path: file.path)
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = OFF")
                try database.execute(sql: "PRAGMA synchronous = OFF")
                try database.inTransaction {
                    try PartitionSchema.create(in: database)
                    var writing = try Writing(database, site, file.day, vocabulary)
                    for row in rows { try writing.insert(row) }
                    try writeBooks(
                        received: rows.count, drops, botCount: writing.botCount, database)
                    return .commit
                }
            }
            try queue.close()
        }
        try syncFile(file.path)
    }

    private func writeBooks(
        received: Int, _ drops: [DropReason: Int], botCount: Int, _ database: Database
    ) throws {
        guard let localDay = file.localDay else { return }
        var counts = [("received", received + drops.values.reduce(0, +))]
        counts += drops.map { ($0.key.rawValue, $0.value) }
        counts.append((DropReason.bot.rawValue, botCount))
        for (reason, count) in counts where count > 0 {
            try database.cachedStatement(sql: "INSERT INTO books VALUES (?, ?, ?, ?)")
                .execute(arguments: [site, Int64(localDay.daysSince1970), reason, count])
        }
    }
}

/// The statements and numbers of one partition while it is written.
private struct Writing {
    private let database: Database
    private let vocabulary: ImportVocabulary
    private let site: SiteID
    private let dayStart: Int64
    private let event: Statement
    private let setAside: Statement
    private var dictionaries: PartitionDictionaries
    // The import's numbers → the partition's; 0 where the text is not in the partition yet.
    private var pages: [Int64]
    private var acquisitions: [Int64]
    private var profiles: [Int64]
    private var rules: [Int64]
    private var sequence: Int64 = 0
    private(set) var botCount = 0

    init(
        _ database: Database, _ site: SiteID, _ day: LocalDay, _ vocabulary: ImportVocabulary
    ) throws {
        self.database = database
        self.vocabulary = vocabulary
        self.site = site
        dayStart = day.startInUTC.milliseconds
        dictionaries = try PartitionDictionaries(
            loadingFrom: database, limitPerSite: PartitionDictionaries.limit)
        pages = Array(repeating: 0, count: vocabulary.pages.values.count)
        acquisitions = Array(repeating: 0, count: vocabulary.acquisitions.values.count)
        profiles = Array(repeating: 0, count: vocabulary.profiles.values.count)
        rules = Array(repeating: 0, count: vocabulary.rules.values.count)
        event = try database.makeStatement(
            sql: "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)")
        setAside = try database.makeStatement(
            sql: "INSERT INTO set_aside VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)")
        // What is the same in every row is bound once: a reset keeps what was bound.
        for statement in [event, setAside] {
            sqlite3_bind_int64(statement.sqliteStatement, 2, site)
            sqlite3_bind_int64(statement.sqliteStatement, 5, Int64(FoldEvent.pageview))
        }
    }

    mutating func insert(_ row: ImportRow) throws {
        if row.rule == 0 {
            sequence += 1
            try bind(row, first: sequence, event)
            try event.run()
        } else {
            botCount += 1
            guard botCount <= PartitionWriter.setAsideLimit else { return }
            try bind(row, first: Int64(botCount), setAside)
            let rule = Int(row.rule)
            if rules[rule] == 0 {
                rules[rule] = try dictionaries.number(
                    ofText: vocabulary.rules.values[rule], site, database)
            }
            sqlite3_bind_int64(setAside.sqliteStatement, 9, rules[rule])
            try setAside.run()
        }
    }

    private mutating func bind(
        _ row: ImportRow, first: Int64, _ statement: Statement
    ) throws {
        let (page, acquisition, profile) = (
            Int(row.page), Int(row.acquisition), Int(row.profile)
        )
        if pages[page] == 0 {
            pages[page] = try dictionaries.number(
                of: Shared(vocabulary.pages.values[page]), site, database)
        }
        if acquisitions[acquisition] == 0 {
            acquisitions[acquisition] = try dictionaries.number(
                of: Shared(vocabulary.acquisitions.values[acquisition]), site, database)
        }
        if profiles[profile] == 0 {
            profiles[profile] = try dictionaries.number(
                of: Shared(vocabulary.profiles.values[profile]), site, database)
        }
        let handle = statement.sqliteStatement
        sqlite3_bind_int64(handle, 1, first)
        if row.visitor == FoldEvent.noVisitor {
            sqlite3_bind_null(handle, 3)
        } else {
            sqlite3_bind_int64(handle, 3, Int64(bitPattern: row.visitor))
        }
        sqlite3_bind_int64(handle, 4, row.time.milliseconds - dayStart)
        sqlite3_bind_int64(handle, 6, pages[page])
        sqlite3_bind_int64(handle, 7, acquisitions[acquisition])
        sqlite3_bind_int64(handle, 8, profiles[profile])
    }
}

/// Makes a file's content durable.
func syncFile(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        throw .folder(path: path, cause: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
        throw .folder(path: path, cause: String(cString: strerror(errno)))
    }
}
