import Analytics
import Foundation
import GRDB
import Testing

@testable import Storage

/// Day after day of a small site, folded each night: what has come to its term is nowhere, and the
/// folder grows no more.
@Suite("Simulated years")
struct SimulatedYearsTests {
    /// How long: months where terms are short, three years where they are what they are by default.
    enum Span: CaseIterable {
        case months, years

        static var ran: [Span] {
            ProcessInfo.processInfo.environment["FOOTFALL_SEEDS"] == nil ? [.months] : [.years]
        }

        var days: Int { self == .months ? 150 : 3 * 365 }
        var terms: RetentionTerms {
            self == .months ? RetentionTerms(rawDays: 7, rollupMonths: 2) : RetentionTerms()
        }
        /// Days after which both terms have been reached.
        var full: Int { self == .months ? 75 : 25 * 31 + 2 }
    }

    @Test("the folder's size is constant once the terms are reached", arguments: Span.ran)
    func constantSize(span: Span) throws {
        let folder = try TestFolder(at: "2026-01-01T00:30:00Z")
        let database = try folder.database()
        // Syncs are for power losses, of which there are none here.
        try database.queue.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA synchronous = OFF")
        }
        let site = try Traffic.addSite(database, createdAt: "2026-01-01T00:00:00Z")
        let first = LocalDay("2026-01-01")!
        var sizes: [Int] = []
        for number in 0..<span.days {
            let day = first.advanced(by: number)
            try folder.store(visits(of: site, on: day), isSynced: false)
            folder.clock.now = day.advanced(by: 1).startInUTC + .hours(1)
            let report = try folder.aggregator(database, terms: span.terms).run()
            #expect(report.problems.isEmpty, "\(day): \(report.problems)")
            let oldest = report.oldestRawEvent.map { $0.distance(to: day) } ?? 0
            #expect(oldest <= span.terms.rawDays, "\(day): oldest raw event")
            let firstKept = span.terms.firstRollupDay(on: day.advanced(by: 1))
            #expect(report.oldestRollup.map { $0 >= firstKept } ?? false, "\(day): oldest rollup")
            sizes.append(try size(of: folder))
        }
        let before = sizes[(span.full - 30)..<span.full].max()!
        let after = sizes[span.full...].max()!
        print("\(span): \(before) bytes when the terms were reached, \(after) at most since")
        // A month of 31 days, and where rows happen to be split.
        #expect(Double(after) <= Double(before) * 1.05)
        // Each day has pages of its own: those of the first days are in no file, page or log.
        for number in [0, 1, 20] {
            #expect(folder.files(holding: page(number).utf8).isEmpty, "\(page(number))")
        }
        #expect(!folder.files(holding: page(span.days - 1).utf8).isEmpty)
        let verified = try folder.aggregator(database, terms: span.terms).run(.verify)
        #expect(verified.problems.isEmpty)
    }

    private func page(_ day: Int) -> String { "/canary-\(day)-of-its-own" }

    private func visits(of site: Site, on day: LocalDay) -> [JournalEntry] {
        let number = LocalDay("2026-01-01")!.distance(to: day)
        return (0..<24).map { hour in
            let time = day.startInUTC + .hours(Int64(hour)) + .minutes(Int64(hour % 7))
            let path = hour % 4 == 0 ? page(number) : "/page-\(hour % 9)"
            let visitor = UInt64(number) << 8 | UInt64(hour / 3 + 1)
            return Traffic.kept(Traffic.view(site, visitor, at: time, path), of: site)
        }
    }

    private func size(of folder: TestFolder) throws -> Int {
        try folder.files().reduce(0) { sum, name in
            let facts = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)
            return sum + (facts[.size] as? Int ?? 0)
        }
    }
}
