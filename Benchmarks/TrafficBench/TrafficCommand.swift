import Analytics
import ArgumentParser
import Foundation
import Storage
import Synchronization

/// Fills the partition of one UTC day through the collector's own journal.
struct TrafficCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic", abstract: "Add made-up sites, and a day of their events.")

    @Option(help: "The data folder.") var data: String
    @Option(help: "The UTC day.") var day: String
    @Option(help: "How many events.") var events = 1_000_000
    @Option(help: "How many visitors.") var visitors = 200_000
    @Option(help: "How many sites share them: site0.test and on, on UTC.") var sites = 1
    @Option(help: "How many pages a site has.") var pages = 2_000
    @Option(help: "How many sources send visitors.") var sources = 50
    @Option(help: "The same seed makes the same traffic.") var seed: UInt64 = 1
    @Option(help: "Also write the pageviews to this file, in the combined log format.")
    var log: String?

    func run() throws {
        guard let day = LocalDay(day) else { throw ValidationError("--day is not a day") }
        let folder = try DataFolder(path: data)
        let database = try MainDatabase(folder: folder)
        let before = day.advanced(by: -40).startInUTC
        let known = try database.sites().count
        for number in known..<max(known, sites) {
            let epoch = SiteEpoch(
                start: before, timeZone: "UTC", rotation: .daily, sessionTimeout: .minutes(30))
            _ = try database.addSite(
                Domain("site\(number).test")!, epoch: epoch, settings: SiteSettings(), at: before)
        }
        let made = MadeTraffic(
            sites: Array(try database.sites().prefix(sites)), day: day, events: events,
            visitors: visitors, pages: pages, sources: sources, seed: seed)
        let rows = made.rows()
        try write(made, rows, to: folder, day)
        if let log { try writeLog(made, rows, to: log) }
        print("\(rows.count) events of \(visitors) visitors on \(sites) sites")
    }

    private func write(
        _ made: MadeTraffic, _ rows: [MadeTraffic.Row], to folder: DataFolder, _ day: LocalDay
    ) throws {
        let clock = Mutex(day.startInUTC)
        let journal = try Journal(
            folder: folder, clock: Clock { clock.withLock { $0 } }, newEntriesPerSite: 1_000_000)
        defer { journal.close() }
        for start in stride(from: 0, to: rows.count, by: Self.batch) {
            let entries = rows[start..<min(start + Self.batch, rows.count)]
                .map { made.entry(for: $0, day) }
            // What waited for longer than a minute would be refused.
            clock.withLock { $0 = entries[0].time }
            let written = DispatchSemaphore(value: 0)
            let failure = Mutex<Journal.Failure?>(nil)
            journal.submit(entries) { result in
                if case .failure(let error) = result { failure.withLock { $0 = error } }
                written.signal()
            }
            written.wait()
            if let error = failure.withLock({ $0 }) { throw error }
        }
    }

    private static let batch = 8_000

    private func writeLog(
        _ made: MadeTraffic, _ rows: [MadeTraffic.Row], to path: String
    ) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw ValidationError("\(path) can't be written") }
        var text = ""
        for row in rows where row.isPageview {
            text += made.logLine(of: row).text
            if text.utf8.count > 1 << 20 {
                try file.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }
}
