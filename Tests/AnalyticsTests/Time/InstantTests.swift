import Analytics
import Testing

@Suite("Instants")
struct InstantTests {
    @Test(
        "the text says UTC with milliseconds, and reads back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_341_600_001, "2026-11-22T10:00:00.001Z"),
            (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func text(milliseconds: Int64, text: String) {
        let instant = Instant(milliseconds: milliseconds)
        #expect(instant.description == text)
        #expect(Instant(text) == instant)
    }

    @Test(
        "shorter and shifted forms are read",
        arguments: [
            ("2026-11-22T10:00Z", "2026-11-22T10:00:00.000Z"),
            ("2026-11-22T10:00:05Z", "2026-11-22T10:00:05.000Z"),
            ("2026-11-22 10:00:05.25Z", "2026-11-22T10:00:05.250Z"),
            ("2026-11-22T12:00:00+02:00", "2026-11-22T10:00:00.000Z"),
            ("2026-11-22T00:30:00+05:45", "2026-11-21T18:45:00.000Z"),
            ("2026-11-22T20:00:00-09:30", "2026-11-23T05:30:00.000Z"),
        ])
    func otherForms(text: String, meaning: String) {
        #expect(Instant(text)?.description == meaning)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "T", "Z", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22T24:00:00Z",
            "2026-11-22T10:60:00Z", "2026-11-22T10:00:61Z", "2026-11-22T10Z",
            "2026-02-30T10:00:00Z",
            "2026-11-22T10:00:nanZ", "2026-11-22T10:00:00+15:00", "2026-11-22T10:00:00+02",
            "2026-11-22T-5:00Z", "2026-11-22T10:-5Z", "2026-11-22T10:00:00+-2:00",
        ])
    func refused(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test("the UTC day counts downwards before 1970")
    func utcDay() {
        #expect(Instant(milliseconds: -1).utcDay == LocalDay(year: 1969, month: 12, day: 31))
        #expect(Instant(milliseconds: 0).utcDay == LocalDay(year: 1970, month: 1, day: 1))
        #expect(Instant(milliseconds: 86_399_999).utcDay == LocalDay(year: 1970, month: 1, day: 1))
    }

    @Test("every time of a long range reads back from its text")
    func roundTrip() {
        // A step that is prime to the second, minute, hour and day, through leap years and not.
        var milliseconds: Int64 = -90_000_000_000
        while milliseconds < 4_200_000_000_000 {
            let instant = Instant(milliseconds: milliseconds)
            guard Instant(instant.description) == instant else {
                Issue.record("\(instant) does not read back")
                return
            }
            milliseconds += 1_234_567_891
        }
    }
}
