import Analytics
import Testing

@Suite("Site calendars: epochs and salt periods")
struct EpochTests {
    /// A site that moves from one zone to another at the old zone's midnight of 2026-06-10.
    private func moving(
        from old: String, to new: String, rotation: Rotation = .daily
    ) throws -> (calendar: SiteCalendar, change: Instant) {
        let first = SiteEpoch(start: Instant(milliseconds: 0), timeZone: old, rotation: rotation)
        let day = try #require(LocalDay("2026-06-10"))
        let change = SiteCalendar(epochs: [first]).start(of: day)
        let second = SiteEpoch(start: change, timeZone: new, rotation: rotation)
        return (SiteCalendar(epochs: [first, second]), change)
    }

    @Test(
        "a change of zone neither loses nor doubles a day",
        arguments: [
            // To the east the first day is shorter, to the west longer, by the way travelled.
            ("Europe/London", "Europe/Riga", 22), ("Europe/Riga", "Europe/London", 26),
            ("America/New_York", "Asia/Tokyo", 11), ("Asia/Tokyo", "America/New_York", 37),
            ("Europe/Riga", "Europe/Riga", 24), ("Europe/Riga", "Asia/Kolkata", 21),
        ] as [(String, String, Int64)])
    func zoneChange(old: String, new: String, hours: Int64) throws {
        let (calendar, change) = try moving(from: old, to: new)
        let day = try #require(LocalDay("2026-06-10"))
        #expect(calendar.start(of: day) == change)
        // Kolkata is half an hour off the hour.
        let odd: Int64 = new == "Asia/Kolkata" ? 30 : 0
        #expect(calendar.end(of: day) - change == .minutes(hours * 60 + odd))
        try expectNoGap(calendar, around: day)
        let labels = calendar.hours(of: day).map(\.label)
        #expect(Set(labels).count == labels.count)
    }

    @Test("a move to the east over a whole date leaves an empty day")
    func skippedDate() throws {
        let (calendar, change) = try moving(from: "Pacific/Honolulu", to: "Pacific/Kiritimati")
        let skipped = try #require(LocalDay("2026-06-10"))
        #expect(calendar.start(of: skipped) == change)
        #expect(calendar.end(of: skipped) == change)
        #expect(calendar.hours(of: skipped).isEmpty)
        #expect(calendar.day(of: change) == skipped.advanced(by: 1))
        try expectNoGap(calendar, around: skipped)
    }

    @Test("a move to the west over a whole date makes one long day")
    func longDate() throws {
        let (calendar, change) = try moving(from: "Pacific/Kiritimati", to: "Pacific/Honolulu")
        let day = try #require(LocalDay("2026-06-10"))
        #expect(calendar.day(of: change) == day)
        #expect(calendar.end(of: day) - change == .hours(48))
        try expectNoGap(calendar, around: day)
    }

    private func expectNoGap(_ calendar: SiteCalendar, around day: LocalDay) throws {
        for near in day.advanced(by: -3)...day.advanced(by: 3) {
            let (start, end) = (calendar.start(of: near), calendar.end(of: near))
            #expect(start <= end)
            guard start < end else { continue }
            var instant = start
            while instant < end {
                #expect(calendar.day(of: instant) == near, "\(instant)")
                instant = instant + .minutes(29)
            }
            #expect(calendar.day(of: end - TimeSpan(milliseconds: 1)) == near)
        }
    }

    @Test(
        "salt periods",
        arguments: [
            (
                Rotation.daily, "2026-11-22T10:00:00Z", "2026-11-21T22:00:00Z",
                "2026-11-22T22:00:00Z"
            ),
            (.weekly, "2026-11-22T10:00:00Z", "2026-11-15T22:00:00Z", "2026-11-22T22:00:00Z"),
            (.weekly, "2026-11-22T22:00:00Z", "2026-11-22T22:00:00Z", "2026-11-29T22:00:00Z"),
            (.monthly, "2026-11-22T10:00:00Z", "2026-10-31T22:00:00Z", "2026-11-30T22:00:00Z"),
            // Weeks and months over a change of clocks.
            (.weekly, "2026-03-25T10:00:00Z", "2026-03-22T22:00:00Z", "2026-03-29T21:00:00Z"),
            (.monthly, "2026-10-31T22:30:00Z", "2026-10-31T22:00:00Z", "2026-11-30T22:00:00Z"),
            (.monthly, "2026-10-31T21:59:59Z", "2026-09-30T21:00:00Z", "2026-10-31T22:00:00Z"),
        ])
    func periods(rotation: Rotation, at: String, start: String, end: String) throws {
        let calendar = SiteCalendar(epochs: [
            SiteEpoch(
                start: Instant(milliseconds: 0), timeZone: "Europe/Riga", rotation: rotation)
        ])
        let period = calendar.saltPeriod(containing: try #require(Instant(at)))
        #expect(period.start == Instant(start))
        #expect(period.end == Instant(end))
    }

    @Test("periods are cut where an epoch begins, and follow each other without a gap")
    func periodsAcrossEpochs() throws {
        let starts = ["2026-05-31T21:00:00Z", "2026-06-09T21:00:00Z", "2026-06-18T21:00:00Z"]
        let rotations: [Rotation] = [.monthly, .weekly, .daily]
        let zones = ["Europe/Riga", "Europe/Riga", "America/New_York"]
        var epochs = [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "Europe/Riga")]
        for (index, start) in starts.enumerated() {
            epochs.append(
                SiteEpoch(
                    start: try #require(Instant(start)), timeZone: zones[index],
                    rotation: rotations[index]))
        }
        let calendar = SiteCalendar(epochs: epochs)
        var instant = try #require(Instant("2026-05-28T21:00:00Z"))
        var lengths: [Double] = []
        while instant < Instant(milliseconds: 1_782_345_600_000) {
            let period = calendar.saltPeriod(containing: instant)
            #expect(period.start == instant)
            #expect(period.contains(period.start))
            #expect(!period.contains(period.end))
            for start in epochs.dropFirst().map(\.start) {
                #expect(!(period.start < start && start < period.end))
            }
            lengths.append((period.end - period.start).seconds / 3_600)
            instant = period.end
        }
        // 3 days; the month cut on its 10th day; the week's rest and a week cut on its 5th day
        // (2026-06-19 is a Friday); then days, the first of which goes west.
        let expected: [Double] = [24, 24, 24, 216, 120, 96, 31]
        #expect(Array(lengths.prefix(7)) == expected)
    }

    @Test("the rotation, zone and timeout in force are those of the epoch")
    func epochInForce() throws {
        let change = try #require(Instant("2026-06-09T21:00:00Z"))
        let calendar = SiteCalendar(epochs: [
            SiteEpoch(start: Instant(milliseconds: 0), timeZone: "Europe/Riga"),
            SiteEpoch(
                start: change, timeZone: "Europe/Riga", rotation: .weekly,
                sessionTimeout: .minutes(60)),
        ])
        #expect(calendar.epoch(at: Instant(milliseconds: -5)).rotation == .daily)
        #expect(calendar.epoch(at: change - TimeSpan(milliseconds: 1)).rotation == .daily)
        #expect(calendar.epoch(at: change).rotation == .weekly)
        #expect(calendar.epoch(at: change).sessionTimeout == .minutes(60))
    }
}
