/// A date of the proleptic Gregorian calendar, without a time zone: a site's local day, or the UTC
/// day of a partition. Counted in days since 1970-01-01.
package struct LocalDay: Hashable, Comparable, Sendable {
    package var daysSince1970: Int32

    package init(daysSince1970: Int32) {
        self.daysSince1970 = daysSince1970
    }

    /// Month 1…12, day 1…31; days past the month's end run into the next month.
    ///
    /// The arithmetic counts from 1 March of year 0, so that the leap day is a year's last.
    package init(year: Int, month: Int, day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSince1970 = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    package var components: (year: Int, month: Int, day: Int) {
        let shifted = Int(daysSince1970) + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    /// 0 is Monday, 6 is Sunday (1970-01-01 was a Thursday).
    package var weekday: Int {
        let shifted = Int(daysSince1970) + 3
        return shifted - shifted.floorDivided(by: 7) * 7
    }

    package var startOfMonth: LocalDay {
        let (year, month, _) = components
        return LocalDay(year: year, month: month, day: 1)
    }

    /// `Mon` to `Sun`.
    package var weekdayName: String { Self.weekdayNames[weekday] }
    private static let weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    package var startOfWeek: LocalDay { advanced(by: -weekday) }

    /// The first day of the month that lies `months` after this one's.
    package func startOfMonth(advancedBy months: Int) -> LocalDay {
        let (year, month, _) = components
        let index = year * 12 + month - 1 + months
        return LocalDay(
            year: index.floorDivided(by: 12), month: index - index.floorDivided(by: 12) * 12 + 1,
            day: 1)
    }

    package func advanced(by days: Int) -> LocalDay {
        LocalDay(daysSince1970: daysSince1970 + Int32(days))
    }

    package func distance(to other: LocalDay) -> Int {
        Int(other.daysSince1970 - daysSince1970)
    }

    package var startInUTC: Instant {
        Instant(milliseconds: Int64(daysSince1970) * TimeSpan.day.milliseconds)
    }

    package static func < (left: LocalDay, right: LocalDay) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }
}

extension LocalDay: Strideable {}

extension LocalDay: CustomStringConvertible {
    /// `2026-11-22`.
    package var description: String {
        let (year, month, day) = components
        return "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
    }

    /// Reads `2026-11-22`; `nil` for anything else, 2026-02-30 included.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
        guard components == (year, month, day) else { return nil }
    }
}

extension LocalDay: Codable {
    package init(from decoder: any Decoder) throws {
        daysSince1970 = try decoder.singleValueContainer().decode(Int32.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(daysSince1970)
    }
}
