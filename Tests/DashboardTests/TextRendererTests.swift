import Analytics
import Testing

@testable import Dashboard

@Suite("Text dashboard")
struct TextRendererTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var report: DashboardReport
        var width = 80
        var usesColour = false
        var usesASCII = false

        var testDescription: String { name }
    }

    private static let cases: [Case] = [
        Case(name: "full-80", report: Samples.full),
        Case(name: "full-120", report: Samples.full, width: 120),
        Case(name: "full-200", report: Samples.full, width: 200),
        Case(name: "full-40", report: Samples.full, width: 40),
        Case(name: "full-80-colour", report: Samples.full, usesColour: true),
        Case(name: "full-80-ascii", report: Samples.full, usesASCII: true),
        Case(name: "no-event-yet", report: noEventYet),
        Case(name: "no-event-yet-all-dropped", report: allDropped),
        Case(name: "empty-period", report: emptyPeriod),
        Case(name: "today-80", report: todayReport),
        Case(name: "today-120-ascii", report: todayReport, width: 120, usesASCII: true),
        Case(name: "first-day", report: firstDay),
        Case(name: "week-of-weekly-rotation", report: week),
        Case(name: "year-80", report: year),
        Case(name: "quarter-200", report: quarter, width: 200),
        Case(name: "warnings", report: warnings),
        Case(name: "hostile", report: hostile),
        Case(name: "hostile-ascii", report: hostile, usesASCII: true),
        Case(name: "scripts-of-the-world", report: scripts),
    ]

    @Test("looks as it was looked at", arguments: cases)
    func golden(_ test: Case) throws {
        let renderer = TextRenderer(
            width: test.width, usesColour: test.usesColour, usesASCII: test.usesASCII)
        let text = renderer.render(test.report)
        try Golden.check(text, test.name + ".txt")
        expectFits(text, test)
    }

    @Test(
        "every width holds, in UTF-8 and in ASCII",
        arguments: Array(stride(from: 40, through: 200, by: 4)))
    func everyWidth(_ width: Int) {
        for report in Set(Self.cases.map(\.report)) {
            let usesASCII = width % 8 == 0
            let text = TextRenderer(width: width, usesColour: false, usesASCII: usesASCII)
                .render(report)
            expectFits(
                text, Case(name: "\(width)", report: report, width: width, usesASCII: usesASCII))
        }
    }

    @Test("colour changes nothing but colour")
    func colourIsOnlyColour() throws {
        let plain = TextRenderer(width: 100, usesColour: false, usesASCII: false)
        let coloured = TextRenderer(width: 100, usesColour: true, usesASCII: false)
        let text = coloured.render(Samples.full)
        #expect(text.contains("\u{1B}["))
        let stripped = text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
        #expect(stripped == plain.render(Samples.full))
    }

    @Test("widths outside the range are taken for the nearest")
    func widthsAreClamped() {
        func render(_ width: Int) -> String {
            TextRenderer(width: width, usesColour: false, usesASCII: false).render(Samples.full)
        }
        #expect(render(0) == render(40))
        #expect(render(1_000) == render(200))
    }

    /// No line is wider than asked for, holds a control letter or ends in spaces; the line to
    /// paste alone may be, since it can't be cut.
    private func expectFits(_ text: String, _ test: Case) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if test.usesColour || line.contains("footfall.js") { continue }
            let columns = TextWidth.columns(of: String(line))
            #expect(columns <= test.width, "\(test.name): \(columns) columns: \(line)")
            #expect(line.last != " ", "\(test.name): space at the end: \(line)")
            let odd = line.unicodeScalars.filter {
                [.control, .format].contains($0.properties.generalCategory)
            }
            #expect(odd.isEmpty, "\(test.name): \(odd)")
            if test.usesASCII { #expect(line.utf8.allSatisfy { $0 < 0x7F }, "\(line)") }
        }
    }
}

// MARK: Reports

private let noEventYet = Samples.report(
    state: .noEventYet(
        trackerLine: """
            <script defer data-site="huntprox.com" src="https://stats.huntprox.com/footfall.js"></script>
            """),
    panels: [.now(visitors: 0), .books(Books())])

private let allDropped = Samples.report(
    state: .noEventYet(
        trackerLine: """
            <script defer data-site="huntprox.com" src="https://YOUR-SERVER/footfall.js"></script>
            """),
    panels: [.now(visitors: 0), .books(Books(received: 3, kept: 0, dropped: [.excluded: 3]))])

private let emptyPeriod = Samples.report(
    period: "2026-09", state: .emptyPeriod(firstDay: LocalDay("2026-10-03")!),
    panels: [
        .now(visitors: 0),
        .header([
            HeaderFigure(.metric(.visitorDays), 0),
            HeaderFigure(.metric(.bounceRate), nil),
        ]),
        .books(Books()),
    ])

private let todayReport = Samples.report(
    period: "today",
    panels: [
        .now(visitors: 1_204),
        .header([
            HeaderFigure(.metric(.visitors), 212, change: .relative(-0.07)),
            HeaderFigure(.metric(.sessions), 260, change: .relative(0)),
            HeaderFigure(.metric(.pageviews), 988, change: .relative(2.41)),
            HeaderFigure(.metric(.bounceRate), 0.4, change: .points(0.034)),
            HeaderFigure(.metric(.typicalVisitSeconds), 4_021),
        ]),
        .chart(Samples.hours(60)),
    ] + Samples.tables(visitors: .visitors).prefix(4).map { .table($0) }
        + [.books(Books(received: 1_100, kept: 1_100))])

