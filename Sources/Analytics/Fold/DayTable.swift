/// The bounds of local days, their hours and salt periods as flat arrays: built once a fold, so
/// that placing an event costs a comparison or two.
///
/// It holds every day that the events touch, since what happened before the days asked for tells
/// who is new on them.
struct DayTable {
    /// The days asked for, by position.
    let asked: Range<Int>
    /// Starts of the days in ms, and the end of the last.
    private let starts: [Int64]
    /// Per day, the starts and labels of its local hours.
    let hours: [[(start: Int64, label: String, weekdayLabel: String)]]
    /// Per day, the number of its salt period.
    let periods: [Int]

    /// - Parameter times: of the first and the last event; `nil` without events.
    init(calendar: SiteCalendar, asked days: ClosedRange<LocalDay>, times: ClosedRange<Int64>?) {
        var (first, end) = (days.lowerBound, days.upperBound)
        if let times {
            first = min(first, calendar.day(of: Instant(milliseconds: times.lowerBound)))
            end = max(end, calendar.day(of: Instant(milliseconds: times.upperBound)))
        }
        let all = Array(first...end)
        starts =
            all.map { calendar.start(of: $0).milliseconds }
            + [calendar.end(of: end).milliseconds]
        hours = all.map { day in
            let weekday = day.weekdayName
            return calendar.hours(of: day).map {
                ($0.start.milliseconds, $0.label, "\(weekday) \($0.label)")
            }
        }
        let periodStarts = all.map {
            calendar.saltPeriod(containing: calendar.start(of: $0)).start
        }
        var periods = [0]
        for index in periodStarts.indices.dropFirst() {
            let isSame = periodStarts[index] == periodStarts[index - 1]
            periods.append(periods[index - 1] + (isSame ? 0 : 1))
        }
        self.periods = periods
        let offset = first.distance(to: days.lowerBound)
        asked = offset..<(offset + days.count)
    }

    /// The position of an event's day among all days of the table.
    ///
    /// - Parameter likely: where to look first.
    func index(of time: Int64, likely: Int = 0) -> Int {
        if starts[likely] <= time, time < starts[likely + 1] { return likely }
        var (low, high) = (0, starts.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= time { low = middle } else { high = middle }
        }
        return low
    }

    func hourIndex(of time: Int64, day: Int) -> Int {
        let hours = hours[day]
        // An hour has 60 minutes but where half-hour changes cut it, so the guess is off by one
        // at most.
        var index = min(Int((time - starts[day]) / 3_600_000), hours.count - 1)
        while index > 0, hours[index].start > time { index -= 1 }
        while index + 1 < hours.count, hours[index + 1].start <= time { index += 1 }
        return index
    }
}
