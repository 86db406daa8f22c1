import Analytics
import Testing

@Suite("Periods")
struct PeriodTests {
    /// Text, its days, the days before; today is Sunday 2026-11-22.
    static let ranges: [(String, String, String)] = [
        ("today", "2026-11-22..2026-11-22", "2026-11-21..2026-11-21"),
        ("yesterday", "2026-11-21..2026-11-21", "2026-11-20..2026-11-20"),
        ("1d", "2026-11-22..2026-11-22", "2026-11-21..2026-11-21"),
        ("7d", "2026-11-16..2026-11-22", "2026-11-09..2026-11-15"),
        ("30d", "2026-10-24..2026-11-22", "2026-09-24..2026-10-23"),
        ("1mo", "2026-11-01..2026-11-22", "2026-10-01..2026-10-31"),
        ("12mo", "2025-12-01..2026-11-22", "2024-12-01..2025-11-30"),
        ("2026-11", "2026-11-01..2026-11-30", "2026-10-01..2026-10-31"),
        ("2026-02", "2026-02-01..2026-02-28", "2026-01-01..2026-01-31"),
        ("2026-03", "2026-03-01..2026-03-31", "2026-02-01..2026-02-28"),
        ("2024-02", "2024-02-01..2024-02-29", "2024-01-01..2024-01-31"),
        ("2026-01", "2026-01-01..2026-01-31", "2025-12-01..2025-12-31"),
        ("2026-11-22", "2026-11-22..2026-11-22", "2026-11-21..2026-11-21"),
        ("2026-11-01..2026-11-07", "2026-11-01..2026-11-07", "2026-10-25..2026-10-31"),
        ("2025-12-30..2026-01-02", "2025-12-30..2026-01-02", "2025-12-26..2025-12-29"),
    ]

    @Test("days, and the days to compare with", arguments: ranges)
    func days(text: String, days: String, before: String) throws {
        let today = try #require(LocalDay("2026-11-22"))
        let period = try Period(text)
        #expect(Self.text(period.days(today: today)) == days)
        #expect(Self.text(period.daysBefore(today: today)) == before)
        #expect(period.text == text)
        #expect(!period.title.isEmpty)
    }

    private static func text(_ days: ClosedRange<LocalDay>) -> String {
        "\(days.lowerBound)..\(days.upperBound)"
    }

    @Test(
        "anything else is refused with what could be written",
        arguments: [
            "", "d", "mo", "0d", "-1d", "3661d", "0mo", "121mo", "1.5d", "7D", " 7d", "Today",
            "week",
            "2026", "2026-13", "2026-1", "2026-11-31", "2026-11-22..", "..2026-11-22",
            "2026-11-22..2026-11-21", "2026-11..2026-12", "2010-01-01..2026-01-01",
            "2026-11-01...2026-11-02", "99999999999999999999d", "yesterday ",
        ])
    func refused(text: String) {
        do {
            _ = try Period(text)
            Issue.record("'\(text)' was taken")
        } catch {
            #expect(error.description.contains("2026-11-01..2026-11-22"))
        }
    }

    @Test("headings")
    func titles() throws {
        for (text, title) in [
            ("today", "Today"), ("1d", "Today"), ("30d", "Last 30 days"), ("1mo", "This month"),
            ("12mo", "Last 12 months"), ("2026-11", "2026-11"), ("2026-11-22", "2026-11-22"),
            ("2026-11-01..2026-11-07", "7 days"), ("yesterday", "Yesterday"),
        ] {
            #expect(try Period(text).title == title)
        }
        #expect(Period.standard.text == "30d")
    }
}