private let firstDay = Samples.report(
    panels: [
        .now(visitors: 1),
        .header([
            HeaderFigure(.metric(.visitorDays), 1, change: .new),
            HeaderFigure(.metric(.sessions), 1, change: .new),
            HeaderFigure(.metric(.pageviews), 3, change: .new),
            HeaderFigure(.metric(.bounceRate), 0),
            HeaderFigure(.metric(.typicalVisitSeconds), 61, change: .new),
        ]),
        .chart(
            ChartSeries(
                metric: .visitors, unit: .day,
                points: (0..<30).map { index in
                    ChartSeries.Point(
                        day: Samples.today.advanced(by: index - 29), value: index == 29 ? 1 : nil,
                        before: nil, isComplete: index < 29)
                }, daysBefore: nil)),
        .table(
            Samples.table(
                "Pages", .page, [.visitorDays, .pageviews], total: 1,
                [
                    ("/", [1, 1]), ("/products.html", [1, 1]), ("/products/lamp", [1, 1]),
                ])),
        .table(Samples.table("Sources", .source, [.visitorDays], total: 1, [("Google", [1])])),
        .table(Samples.table("Channels", .channel, [.visitorDays], total: 1, [])),
        .books(Books(received: 4, kept: 4)),
    ], notes: [Samples.dailyNote])

private let week = Samples.report(
    period: "2026-11-16..2026-11-22",
    panels: [
        .now(visitors: 0),
        .header([
            HeaderFigure(.metric(.visitors), 1_988, change: .relative(0.004)),
            HeaderFigure(.metric(.engagedSessions), 1_204, change: nil),
        ]),
        .chart(Samples.days("2026-11-16..2026-11-22", scale: 9)),
    ] + Samples.tables(visitors: .visitors).prefix(2).map { .table($0) } + [.books(Samples.books)])

private let year = Samples.report(
    period: "12mo",
    panels: [.chart(Samples.days("12mo", scale: 1_480)), .chart(Samples.days("40d", scale: 3))])

private let quarter = Samples.report(
    period: "90d", panels: [.chart(Samples.days("90d", scale: 48_000, hasBefore: false))])

private let warnings = Samples.report(
    period: "7d",
    panels: [
        .chart(Samples.days("7d", scale: 100)),
        .table(
            Samples.table(
                "Pages", .page, [.visitorDays], total: 900, values: 5_001, atLeast: true,
                [("/", [800]), ("(other)", [77])])),
        .books(Books(received: 10, kept: 4, dropped: [.late: 1], lost: true)),
    ],
    notes: [
        Note(
            """
            All visitors seem to come from your proxy: name it with --trusted-proxy, or they \
            will count as one.
            """, isWarning: true),
        Note("No aggregation has run since 2026-11-20 14:00. Let cron run it.", isWarning: true),
        Note("At least: on some days only the largest values are kept apart."),
    ])

private let hostile = Samples.report(
    panels: [
        .now(visitors: 0),
        .table(
            Samples.table(
                "Pages\u{1B}[2J", .page, [.visitors], total: 10,
                [
                    ("/\u{1B}[31mred\u{1B}[2J\u{7}", [9]),
                    ("/new\nline\r\ttab\u{0}end", [8]),
                    ("/\u{202E}moc.elgoog\u{202C}", [7]),
                    ("/zero\u{200B}width\u{200D}\u{FEFF}\u{2066}x\u{2069}", [6]),
                    ("/\u{9B}31mC1\u{85}", [5]),
                    ("/z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}a\u{300}\u{301}lgo", [4]),
                    ("\u{301}mark first", [3]),
                    ("/private\u{E000}\u{F8FF} tag\u{E0041} filler\u{3164}x", [2]),
                    ("/line\u{2028}para\u{2029}nbsp\u{A0}wide\u{3000}x", [1]),
                ])),
    ], notes: [Note("a note\u{1B}[31m from outside\u{202E}")])

private let scripts = Samples.report(
    panels: [
        .table(
            Samples.table(
                "Titles", .title, [.visitors], total: 10,
                [
                    ("日本語のページ題名はとても長いのでどこかで切らなければならない", [10]),
                    ("한국어 제목도 꽤 길 수 있습니다 그래서 잘라야 합니다 정말로 그렇습니다", [9]),
                    ("Décomposé: e\u{301}te\u{301} à la plage", [8]),
                    ("ภาษาไทยมีสระบนและล่าง", [7]),
                    ("हिन्दी में शीर्षक", [6]),
                    ("emoji 🛒🇱🇻👩‍👩‍👧 ❤️ done", [5]),
                    ("עברית וערבית العربية", [4]),
                ])),
        .table(
            Samples.table(
                "Sources", .source, [.visitors], total: 10,
                [
                    ("百度百度百度百度百度", [5]), ("Яндекс", [4]),
                ])),
        .table(
            Samples.table(
                "Countries", .country, [.visitors], total: 10,
                [
                    ("CI", [5]), ("XX", [4]), ("GS", [1]),
                ])),
    ])
