import Analytics
import Foundation
import Storage
import Testing

@testable import Dashboard

@Suite("Building a dashboard")
struct DashboardBuilderTests {
    @Test("a site without any event says what to paste, and nothing else")
    func noEvent() throws {
        let site = try TestSite()
        let report = try site.report("30d")
        #expect(
            report.state
                == .noEventYet(
                    trackerLine: """
                        <script defer data-site="shop.test" \
                        src="https://YOUR-SERVER/footfall.js"></script>
                        """))
        #expect(report.panels == [.now(visitors: 0), .books(Books())])
        #expect(report.notes.isEmpty)
    }

    @Test("today's traffic shows before cron has ever run")
    func today() async throws {
        let site = try TestSite()
        try await site.addPageviews([
            (2, "2026-11-22T07:00:00Z", "/"), (1, "2026-11-22T12:30:00Z", "/"),
            (1, "2026-11-22T12:31:00Z", "/veikals"),
        ])
        let report = try site.report("today")
        #expect(report.state == .figures)
        #expect(report.asOf.clock == "14:32")
        #expect(
            report.header.map(\.value)
                == [2, 2, 3, 0.5, 60.0].map { value in
                    value == 60 ? report.header[4].value : value
                })
        #expect(report.header.allSatisfy { $0.change == .new })
        #expect(report.panels.contains(.now(visitors: 1)))
        #expect(report.books == Books(received: 3, kept: 3))
        let pages = try #require(report.table("Pages"))
        #expect(pages.metrics == [.visitors, .pageviews])
        #expect(pages.rows.map(\.value) == ["/", "/veikals"])
        #expect(pages.rows.map(\.share) == [1, 0.5])
        let chart = try #require(report.chart)
        #expect(chart.unit == .hour && chart.points.count == 24)
        let seen = chart.points.filter { ($0.value ?? 0) > 0 }.compactMap(\.hour)
        #expect(seen == ["09:00", "14:00"])
        #expect(chart.points.filter { $0.value == nil }.count == 9)
        #expect(chart.points.filter(\.isComplete).count == 14)
    }

    @Test("a filter keeps sessions, and leaves out what is of all")
    func filtered() async throws {
        let site = try TestSite()
        try await site.addPageviews([
            (1, "2026-11-21T09:00:00Z", "/veikals"), (1, "2026-11-22T12:30:00Z", "/"),
            (1, "2026-11-22T12:31:00Z", "/veikals"), (2, "2026-11-22T07:00:00Z", "/"),
        ])
        let filter = SessionFilter([
            FilterCondition(dimension: .page, .like, value: "/v*"),
            FilterCondition(dimension: .browser, .unequal, value: "Netscape"),
        ])
        let report = try site.report("today", filter: filter)
        #expect(report.state == .figures)
        #expect(report.header.map(\.value).prefix(3) == [1, 1, 2])
        #expect(report.table("Pages")?.rows.map(\.value) == ["/", "/veikals"])
        #expect(report.books == nil && !report.panels.contains(.now(visitors: 1)))
        let text = TextRenderer(width: 80, usesColour: false, usesASCII: false).render(report)
        #expect(text.contains("\nSessions with page~/v*, browser!=Netscape\n"))
        #expect(report.json.text.contains(#""filters":["page~/v*","browser!=Netscape"]"#))

        let none = try site.report(
            "today", filter: SessionFilter(dimension: .page, value: "/nowhere"))
        let empty = TextRenderer(width: 80, usesColour: false, usesASCII: false).render(none)
        #expect(empty.contains("No session of this period is like that."))
    }

    @Test("where the raw events of the days before are gone, nothing is compared with a filter")
    func filteredWithoutBefore() async throws {
        let site = try TestSite()
        try site.addRollup("2026-11-10", visitors: 3)
        try site.addRollup("2026-11-14", visitors: 3)
        try await site.addPageviews([
            (1, "2026-11-21T09:00:00Z", "/"), (1, "2026-11-22T12:30:00Z", "/"),
        ])
        let gone = Int64(try #require(LocalDay("2026-11-15")).daysSince1970)
        try site.database.setNote(.deletedThrough, gone)
        let report = try site.report(
            "5d", filter: SessionFilter(dimension: .page, value: "/"))
        #expect(report.header.contains { $0.value == 2 })
        #expect(report.header.allSatisfy { $0.change == nil })
        #expect(report.chart?.points.allSatisfy { $0.before == nil } == true)
        #expect(report.chart?.daysBefore == nil)
    }

    @Test("raw events that can't be read are told; the days that rollups hold are shown")
    func unreadable() async throws {
        let site = try TestSite()
        try site.addRollup("2026-11-20", visitors: 3)
        try await site.addPageviews([(1, "2026-11-22T12:30:00Z", "/")])
        let file = site.folder.eventsPath + "/2026-11-22.sqlite"
        let size = try Data(contentsOf: URL(fileURLWithPath: file)).count
        try Data(repeating: 0x5a, count: size).write(to: URL(fileURLWithPath: file))
        let report = try site.report("7d")
        #expect(report.books == Books(received: 6, kept: 6))
        #expect(report.chart?.points.compactMap(\.value).reduce(0, +) == 3)
        let warnings = report.notes.filter(\.isWarning).map(\.text)
        #expect(warnings.contains { $0.contains("2026-11-22.sqlite cannot be read") })
        // The same time of the day before can't be told either.
        let today = try site.report("today")
        #expect(today.notes.contains { $0.text.contains("2026-11-22.sqlite") })
    }

    @Test("a time zone that was announced is not told before it is in force")
    func zoneToCome() throws {
        let site = try TestSite()
        var next = site.site.nextEpoch(at: site.now)
        next.timeZone = "Asia/Tokyo"
        try site.database.updateSite(
            site.site, settings: SiteSettings(), nextEpoch: next, at: site.now)
        let changed = try site.database.site(named: "shop.test")
        let builder = DashboardBuilder(
            definition: try .overview(), reader: site.reader, folder: site.folder,
            database: site.database)
        func zone(at now: Instant) throws -> String {
            try builder.report(of: changed, period: .standard, now: now).timeZone
        }
        #expect(try zone(at: site.now) == "Europe/Riga")
        #expect(try zone(at: next.start) == "Asia/Tokyo")
    }

    @Test("today is compared with the day before cut at the same time")
    func sameTime() async throws {
        let site = try TestSite()
        try await site.addPageviews([
            (9, "2026-11-19T10:00:00Z", "/"),
            // Yesterday by 14:32 there were two visitors, by the evening four.
            (1, "2026-11-21T08:00:00Z", "/"), (2, "2026-11-21T12:32:00Z", "/"),
            (3, "2026-11-21T12:33:00Z", "/"), (4, "2026-11-21T18:00:00Z", "/"),
            (5, "2026-11-22T09:00:00Z", "/"), (6, "2026-11-22T10:00:00Z", "/"),
            (7, "2026-11-22T11:00:00Z", "/"),
        ])
        let report = try site.report("today")
        #expect(report.header[0] == HeaderFigure(.metric(.visitors), 3, change: .relative(0.5)))
        #expect(report.chart?.points.compactMap(\.before).reduce(0, +) == 4)
    }

    @Test("over many days under a daily rotation there are daily visitors, and never visitors")
    func dailyVisitors() throws {
        let site = try TestSite()
        for day in 1...21 {
            try site.addRollup("2026-11-\(day.padded(to: 2))", visitors: day > 14 ? 30 : 20)
        }
        let report = try site.report("7d")
        // 16 to 21 November are complete, 9 to 14 their counterparts.
        #expect(report.header[0] == HeaderFigure(.visitorsADay, 30, change: .relative(0.5)))
        #expect(report.header[1] == HeaderFigure(.metric(.sessions), 180, change: .relative(0.5)))
        #expect(report.table("Pages")?.metrics == [.visitorDays, .pageviews])
        #expect(report.notes.map(\.isWarning) == [false])
        let text = TextRenderer(width: 80, usesColour: false, usesASCII: false).render(report)
        #expect(text.contains("Visitors a day") && text.contains("daily visitors"))
        let json = report.json.text
        #expect(!json.contains(#""metric":"visitors""#) || report.chart?.unit == .day)
        #expect(!json.contains(#""metrics":["visitors""#))
    }

    @Test("a site younger than two periods has no percentage")
    func new() throws {
        let site = try TestSite()
        for day in 11...21 { try site.addRollup("2026-11-\(day)", visitors: 20) }
        let report = try site.report("7d")
        #expect(report.header[0] == HeaderFigure(.visitorsADay, 20, change: .new))
        #expect(try site.report("yesterday").header[0].change == .relative(0))
        let chart = try #require(report.chart)
        #expect(chart.points.map(\.before) == [nil, nil, 20, 20, 20, 20, 20])
        #expect(chart.points.map(\.isComplete) == Array(repeating: true, count: 6) + [false])
    }

    @Test("a week inside one salt period has an exact count under a weekly rotation")
    func weekly() async throws {
        let site = try TestSite(rotation: .weekly)
        try await site.addPageviews([
            (9, "2026-11-03T10:00:00Z", "/"), (8, "2026-11-10T10:00:00Z", "/"),
            (1, "2026-11-16T10:00:00Z", "/"), (1, "2026-11-18T10:00:00Z", "/"),
            (2, "2026-11-18T10:00:00Z", "/"), (1, "2026-11-22T10:00:00Z", "/"),
        ])
        let report = try site.report("7d")
        #expect(report.header[0] == HeaderFigure(.metric(.visitors), 2, change: .relative(1)))
        #expect(report.table("Pages")?.metrics == [.visitors, .pageviews])
        #expect(report.notes.filter { !$0.isWarning }.isEmpty)
    }

    @Test("an empty period says since when there is something")
    func emptyPeriod() throws {
        let site = try TestSite()
        try site.addRollup("2026-11-20", visitors: 3)
        let report = try site.report("2026-09")
        #expect(report.state == .emptyPeriod(firstDay: LocalDay("2026-11-20")!))
        #expect(report.chart == nil && report.table("Pages") == nil)
    }

    @Test("an aggregation that stays away for 25 h is told, a fresh one is not")
    func lateAggregation() throws {
        let site = try TestSite()
        try site.addRollup("2026-11-18", visitors: 3)
        #expect(try site.report("30d").notes.allSatisfy { !$0.isWarning })
        let last = site.now - .hours(26)
        try site.database.setNote(.lastAggregation, last.milliseconds)
        let notes = try site.report("30d").notes.filter(\.isWarning).map(\.text)
        #expect(
            notes.count == 1 && notes[0].hasPrefix("No aggregation has run since 2026-11-21 12:32.")
        )
        try site.database.setNote(.lastAggregation, nil)
        #expect(
            try site.report("30d").notes.first { $0.isWarning }?.text
                .hasPrefix("No aggregation has ever run.") == true)
    }

    @Test("values cut off by a day's limit make a table say at least")
    func atLeast() throws {
        let site = try TestSite()
        try site.addRollup("2026-11-20", visitors: 9, pages: ["/": 5, "(other)": 4])
        let report = try site.report("7d", notes: [Note("from the caller", isWarning: true)])
        #expect(report.table("Pages")?.isAtLeast == true)
        #expect(
            report.notes.map { String($0.text.prefix(9)) } == [
                "from the ", "Daily vis", "At least:",
            ])
    }

    @Test("rows past the limit are counted, optional tables without values are left out")
    func limits() throws {
        let site = try TestSite()
        let pages = (1...14).map { ("/\($0)", $0) }
        try site.addRollup(
            "2026-11-20", visitors: 20, pages: Dictionary(uniqueKeysWithValues: pages))
        let report = try site.report("7d")
        let table = try #require(report.table("Pages"))
        #expect(table.rows.count == 10 && table.valueCount == 14)
        #expect(table.rows[0].value == "/14")
        #expect(report.table("Events") == nil && report.table("Sources")?.rows == [])
    }

    @Test(
        "the clock of a moment is the site's, also where clocks change",
        arguments: [
            ("2026-11-22T12:32:10Z", "2026-11-22 14:32"),
            ("2026-11-21T22:00:00Z", "2026-11-22 00:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25 03:59"),
            ("2026-10-25T01:30:00Z", "2026-10-25 03:30"),
            ("2026-10-25T02:00:00Z", "2026-10-25 04:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29 04:00"),
        ])
    func localMoment(instant: String, local: String) throws {
        let moment = LocalMoment(try #require(Instant(instant)), in: Samples.calendar)
        #expect("\(moment.day) \(moment.clock)" == local)
    }
}
