/// The bounds of a fold's local days and hours as flat arrays: built once, so that placing an
/// event costs a comparison or two.
struct DayTable {
    /// Starts of the days in ms, and the end of the last.
    private let starts: [Int64]
    /// Per day, the starts and labels of its local hours.
    let hours: [[(start: Int64, label: String)]]
    private var last = 0

    init(calendar: SiteCalendar, days: ClosedRange<LocalDay>) {
        starts =
            days.map { calendar.start(of: $0).milliseconds }
            + [calendar.end(of: days.upperBound).milliseconds]
        hours = days.map { day in
            calendar.hours(of: day).map { ($0.start.milliseconds, $0.label) }
        }
    }

    /// The day's position among the days asked for, or `nil` outside them.
    mutating func index(of time: Int64) -> Int? {
        if starts[last] <= time, time < starts[last + 1] { return last }
        guard let first = starts.first, let end = starts.last, first <= time, time < end else {
            return nil
        }
        var (low, high) = (0, starts.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= time { low = middle } else { high = middle }
        }
        last = low
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
