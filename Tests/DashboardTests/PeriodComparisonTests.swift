import Analytics
import Testing

@testable import Dashboard

private func day(_ text: String) -> LocalDay { LocalDay(text)! }

private func days(_ from: String, _ to: String) -> ClosedRange<LocalDay> { day(from)...day(to) }

@Suite("What is compared with what")
struct PeriodComparisonTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var period: String
        var firstDay = "2020-01-01"
        var today = "2026-11-22"
        var basis: PeriodComparison.Basis

        var testDescription: String { "\(period) on \(today), first event \(firstDay)" }
    }

    @Test(
        "like with like",
        arguments: [
            Case(
                period: "30d",
                basis: .days(
                    days("2026-10-24", "2026-11-21"), before: days("2026-09-24", "2026-10-22"))),
            Case(
                period: "7d",
                basis: .days(
                    days("2026-11-16", "2026-11-21"), before: days("2026-11-09", "2026-11-14"))),
            Case(
                period: "yesterday",
                basis: .days(
                    days("2026-11-21", "2026-11-21"), before: days("2026-11-20", "2026-11-20"))),
            Case(
                period: "today",
                basis: .sameTime(today: day("2026-11-22"), before: day("2026-11-21"))),
            Case(
                period: "1d", basis: .sameTime(today: day("2026-11-22"), before: day("2026-11-21"))),
            Case(
                period: "2026-11-22",
                basis: .sameTime(today: day("2026-11-22"), before: day("2026-11-21"))),
            // Months before months: whole ones whole, this one as far as it has come.
            Case(
                period: "2026-10",
                basis: .days(
                    days("2026-10-01", "2026-10-31"), before: days("2026-09-01", "2026-09-30"))),
            Case(
                period: "2026-11",
                basis: .days(
                    days("2026-11-01", "2026-11-21"), before: days("2026-10-01", "2026-10-21"))),
            Case(
                period: "12mo",
                basis: .days(
                    days("2025-12-01", "2026-11-21"), before: days("2024-12-01", "2025-11-21"))),
            // 29 and 30 March have no counterpart in February, and are left out.
            Case(
                period: "2026-03", today: "2026-03-31",
                basis: .days(
                    days("2026-03-01", "2026-03-28"), before: days("2026-02-01", "2026-02-28"))),
            // Nothing complete yet.
            Case(period: "2026-11", today: "2026-11-01", basis: .nothing),
            Case(period: "2027-01", basis: .nothing),
            // No full period before: the first event came after its start.
            Case(period: "30d", firstDay: "2026-09-24", basis: .new),
            Case(period: "30d", firstDay: "2026-11-22", basis: .new),
            Case(period: "today", firstDay: "2026-11-21", basis: .new),
            Case(
                period: "30d", firstDay: "2026-09-23",
                basis: .days(
                    days("2026-10-24", "2026-11-21"), before: days("2026-09-24", "2026-10-22"))),
        ])
    func basis(_ test: Case) throws {
        let comparison = PeriodComparison(
            period: try Period(test.period), today: day(test.today), dayOfData: day(test.today),
            firstDay: day(test.firstDay))
        #expect(comparison.basis == test.basis)
    }

    @Test("without any event all is new")
    func noEvent() throws {
        let comparison = PeriodComparison(
            period: .standard, today: day("2026-11-22"), dayOfData: day("2026-11-22"), firstDay: nil
        )
        #expect(comparison.basis == .new)
        #expect(comparison.daysOfMean(firstDay: nil) == nil)
    }

    @Test("figures that end before today leave more days out")
    func oldFigures() throws {
        let comparison = PeriodComparison(
            period: try Period("7d"), today: day("2026-11-22"), dayOfData: day("2026-11-20"),
            firstDay: day("2026-01-01"))
        #expect(comparison.completeDays == days("2026-11-16", "2026-11-19"))
        let today = PeriodComparison(
            period: try Period("today"), today: day("2026-11-22"), dayOfData: day("2026-11-21"),
            firstDay: day("2026-01-01"))
        #expect(today.basis == .nothing)
    }

    @Test(
        "a mean a day is over complete days since the first event's",
        arguments: [
            ("2026-01-01", days("2026-10-24", "2026-11-21")),
            ("2026-10-24", days("2026-10-25", "2026-11-21")),
            ("2026-11-19", days("2026-11-20", "2026-11-21")),
            ("2026-11-21", nil), ("2026-11-22", nil),
        ])
    func mean(firstDay: String, expected: ClosedRange<LocalDay>?) {
        let comparison = PeriodComparison(
            period: .standard, today: day("2026-11-22"), dayOfData: day("2026-11-22"),
            firstDay: day(firstDay))
        #expect(comparison.daysOfMean(firstDay: day(firstDay)) == expected)
    }
}

