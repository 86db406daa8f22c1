import Analytics
import Foundation
import Synchronization
import Testing

@testable import Dashboard
@testable import Storage

/// A data folder of its own with one site, and a clock that is moved by hand.
final class TestSite: Sendable {
    let folder: DataFolder
    let database: MainDatabase
    let site: Site
    private let time: Mutex<Instant>

    var now: Instant {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    var clock: Clock { Clock { self.now } }
    var reader: FigureReader { FigureReader(folder: folder, database: database, clock: clock) }

    init(now: String = "2026-11-22T12:32:10Z", rotation: Rotation = .daily) throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "footfall-dashboard-\(UUID())").path
        folder = try DataFolder(path: path)
        database = try MainDatabase(folder: folder)
        time = Mutex(try #require(Instant(now)))
        site = try database.addSite(
            try #require(Domain("shop.test")),
            epoch: SiteEpoch(
                start: try #require(Instant("2026-01-01T00:00:00Z")), timeZone: "Europe/Riga",
                rotation: rotation),
            settings: SiteSettings(), at: time.withLock { $0 })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    func report(
        _ period: String, filter: SessionFilter? = nil, notes: [Note] = []
    ) throws -> DashboardReport {
        try DashboardBuilder(
            definition: try .overview(), reader: reader, folder: folder, database: database
        ).report(
            of: site, period: try Period(period), filter: filter, now: now, notes: notes)
    }

    /// A day that was folded and sealed: as many visitors, each with a session of two pageviews.
    func addRollup(_ day: String, visitors: Int, pages: [String: Int] = ["/": 1]) throws {
        let day = try #require(LocalDay(day))
        var figures = DayFigures(day: day)
        figures.totals.visitors = visitors
        figures.totals.newVisitors = visitors
        figures.totals.sessions = visitors
        figures.totals.pageviews = visitors * 2
        for _ in 0..<visitors { figures.totals.durations.add(60_000) }
        for (page, count) in pages {
            var row = Figures()
            row.visitors = count
            row.pageviews = count
            figures.rows[.page, default: [:]][page] = row
        }
        figures.rows[.hour] = ["10:00": figures.totals]
        _ = try database.replace(
            figures, books: Books(received: visitors * 2, kept: visitors * 2),
            as: RollupDay(
                day: day, isSealed: true, rulesVersion: 1, input: "x", foldedAt: now),
            of: site)
        try database.setNote(.lastAggregation, now.milliseconds)
    }

    /// Pageviews as the collector would have kept them: visitor, time and path.
    func addPageviews(_ views: [(visitor: UInt64, time: String, path: String)]) async throws {
        let now = now
        defer { self.now = now }
        for view in views {
            let time = try #require(Instant(view.time))
            // The journal refuses what waits too long by its clock.
            self.now = time
            let journal = try Journal(folder: folder, clock: clock)
            let event = Event(
                site: site.id, visitor: Visitor(value: view.visitor), time: time, kind: .pageview,
                page: Page(host: "shop.test", path: view.path))
            let entry = JournalEntry(
                site: site.id, day: site.calendar.day(of: time), time: time, fate: .kept(event))
            try await withCheckedThrowingContinuation { continuation in
                journal.submit([entry]) { continuation.resume(with: $0) }
            }
            journal.close()
        }
    }
}

extension DashboardReport {
    var header: [HeaderFigure] {
        panels.compactMap { if case .header(let figures) = $0 { figures } else { nil } }
            .flatMap(\.self)
    }

    var chart: ChartSeries? {
        panels.compactMap { if case .chart(let series) = $0 { series } else { nil } }.first
    }

    func table(_ title: String) -> ReportTable? {
        panels.compactMap { if case .table(let table) = $0 { table } else { nil } }
            .first { $0.title == title }
    }

    var books: Books? {
        panels.compactMap { if case .books(let books) = $0 { books } else { nil } }.first
    }
}
