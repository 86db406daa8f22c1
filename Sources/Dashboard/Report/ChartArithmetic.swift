import Analytics
import Storage

/// One metric point by point: hours of a single day, else days, each with its counterpart.
struct ChartArithmetic {
    let facts: PeriodFacts
    let metric: Metric

    func series() throws(StorageError) -> ChartSeries {
        let days = facts.comparison.daysBefore
        let hasBefore =
            facts.before != nil && facts.firstDay.map { $0 <= days.upperBound } ?? false
        let isOneDay = facts.days.count == 1
        return ChartSeries(
            metric: metric, unit: isOneDay ? .hour : .day,
            points: isOneDay ? try hours() : dayPoints(),
            daysBefore: !hasBefore ? nil : isOneDay ? days.lowerBound...days.lowerBound : days)
    }

    private func value(_ figures: Figures, in dimension: Dimension?) -> Double? {
        metric.value(of: figures, exactVisitors: figures.visitors, in: dimension)
    }

    private func dayPoints() -> [ChartSeries.Point] {
        let comparison = facts.comparison
        let daysBefore = comparison.daysBefore
        return comparison.days.enumerated().map { offset, day in
            let before = daysBefore.lowerBound.advanced(by: offset)
            let hasBefore = facts.before != nil && before <= daysBefore.upperBound
            return ChartSeries.Point(
                day: day, value: value(on: day, of: facts.totals),
                before: hasBefore ? value(on: before, of: facts.totalsBefore) : nil,
                isComplete: comparison.completeDays?.contains(day) ?? false)
        }
    }

    private func value(on day: LocalDay, of totals: [LocalDay: Figures]) -> Double? {
        guard let firstDay = facts.firstDay, day >= firstDay, day <= facts.asOf.day else {
            return nil
        }
        return value(totals[day] ?? Figures(), in: nil)
    }

    private func hours() throws(StorageError) -> [ChartSeries.Point] {
        let day = facts.days.lowerBound
        let before = facts.comparison.daysBefore.lowerBound
        let calendar = facts.site.calendar
        let rows = try facts.current.rows(of: .hour, on: day)
        let rowsBefore = try facts.before?.rows(of: .hour, on: before)
        let labelsBefore = Set(calendar.hours(of: before).map(\.label))
        let asOf = facts.asOf.instant
        let hours = calendar.hours(of: day)
        return hours.enumerated().map { index, hour in
            let end = index + 1 < hours.count ? hours[index + 1].start : calendar.end(of: day)
            let isCounted = facts.firstDay.map { day >= $0 } ?? false
            let wasCounted = facts.firstDay.map { before >= $0 } ?? false
            return ChartSeries.Point(
                day: day, hour: hour.label,
                value: isCounted && hour.start <= asOf
                    ? value(rows[hour.label] ?? Figures(), in: .hour) : nil,
                before: wasCounted && labelsBefore.contains(hour.label)
                    ? rowsBefore.flatMap { value($0[hour.label] ?? Figures(), in: .hour) } : nil,
                isComplete: end <= asOf)
        }
    }
}
