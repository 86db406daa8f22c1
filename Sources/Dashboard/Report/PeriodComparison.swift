import Analytics

/// Which days of a period are compared with which days before it: like with like (DESIGN §8).
///
/// Days that are not complete are left out, and so are their counterparts: the n-th day of the
/// period is compared with the n-th day of the period before. Of a period of months whose month
/// before is shorter, the last days have no counterpart.
struct PeriodComparison: Hashable {
    enum Basis: Hashable {
        /// Complete days against as many before.
        case days(ClosedRange<LocalDay>, before: ClosedRange<LocalDay>)
        /// Today so far against the day before, cut as long after its midnight.
        case sameTime(today: LocalDay, before: LocalDay)
        /// No full period before.
        case new
        /// No complete day to compare yet, or none to compare with.
        case nothing
    }

    let days: ClosedRange<LocalDay>
    let daysBefore: ClosedRange<LocalDay>
    /// The complete days of the period, those before the site's first event included.
    let completeDays: ClosedRange<LocalDay>?
    let basis: Basis

    /// - Parameters:
    ///   - today: the site's local day now; it names the period's days.
    ///   - dayOfData: the day that the figures reach into; it is not complete.
    ///   - firstDay: of the site's first event; `nil` without any.
    ///   - isKnownBefore: whether there are figures of the days before at all.
    init(
        period: Period, today: LocalDay, dayOfData: LocalDay, firstDay: LocalDay?,
        isKnownBefore: Bool = true
    ) {
        let days = period.days(today: today)
        let before = period.daysBefore(today: today)
        self.days = days
        daysBefore = before
        let count = min(days.count, days.lowerBound.distance(to: dayOfData))
        let complete =
            count > 0 ? days.lowerBound...days.lowerBound.advanced(by: count - 1) : nil
        completeDays = complete
        guard isKnownBefore else {
            basis = .nothing
            return
        }
        // The day of the first event is not full: counting began in it.
        guard let firstDay, firstDay < before.lowerBound else {
            basis = .new
            return
        }
        if let complete {
            if complete == days {
                basis = .days(complete, before: before)
            } else {
                let offset = min(count, before.count) - 1
                basis = .days(
                    days.lowerBound...days.lowerBound.advanced(by: offset),
                    before: before.lowerBound...before.lowerBound.advanced(by: offset))
            }
        } else if days == dayOfData...dayOfData {
            basis = .sameTime(today: dayOfData, before: before.lowerBound)
        } else {
            basis = .nothing
        }
    }

    /// The complete days over which a mean *a day* is taken: since the day after the site's first
    /// event. `nil` when there is none.
    func daysOfMean(firstDay: LocalDay?) -> ClosedRange<LocalDay>? {
        guard let completeDays, let firstDay else { return nil }
        let first = max(completeDays.lowerBound, firstDay.advanced(by: 1))
        return first <= completeDays.upperBound ? first...completeDays.upperBound : nil
    }
}
