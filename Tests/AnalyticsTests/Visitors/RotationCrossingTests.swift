import Analytics
import Testing

/// One browser under a daily rotation at 00:00 UTC: its value under day N's salt is N.
@Suite("Rotation crossing")
struct RotationCrossingTests {
    private static let timeout = TimeSpan.minutes(30)
    private let start = LocalDay(year: 2026, month: 11, day: 20)

    /// Minutes since day 1's start, and the day whose value the event is stored under.
    typealias Step = (minutes: Int64, stored: UInt64)

    static let cases: [(String, [Step])] = [
        ("a session inside a day", [(600, 1), (610, 1)]),
        ("a session across midnight stays one", [(1_430, 1), (1_445, 1), (1_460, 1), (1_490, 1)]),
        ("a gap of exactly the timeout is inside", [(1_439, 1), (1_469, 1), (1_499, 1)]),
        ("a gap over the timeout ends it", [(1_439, 1), (1_470, 2), (1_471, 2)]),
        (
            "a visit later that day has the new value",
            [(1_430, 1), (1_445, 1), (1_476, 2), (1_480, 2)]
        ),
        ("a visit that starts after midnight", [(600, 1), (1_445, 2), (1_450, 2)]),
        (
            "a gap that ends just before the first timeout is over",
            [(1_440 - 1, 1), (1_440 + 29, 1), (1_440 + 59, 1), (1_440 + 90, 2)]
        ),
        ("first event of a day at midnight itself", [(1_440, 2), (1_441, 2)]),
        ("last of the day before within the timeout, at midnight", [(1_420, 1), (1_440, 1)]),
        // After the cut a session of the new value does not cross back.
        (
            "old value is left for good",
            [(1_435, 1), (1_450, 1), (1_500, 2), (1_510, 2), (1_540, 2)]
        ),
    ]

    @Test("one browser around a midnight", arguments: cases)
    func walk(name: String, steps: [Step]) {
        expect(steps, name)
    }

    @Test("a session across two midnights stays one")
    func twoMidnights() {
        var steps: [Step] = []
        for minutes in stride(from: Int64(1_400), through: 3_000, by: 20) {
            steps.append((minutes, 1))
        }
        expect(steps + [(3_031, 3), (3_040, 3)], "two midnights")
    }

    @Test("a session ends 48 hours after its start, whatever goes on; the next has the new value")
    func longestSession() {
        for start in [1_400, 1_420, 1_439] as [Int64] {
            var steps: [Step] = []
            for minutes in stride(from: start, through: start + 2_880, by: 20) {
                steps.append((minutes, 1))
            }
            // Two days later, on day 3 or, from 1,420 on, day 4.
            let next = start + 2_900
            let value = UInt64(next / 1_440 + 1)
            expect(steps + [(next, value), (next + 20, value)], "48 hours from \(start)")
        }
    }

    @Test("an engagement update neither starts a session nor keeps one that is over")
    func engagement() {
        var crossing = RotationCrossing()
        #expect(resolve(&crossing, at: 1_380).value == 1)
        // 40 minutes later: it belongs to no session.
        #expect(resolve(&crossing, at: 1_420, startsSession: false).value == 1)
        #expect(resolve(&crossing, at: 1_445).value == 2)
        // One that belongs to an open session carries it over.
        var other = RotationCrossing()
        #expect(resolve(&other, at: 1_400).value == 1)
        #expect(resolve(&other, at: 1_425, startsSession: false).value == 1)
        #expect(resolve(&other, at: 1_450).value == 1)
    }

    private func expect(_ steps: [Step], _ name: String) {
        var crossing = RotationCrossing()
        for step in steps {
            let stored = resolve(&crossing, at: step.minutes)
            #expect(stored.value == step.stored, "\(name), minute \(step.minutes)")
        }
    }

    /// The value of one browser, with whatever salts exist at that time.
    private func resolve(
        _ crossing: inout RotationCrossing, at minutes: Int64, browser: UInt64 = 0,
        knowsPrevious: Bool = true, startsSession: Bool = true
    ) -> Visitor {
        let instant = start.startInUTC + .minutes(minutes)
        let day = minutes / 1_440
        let period = SaltPeriod(
            start: start.startInUTC + .days(day), end: start.startInUTC + .days(day + 1))
        let needsPrevious = RotationCrossing.needsPrevious(
            at: instant, period: period, timeout: Self.timeout)
        let offset = browser * 1_000 + 1
        return crossing.resolve(
            current: Visitor(value: UInt64(day) + offset),
            previous: needsPrevious && knowsPrevious
                ? Visitor(value: UInt64(day) - 1 + offset) : nil,
            at: instant, period: period, timeout: Self.timeout, startsSession: startsSession)
    }

    @Test("the old salt is needed for one timeout after a rotation, no longer")
    func needsPrevious() {
        let period = SaltPeriod(start: start.startInUTC, end: start.startInUTC + .day)
        for (offset, isNeeded) in [(0, true), (1_800_000, true), (1_800_001, false)]
            as [(Int64, Bool)]
        {
            #expect(
                RotationCrossing.needsPrevious(
                    at: start.startInUTC + TimeSpan(milliseconds: offset), period: period,
                    timeout: Self.timeout) == isNeeded)
        }
    }

    @Test("without the old salt the session is cut, and goes on as one under the new value")
    func saltIsGone() {
        var crossing = RotationCrossing()
        #expect(resolve(&crossing, at: 1_435).value == 1)
        #expect(resolve(&crossing, at: 1_445, knowsPrevious: false).value == 2)
        #expect(resolve(&crossing, at: 1_455, knowsPrevious: false).value == 2)
        #expect(resolve(&crossing, at: 1_480).value == 2)
    }

    @Test("a restart that reads the journal keeps the session one")
    func restart() {
        var before = RotationCrossing()
        #expect(resolve(&before, at: 1_435).value == 1)
        var after = RotationCrossing()
        let period = SaltPeriod(start: start.startInUTC, end: start.startInUTC + .day)
        after.note(
            Visitor(value: 1), at: start.startInUTC + .minutes(1_435), period: period,
            timeout: Self.timeout)
        #expect(resolve(&after, at: 1_445).value == 1)
        #expect(resolve(&after, at: 1_470).value == 1)
    }

    @Test("browsers do not mix, and what is over is forgotten")
    func manyBrowsers() {
        var crossing = RotationCrossing()
        for browser in 0..<50 as Range<UInt64> {
            #expect(resolve(&crossing, at: 1_430, browser: browser).value == browser * 1_000 + 1)
        }
        // Some come back in time, the others 35 minutes after.
        for browser in stride(from: UInt64(0), to: 50, by: 2) {
            #expect(resolve(&crossing, at: 1_450, browser: browser).value == browser * 1_000 + 1)
        }
        for browser in stride(from: UInt64(1), to: 50, by: 2) {
            #expect(resolve(&crossing, at: 1_465, browser: browser).value == browser * 1_000 + 2)
        }
        for browser in 0..<50 as Range<UInt64> {
            #expect(resolve(&crossing, at: 2_000, browser: browser).value == browser * 1_000 + 2)
        }
    }
}
