import Analytics
import Testing

@Suite("Site calendars: days and hours")
struct SiteCalendarTests {
    /// Zone, local day, its first instant, its length in minutes: from the IANA database by
    /// another program.
    static let days: [(String, String, String, Int64)] = [
        ("Europe/Riga", "2026-11-22", "2026-11-21T22:00:00Z", 1_440),
        ("Europe/Riga", "2026-03-29", "2026-03-28T22:00:00Z", 1_380),
        ("Europe/Riga", "2026-10-25", "2026-10-24T21:00:00Z", 1_500),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 1_380),
        ("Africa/Cairo", "2026-10-29", "2026-10-28T21:00:00Z", 1_500),
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", 1_380),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 1_500),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 1_470),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 1_410),
        ("Pacific/Chatham", "2026-04-05", "2026-04-04T10:15:00Z", 1_500),
        ("Asia/Kathmandu", "2026-06-01", "2026-05-31T18:15:00Z", 1_440),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 1_440),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 1_440),
    ]

    @Test("days begin and end where the zone says", arguments: days)
    func bounds(zone: String, text: String, start: String, minutes: Int64) throws {
        let calendar = calendar(zone)
        let day = try #require(LocalDay(text))
        let first = try #require(Instant(start))
        #expect(calendar.start(of: day) == first)
        #expect(calendar.end(of: day) - first == .minutes(minutes))
        guard minutes > 0 else { return }
        #expect(calendar.day(of: first) == day)
        #expect(calendar.day(of: first - TimeSpan(milliseconds: 1)) < day)
        #expect(calendar.day(of: calendar.end(of: day) - TimeSpan(milliseconds: 1)) == day)
    }

    @Test(
        "hours of days on which clocks change",
        arguments: [
            ("Europe/Riga", "2026-03-29", 23, "02:00 04:00"),
            ("Europe/Riga", "2026-10-25", 25, "03:00 03:00+ 04:00"),
            ("Africa/Cairo", "2026-04-24", 23, "01:00 02:00"),
            ("Africa/Cairo", "2026-10-29", 25, "23:00 23:00+"),
            ("America/Havana", "2026-03-08", 23, "01:00 02:00"),
            ("America/Havana", "2026-11-01", 25, "00:00 00:00+ 01:00"),
            // The hour after a half-hour change is half an hour long.
            ("Australia/Lord_Howe", "2026-04-05", 25, "01:00 01:00+ 02:00"),
            ("Australia/Lord_Howe", "2026-10-04", 24, "01:00 02:00 03:00"),
            ("Asia/Kathmandu", "2026-06-01", 24, "00:00 01:00"),
            ("Pacific/Apia", "2011-12-30", 0, ""),
        ])
    func hours(zone: String, text: String, count: Int, run: String) throws {
        let hours = calendar(zone).hours(of: try #require(LocalDay(text)))
        let labels = hours.map(\.label)
        #expect(labels.count == count)
        #expect(Set(labels).count == count)
        #expect(run.isEmpty || " \(labels.joined(separator: " ")) ".contains(" \(run) "))
    }

    @Test("the hours of every day cover it, in order", arguments: days.map { ($0.0, $0.1) })
    func hoursCoverTheDay(zone: String, text: String) throws {
        let calendar = calendar(zone)
        let middle = try #require(LocalDay(text))
        for day in middle.advanced(by: -2)...middle.advanced(by: 2) {
            let hours = calendar.hours(of: day)
            let ends = hours.dropFirst().map(\.start) + [calendar.end(of: day)]
            #expect(hours.first?.start ?? calendar.end(of: day) == calendar.start(of: day))
            for (hour, end) in zip(hours, ends) {
                #expect(end > hour.start)
                #expect(end - hour.start <= .hours(1))
            }
        }
    }

    @Test("an instant's day holds it, through two years", arguments: Set(days.map(\.0)).sorted())
    func everyInstantHasItsDay(zone: String) throws {
        let calendar = calendar(zone)
        var instant = try #require(Instant("2011-01-01T00:00:00Z"))
        var before = calendar.day(of: instant)
        // Every 47 minutes meets each change of clocks at another minute.
        while instant < Instant(milliseconds: 1_356_998_400_000) {
            let day = calendar.day(of: instant)
            guard day >= before, calendar.start(of: day) <= instant,
                instant < calendar.end(of: day)
            else {
                Issue.record("\(instant) is not in \(day) of \(zone)")
                return
            }
            before = day
            instant = instant + .minutes(47)
        }
    }

    @Test("the day finder agrees with the calendar wherever it jumps")
    func dayFinder() throws {
        let calendar = calendar("Africa/Cairo")
        let start = try #require(Instant("2026-04-22T10:00:00Z"))
        var finder = DayFinder(calendar: calendar, near: start)
        for hours: Int64 in [0, 12, 13, 36, 5, -20, 100, 37, 36, 6_000, 0] {
            let instant = start + .hours(hours)
            #expect(finder.day(of: instant) == calendar.day(of: instant))
        }
    }

    private func calendar(_ zone: String) -> SiteCalendar {
        SiteCalendar(epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: zone)])
    }
}
