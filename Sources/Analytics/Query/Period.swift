/// A range of local days, as users name it (DESIGN §8): `today`, `yesterday`, `30d`, `12mo`,
/// `2026-11`, `2026-11-22`, `2026-11-01..2026-11-22`.
package struct Period: Hashable, Sendable {
    /// Ten years.
    package static let mostDays = 3_660

    package let text: String
    private let form: Form

    private enum Form: Hashable {
        case today
        case yesterday
        case days(Int)
        case months(Int)
        case range(ClosedRange<LocalDay>)
        case month(LocalDay)
    }

    package struct ParseError: Error, Hashable, CustomStringConvertible {
        package var text: String
        package var description: String {
            """
            '\(text)' is no period: write today, yesterday, 30d (days), 12mo (months), 2026-11, \
            2026-11-22 or 2026-11-01..2026-11-22.
            """
        }
    }

    package init(_ text: String) throws(ParseError) {
        self.text = text
        guard let form = Self.parse(text) else { throw ParseError(text: text) }
        self.form = form
    }

    /// These days, whenever it is asked.
    package init(days: ClosedRange<LocalDay>) {
        text = "\(days.lowerBound)..\(days.upperBound)"
        form = .range(days)
    }

    private static func parse(_ text: String) -> Form? {
        if text == "today" { return .today }
        if text == "yesterday" { return .yesterday }
        if text.hasSuffix("mo"), let count = Int(text.dropLast(2)), (1...120).contains(count) {
            return .months(count)
        }
        if text.hasSuffix("d"), let count = Int(text.dropLast()), (1...mostDays).contains(count) {
            return .days(count)
        }
        if let dots = text.firstRange(of: "..") {
            guard let first = LocalDay(String(text[..<dots.lowerBound])),
                let last = LocalDay(String(text[dots.upperBound...])), first <= last,
                first.distance(to: last) < mostDays
            else { return nil }
            return .range(first...last)
        }
        if let day = LocalDay(text) { return .range(day...day) }
        if let day = LocalDay(text + "-01") { return .month(day) }
        return nil
    }

    /// - Parameter today: the site's local day now.
    package func days(today: LocalDay) -> ClosedRange<LocalDay> {
        switch form {
        case .today: today...today
        case .yesterday: today.advanced(by: -1)...today.advanced(by: -1)
        case .days(let count): today.advanced(by: 1 - count)...today
        // Ending with this month, up to today.
        case .months(let count): today.startOfMonth(advancedBy: 1 - count)...today
        case .range(let days): days
        case .month(let first): first...first.startOfMonth(advancedBy: 1).advanced(by: -1)
        }
    }

    /// The days to compare with: as many, just before; months before months.
    package func daysBefore(today: LocalDay) -> ClosedRange<LocalDay> {
        let days = days(today: today)
        let last = days.lowerBound.advanced(by: -1)
        switch form {
        case .months(let count): return days.lowerBound.startOfMonth(advancedBy: -count)...last
        case .month: return last.startOfMonth...last
        default: return last.advanced(by: -days.lowerBound.distance(to: days.upperBound))...last
        }
    }

    /// For a heading: `Last 30 days`.
    package var title: String {
        switch form {
        case .today: "Today"
        case .yesterday: "Yesterday"
        case .days(let count): count == 1 ? "Today" : "Last \(count) days"
        case .months(let count): count == 1 ? "This month" : "Last \(count) months"
        case .month: text
        case .range(let days): days.count == 1 ? text : "\(days.count) days"
        }
    }

    package static let standard = try! Period("30d")
}
