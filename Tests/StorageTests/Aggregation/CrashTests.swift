import Analytics
import Foundation
import GRDBSQLite
import Testing

@testable import Storage

/// I7: a rollup is written whole or not at all, wherever a run is killed.
@Suite("Aggregation: killed at any write")
struct CrashTests {
    private static func fill(_ folder: TestFolder, _ database: MainDatabase) throws {
        let sites = try database.sites()
        var generator = SeededGenerator(seed: 7)
        var entries: [JournalEntry] = []
        for number in 0..<120 {
            let site = sites[number % sites.count]
            let time = Instant("2026-11-19T09:00:00Z")! + .minutes(Int64(number) * 17)
            entries.append(
                Traffic.kept(
                    Traffic.view(
                        site, .random(in: 1...20, using: &generator), at: time, "/\(number % 7)",
                        source: "S\(number % 5)"), of: site))
        }
        try folder.store(entries)
    }

    private static func prepared() throws -> (TestFolder, MainDatabase) {
        WatchedFiles.install()
        let folder = try TestFolder()
        let database = try folder.database()
        try Traffic.addSite(database)
        try Traffic.addSite(database, "b.test", zone: "Europe/Riga", rotation: .weekly)
        try fill(folder, database)
        return (folder, database)
    }

    @Test("the next run gives the same rows, and no day was ever half there")
    func everyWrite() throws {
        let now = "2026-11-21T20:00:00Z"
        let (whole, wholeDatabase) = try Self.prepared()
        try whole.aggregate(wholeDatabase, at: now)
        let text = try wholeDatabase.canonicalText()
        var crashes = 0
        // Growing steps reach every phase of the run without trying each of its thousand writes.
        var after = 0
        while true {
            let (folder, first) = try Self.prepared()
            var database: MainDatabase? = first
            WatchedFiles.fail(.init(prefix: folder.data.databasePath, after: after))
            let died = (try? folder.aggregate(first, at: now)) == nil
            database = nil
            WatchedFiles.heal(folder.data.databasePath)
            #expect(database == nil)
            try Self.expectWholeDays(folder, like: wholeDatabase)
            let again = try folder.database()
            try folder.aggregate(again, at: now)
            #expect(try again.canonicalText() == text, "killed after \(after) writes")
            #expect(try folder.aggregate(again, at: now, .verify).problems.isEmpty)
            guard died else { break }
            crashes += 1
            after += 1 + after / 3
        }
        #expect(crashes > 8)
    }

    private static func expectWholeDays(_ folder: TestFolder, like whole: MainDatabase) throws {
        let database = try folder.database()
        for (site, wholeSite) in zip(try database.sites(), try whole.sites()) {
            for day in try database.rollupDays(of: site).keys {
                #expect(
                    try database.storedDay(day, of: site)?.figures
                        == whole.storedDay(day, of: wholeSite)?.figures)
                #expect(
                    try database.books(of: site, on: day...day)
                        == whole.books(of: wholeSite, on: day...day))
            }
        }
    }
}
