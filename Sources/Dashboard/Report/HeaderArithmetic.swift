import Analytics

/// Figures of the period and their change, from sums by day.
struct HeaderArithmetic {
    /// Totals by day of the period, and of the period before.
    let current: [LocalDay: Figures]
    let before: [LocalDay: Figures]
    /// Whether the new visitors of these days add up to an exact distinct count.
    let isExact: Bool
    let isExactBefore: Bool
    /// Of the day before, up to the same time; `nil` where it can't be folded.
    let sameTimeBefore: Figures?
    let comparison: PeriodComparison
    let firstDay: LocalDay?

    private var isOneDay: Bool { comparison.days.count == 1 }

    /// There is nothing new about a figure that is nothing.
    func figure(of metric: Metric) -> HeaderFigure {
        var figure = compared(metric)
        if figure.change == .new, (figure.value ?? 0) == 0 { figure.change = nil }
        return figure
    }

    private func compared(_ metric: Metric) -> HeaderFigure {
        if metric == .visitors, !isOneDay, !isExact { return visitorsADay }
        let total = sum(current, comparison.days)
        let visitors = isOneDay ? total.visitors : total.newVisitors
        return HeaderFigure(
            .metric(metric), metric.value(of: total, exactVisitors: visitors, in: nil),
            change: change(of: metric))
    }

    // MARK: Visitors over days on which nobody is known again (I9)

    private var visitorsADay: HeaderFigure {
        guard let days = comparison.daysOfMean(firstDay: firstDay) else {
            // No complete day yet: the sum says what there is, under its own name.
            let total = sum(current, comparison.days)
            return HeaderFigure(
                .metric(.visitorDays), Double(total.visitors), change: change(of: .visitorDays))
        }
        let mean = Double(sum(current, days).visitors) / Double(days.count)
        guard case .days(let now, let then) = comparison.basis else {
            return HeaderFigure(
                .visitorsADay, mean, change: comparison.basis == .new ? .new : nil)
        }
        let meanNow = Double(sum(current, now).visitors) / Double(now.count)
        let meanBefore = Double(sum(before, then).visitors) / Double(then.count)
        return HeaderFigure(.visitorsADay, mean, change: .ofCount(meanNow, before: meanBefore))
    }

    // MARK: Change

    private func change(of metric: Metric) -> Change? {
        switch comparison.basis {
        case .new: .new
        case .nothing: nil
        case .sameTime(let today, _):
            sameTimeBefore.flatMap { then in
                let now = current[today] ?? Figures()
                return change(
                    of: metric, now, exact: now.visitors, before: then, exact: then.visitors)
            }
        case .days(let now, let then):
            change(of: metric, on: now, before: then)
        }
    }

    private func change(
        of metric: Metric, on now: ClosedRange<LocalDay>, before then: ClosedRange<LocalDay>
    ) -> Change? {
        let (sumNow, sumThen) = (sum(current, now), sum(before, then))
        if isOneDay {
            return change(
                of: metric, sumNow, exact: sumNow.visitors, before: sumThen,
                exact: sumThen.visitors)
        }
        // Two exact counts can be compared, an exact one with a sum of daily ones can't.
        if metric == .visitors, !isExactBefore { return nil }
        return change(
            of: metric, sumNow, exact: sumNow.newVisitors, before: sumThen,
            exact: sumThen.newVisitors)
    }

    private func change(
        of metric: Metric, _ now: Figures, exact visitors: Int, before then: Figures,
        exact visitorsThen: Int
    ) -> Change? {
        let value = metric.value(of: now, exactVisitors: visitors, in: nil)
        let before = metric.value(of: then, exactVisitors: visitorsThen, in: nil)
        guard let value, let before else { return nil }
        return metric == .bounceRate ? .points(value - before) : .ofCount(value, before: before)
    }

    private func sum(_ days: [LocalDay: Figures], _ range: ClosedRange<LocalDay>) -> Figures {
        days.filter { range.contains($0.key) }.values.reduce(into: Figures(), +=)
    }
}

extension Change {
    /// `new` from nothing to something, `nil` from nothing to nothing.
    static func ofCount(_ value: Double, before: Double) -> Change? {
        if before > 0 { return .relative(value / before - 1) }
        return value > 0 ? .new : nil
    }
}
