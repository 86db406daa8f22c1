import Analytics
import Testing

@Suite("Local days")
struct LocalDayTests {
    @Test(
        "days and their texts",
        arguments: [
            (0, "1970-01-01", 3), (-1, "1969-12-31", 2), (11_016, "2000-02-29", 1),
            (20_779, "2026-11-22", 6), (20_780, "2026-11-23", 0), (47_540, "2100-02-28", 6),
            (47_541, "2100-03-01", 0),
        ] as [(Int32, String, Int)])
    func text(number: Int32, text: String, weekday: Int) {
        let day = LocalDay(daysSince1970: number)
        #expect(day.description == text)
        #expect(LocalDay(text) == day)
        #expect(day.weekday == weekday)
    }

    @Test(
        "what is no date is refused",
        arguments: [
            "", "2026", "2026-11", "2026-11-1", "2026-1-01", "26-11-22", "2026-02-29",
            "2026-13-01", "2026-00-10", "2026-11-00", "2026-11-31", "2026-11-22 ", " 2026-11-22",
            "2026/11/22", "+026-11-22", "2026--1-22", "２０２６-11-22", "2026-11-22-01",
        ])
    func refused(text: String) {
        #expect(LocalDay(text) == nil)
    }

    @Test("every day of two centuries follows the one before, in its month and its week")
    func sequence() {
        var day = LocalDay(year: 1899, month: 1, day: 1)
        let end = LocalDay(year: 2101, month: 1, day: 1)
        while day < end {
            let next = day.advanced(by: 1)
            let (this, that) = (day.components, next.components)
            let isNextDay =
                this.year == that.year && this.month == that.month
                && this.day + 1 == that.day
            let isNextMonth =
                that.day == 1 && this.day == Self.length(of: this.month, in: this.year)
                && that.month == this.month % 12 + 1
                && that.year == this.year + this.month / 12
            guard isNextDay || isNextMonth, next.weekday == (day.weekday + 1) % 7,
                LocalDay(day.description) == day
            else {
                Issue.record("\(next) does not follow \(day)")
                return
            }
            day = next
        }
    }

    private static func length(of month: Int, in year: Int) -> Int {
        let isLeapYear = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
        return [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    @Test(
        "months ahead and behind",
        arguments: [
            ("2026-11-22", 0, "2026-11-01"), ("2026-11-22", 1, "2026-12-01"),
            ("2026-11-22", 2, "2027-01-01"), ("2026-11-22", -11, "2025-12-01"),
            ("2026-11-22", -25, "2024-10-01"), ("2026-01-31", 1, "2026-02-01"),
            ("2026-12-31", -12, "2025-12-01"),
        ])
    func months(text: String, months: Int, expected: String) throws {
        let day = try #require(LocalDay(text))
        #expect(day.startOfMonth(advancedBy: months).description == expected)
    }

    @Test("weeks begin on Monday")
    func weeks() throws {
        let monday = try #require(LocalDay("2026-11-16"))
        for offset in 0..<7 {
            #expect(monday.advanced(by: offset).startOfWeek == monday)
        }
        #expect(monday.advanced(by: 7).startOfWeek == monday.advanced(by: 7))
        #expect(monday.distance(to: monday.advanced(by: 9)) == 9)
    }
}
