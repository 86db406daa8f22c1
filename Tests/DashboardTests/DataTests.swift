import Foundation
import Testing

@testable import Analytics
@testable import Dashboard

@Suite("JSON, NDJSON, CSV")
struct DataTests {
    static func answer(
        _ dimension: Analytics.Dimension?, _ metrics: [Metric], days: Int = 2,
        exact: Bool = false, _ rows: [(String, pageviews: Int, visitors: Int)]
    ) -> QueryAnswer {
        var totals = Figures()
        var figures: [String: Figures] = [:]
        for row in rows {
            figures[row.0, default: Figures()].pageviews = row.pageviews
            figures[row.0, default: Figures()].visitors = row.visitors
            totals.pageviews += row.pageviews
            totals.visitors += row.visitors
            totals.sessions = 3
            totals.bounces = 1
            totals.sessionMilliseconds = 61_000
        }
        let site = Site(
            id: 1, domain: Samples.domain, settings: SiteSettings(),
            epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "Europe/Riga")])
        let last = Samples.today
        return QueryAnswer(
            site: site,
            query: Query(
                days: last.advanced(by: 1 - days)...last, metrics: metrics, dimension: dimension),
            figures: RangeFigures(
                totals: totals, rows: dimension == nil ? [:] : figures,
                countsVisitorsExactly: exact, asOf: Samples.asOf.instant))
    }

    private static let pages = answer(
        .page, [.visitors, .pageviews, .bounceRate, .engagedSeconds],
        [("/", 9, 5), ("/krāsa \"zila\",\u{1B}[31m\u{202E}", 4, 3), ("(other)", 2, 2)])

    @Test("the answer to a query as JSON: keys, order, null, numbers")
    func queryJSON() throws {
        try Golden.check(Self.pages.json.text + "\n", "query-pages.json")
        let total = Self.answer(
            nil, [.visitors, .sessions, .bounceRate, .sessionSeconds], days: 1, exact: true,
            [("/", 9, 5)])
        try Golden.check(total.json.text + "\n", "query-total.json")
        let empty = Self.answer(nil, [.bounceRate, .typicalVisitSeconds], [])
        #expect(
            empty.json.text.hasSuffix(
                #""totals":{"bounce_rate":null,"typical_visit_seconds":null},"at_least":false}"#))
    }

    @Test("the answer as text, in UTF-8 and ASCII, wide and narrow")
    func queryText() throws {
        for (name, width, usesASCII) in [
            ("query-80", 80, false), ("query-ascii", 120, true), ("query-40", 40, false),
        ] {
            let renderer = TextRenderer(width: width, usesColour: false, usesASCII: usesASCII)
            let text = renderer.render(Self.pages)
            try Golden.check(text, name + ".txt")
        }
        let total = Self.answer(nil, [.sessions, .bounceRate], [("/", 9, 5)])
        let renderer = TextRenderer(width: 80, usesColour: true, usesASCII: false)
        try Golden.check(renderer.render(total), "query-total-colour.txt")
    }

    @Test("the answer as CSV: quotes, CRLF, nothing for what does not exist")
    func queryCSV() throws {
        try Golden.check(Self.pages.csv, "query-pages.csv")
        let total = Self.answer(nil, [.sessions, .bounces], [("/", 9, 5)])
        #expect(total.csv == "sessions,bounces\r\n3,1\r\n")
    }

    @Test(
        "no text opens a formula in a spreadsheet",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "␉=1"), ("\r=1", "␍=1"), ("\n=1", "␊=1"), ("＝1", "'＝1"),
            ("\u{301}=1", "'=1"), ("\u{FE0F}=1", "'=1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("=1,2", "\"'=1,2\""),
            ("/=1", "/=1"), ("", ""), (" a", "\" a\""), ("a\"b", "\"a\"\"b\""), ("a,b", "\"a,b\""),
            ("a\r\nb", "a␍␊b"),
        ])
    func formulas(text: String, field: String) {
        #expect(CSVField.of(text) == field)
    }

    @Test("a session's line has the promised keys in their order, and null for what is unknown")
    func session() throws {
        var session = Session(
            start: Instant("2026-11-22T10:00:00Z")!, end: Instant("2026-11-22T10:01:01Z")!,
            entryPage: "/", exitPage: "/x", pageviews: 3, events: 1, engagedMilliseconds: 40_000,
            isBounce: false,
            values: [
                .source: "Google", .channel: "Organic Search", .country: "LV", .browser: "Chrome",
                .os: "Windows", .device: "desktop",
            ], visitNumber: nil, daysSinceLastVisit: nil)
        #expect(
            session.json.text == """
                {"start":"2026-11-22T10:00:00.000Z","end":"2026-11-22T10:01:01.000Z",\
                "duration_seconds":61.0,"entry_page":"/","exit_page":"/x","pageviews":3,\
                "events":1,"engaged_seconds":40.0,"bounce":false,"source":"Google",\
                "channel":"Organic Search","country":"LV","browser":"Chrome","os":"Windows",\
                "device":"desktop","visit_number":null,"days_since_last_visit":null}
                """)
        session.entryPage = nil
        session.values[.country] = "(none)"
        session.values[.browser] = nil
        session.visitNumber = 2
        session.daysSinceLastVisit = 0
        let text = session.json.text
        #expect(text.contains(#""entry_page":null,"exit_page":"/x""#))
        #expect(text.contains(#""country":null,"browser":null"#))
        #expect(text.hasSuffix(#""visit_number":2,"days_since_last_visit":0}"#))
    }

    @Test("books have every reason, and what was lost")
    func books() throws {
        let books = Books(received: 5, kept: 3, dropped: [.bot: 2])
        #expect(
            books.json.text == """
                {"received":5,"kept":3,"dropped":{"bot":2,"opted_out":0,"excluded":0,\
                "foreign_host":0,"prefetch":0,"rate":0,"unknown_site":0,"duplicate":0,"late":0},\
                "shared_visitors":0,"scrubbed":0}
                """)
        #expect(Books(lost: true).json.text.hasSuffix(#","lost_events":0,"lost":true}"#))
        let lossy = Books(received: 9, kept: 3, dropped: [.bot: 2], lost: true, lostEvents: 4)
        #expect(lossy.balances)
        #expect(lossy.json.text.hasSuffix(#","lost_events":4,"lost":true}"#))
        let renderer = TextRenderer(width: 80, usesColour: false, usesASCII: false)
        try Golden.check(renderer.render(Samples.books), "books.txt")
        try Golden.check(renderer.render(lossy), "books-lost.txt")
    }

    @Test("the dashboard as JSON")
    func dashboard() throws {
        try Golden.check(Samples.full.json.readableText, "full.json")
        let hours = Samples.report(period: "today", panels: [.chart(Samples.hours(10))])
        try Golden.check(hours.json.readableText, "hours.json")
    }

    @Test(
        "JSON texts",
        arguments: [
            (JSONValue.null, "null"), (true, "true"), (-3, "-3"), (.number(61), "61.0"),
            (.number(0.1), "0.1"), (.number(.nan), "null"), (.number(.infinity), "null"),
            (.number(1e-7), "1e-07"), ("a\"\\/\u{8}\n\r\t\u{1F}", #""a\"\\/\u0008\n\r\t\u001f""#),
            ("ā日\u{7F}\u{85}\u{2028}\u{202E}\u{FEFF}", #""ā日\u007f\u0085\u2028\u202e\ufeff""#),
            ("🛒\u{E0041}", #""🛒\udb40\udc41""#), ([], "[]"), ([1, nil], "[1,null]"),
            (["b": 1, "a": [:]], #"{"b":1,"a":{}}"#),
        ] as [(JSONValue, String)])
    func json(value: JSONValue, text: String) {
        #expect(value.text == text)
    }

    @Test("what is written can be read by others, in both forms")
    func others() throws {
        let texts = [
            Self.pages.json.text, Self.pages.json.readableText, Samples.full.json.readableText,
        ]
        for text in texts {
            let read = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            #expect(read?["site"] as? String == "huntprox.com")
        }
        let read =
            try JSONSerialization.jsonObject(with: Data(Self.pages.json.text.utf8))
            as? [String: Any]
        let rows = read?["rows"] as? [[String: Any]]
        #expect(rows?[1]["value"] as? String == "/krāsa \"zila\",\u{1B}[31m\u{202E}")
    }
}