@Suite("Header figures")
struct HeaderArithmeticTests {
    private static let today = day("2026-11-22")

    /// 10 visitors, 20 sessions and 4 bounces on each day of the period, twice as many before.
    private func arithmetic(
        _ period: String, firstDay: String = "2026-01-01", isExact: Bool = false,
        isExactBefore: Bool = false, sameTimeBefore: Figures? = nil
    ) throws -> HeaderArithmetic {
        let period = try Period(period)
        func figures(_ visitors: Int) -> Figures {
            var figures = Figures()
            figures.visitors = visitors
            figures.newVisitors = visitors / 2
            figures.sessions = visitors * 2
            figures.bounces = visitors == 10 ? 4 : 16
            return figures
        }
        let start = day(firstDay)
        func all(_ days: ClosedRange<LocalDay>, _ visitors: Int) -> [LocalDay: Figures] {
            let counted = days.filter { $0 >= start && $0 <= Self.today }
            return Dictionary(uniqueKeysWithValues: counted.map { ($0, figures(visitors)) })
        }
        return HeaderArithmetic(
            current: all(period.days(today: Self.today), 10),
            before: all(period.daysBefore(today: Self.today), 20), isExact: isExact,
            isExactBefore: isExactBefore, sameTimeBefore: sameTimeBefore,
            comparison: PeriodComparison(
                period: period, today: Self.today, dayOfData: Self.today, firstDay: start),
            firstDay: start)
    }

    @Test("over days on which nobody is known again there is a mean, never a sum called visitors")
    func visitorsADay() throws {
        let figure = try arithmetic("30d").figure(of: .visitors)
        #expect(figure == HeaderFigure(.visitorsADay, 10, change: .relative(-0.5)))
    }

    @Test("before the first complete day the sum has its own name")
    func firstDay() throws {
        for start in ["2026-11-21", "2026-11-22"] {
            let figure = try arithmetic("30d", firstDay: start).figure(of: .visitors)
            let days = start == "2026-11-21" ? 2.0 : 1
            #expect(figure == HeaderFigure(.metric(.visitorDays), 10 * days, change: .new))
        }
    }

    @Test("an exact count is visitors; it is compared with an exact one only")
    func exact() throws {
        let both = try arithmetic("7d", isExact: true, isExactBefore: true).figure(of: .visitors)
        #expect(both == HeaderFigure(.metric(.visitors), 35, change: .relative(-0.5)))
        let one = try arithmetic("7d", isExact: true).figure(of: .visitors)
        #expect(one == HeaderFigure(.metric(.visitors), 35, change: nil))
    }

    @Test("one day is exact by itself")
    func oneDay() throws {
        let figure = try arithmetic("yesterday").figure(of: .visitors)
        #expect(figure == HeaderFigure(.metric(.visitors), 10, change: .relative(-0.5)))
    }

    @Test("today is compared with the day before as far as it had come")
    func today() throws {
        var before = Figures()
        before.visitors = 8
        before.sessions = 16
        let arithmetic = try arithmetic("today", sameTimeBefore: before)
        #expect(
            arithmetic.figure(of: .visitors)
                == HeaderFigure(.metric(.visitors), 10, change: .relative(0.25)))
        let unknown = try self.arithmetic("today").figure(of: .visitors)
        #expect(unknown == HeaderFigure(.metric(.visitors), 10, change: nil))
    }

    @Test("rates change by points, sums leave out the day that is not over")
    func others() throws {
        let arithmetic = try arithmetic("7d")
        #expect(
            arithmetic.figure(of: .bounceRate)
                == HeaderFigure(.metric(.bounceRate), 0.2, change: .points(0.2 - 0.4)))
        #expect(
            arithmetic.figure(of: .sessions)
                == HeaderFigure(.metric(.sessions), 140, change: .relative(-0.5)))
        #expect(
            arithmetic.figure(of: .typicalVisitSeconds)
                == HeaderFigure(.metric(.typicalVisitSeconds), nil, change: nil))
    }

    @Test("no full period before: new, never a percentage")
    func new() throws {
        let arithmetic = try arithmetic("30d", firstDay: "2026-10-01")
        for metric: Metric in [.visitors, .sessions, .bounceRate] {
            #expect(arithmetic.figure(of: metric).change == .new)
        }
        #expect(arithmetic.figure(of: .events) == HeaderFigure(.metric(.events), 0, change: nil))
    }

    @Test(
        "from nothing to something is new, from nothing to nothing no change",
        arguments: [
            (5.0, 0.0, Change.new), (0, 0, nil), (0, 4, .relative(-1)), (6, 4, .relative(0.5)),
        ])
    func ofCount(value: Double, before: Double, change: Change?) {
        #expect(Change.ofCount(value, before: before) == change)
    }
}
