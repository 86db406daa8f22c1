import Analytics
import struct Foundation.Locale

/// Numbers, dates and names as people read them.
struct Wording {
    let glyphs: Glyphs
    let isASCII: Bool

    init(isASCII: Bool) {
        self.isASCII = isASCII
        glyphs = isASCII ? .ascii : .unicode
    }

    // MARK: Numbers

    /// `15,932`
    static func count(_ value: Double) -> String {
        let digits = String(Int(value.rounded()))
        let isNegative = digits.hasPrefix("-")
        var grouped = ""
        for (index, digit) in digits.drop(while: { $0 == "-" }).enumerated() {
            if index > 0, (digits.count - (isNegative ? 1 : 0) - index) % 3 == 0 { grouped += "," }
            grouped.append(digit)
        }
        return (isNegative ? "-" : "") + grouped
    }

    /// A mean of counts: `416`, but `1.6` below ten, where a whole number says too little.
    static func mean(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths >= 10 || tenths == tenths.rounded() ? count(value) : "\(tenths)"
    }

    /// `41 %`; `<1 %` for what is there but rounds to nothing.
    static func percent(_ share: Double) -> String {
        let rounded = (share * 100).rounded()
        return rounded == 0 && share > 0 ? "<1 %" : "\(count(rounded)) %"
    }

    /// `41s`, `2m41s`, `1h02m`, and hours alone from 100 on.
    static func duration(seconds: Double) -> String {
        let seconds = Int(seconds.rounded())
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
        if hours >= 100 { return "\(count(Double(hours)))h" }
        if hours > 0 { return "\(hours)h\(minutes.padded(to: 2))m" }
        if minutes > 0 { return "\(minutes)m\((seconds % 60).padded(to: 2))s" }
        return "\(seconds)s"
    }

    static func value(_ value: Double?, of metric: Metric) -> String {
        guard let value else { return "-" }
        if metric.isShare { return percent(value) }
        if metric == .scrollDepth { return percent(value / 100) }
        if metric.isMoney { return amount(value) }
        return metric.isDuration ? duration(seconds: value) : count(value)
    }

    /// `1,234.50`
    static func amount(_ value: Double) -> String {
        let cents = Int64(min(max(value * 100, -9e18), 9e18).rounded())
        let (whole, part) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
        return (cents < 0 ? "-" : "") + count(Double(whole)) + "." + Int(part).padded(to: 2)
    }

    static func value(of figure: HeaderFigure) -> String {
        switch figure.kind {
        case .visitorsADay: figure.value.map(mean) ?? "-"
        case .metric(let metric): value(figure.value, of: metric)
        }
    }

    /// `▲12 %`, `▼2` (percentage points), `new`.
    func change(_ change: Change) -> String {
        let (value, unit): (Double, String)
        switch change {
        case .new: return "new"
        case .relative(let share): (value, unit) = ((share * 100).rounded(), " %")
        case .points(let points): (value, unit) = ((points * 100).rounded(), "")
        }
        let sign = value > 0 ? glyphs.up : value < 0 ? glyphs.down : glyphs.same
        return sign + Self.count(abs(value)) + unit
    }

    // MARK: Dates

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func month(_ day: LocalDay) -> String { months[day.components.month - 1] }

    /// `3 Nov`
    static func date(_ day: LocalDay) -> String { "\(day.components.day) \(month(day))" }

    /// `Tue 3`
    static func weekday(_ day: LocalDay) -> String {
        "\(day.weekdayName) \(day.components.day)"
    }

    /// `3 Nov 2026`
    static func fullDate(_ day: LocalDay) -> String { "\(date(day)) \(day.components.year)" }

    /// `24 Oct – 22 Nov 2026`; the year stands twice only where it changes.
    func range(_ days: ClosedRange<LocalDay>, withYear: Bool = true) -> String {
        let (first, last) = (days.lowerBound, days.upperBound)
        let end = withYear ? Self.fullDate(last) : Self.date(last)
        if first == last {
            return withYear ? "\(Self.weekday(first)) \(end.drop { $0 != " " }.dropFirst())" : end
        }
        let (from, to) = (first.components, last.components)
        let start =
            from.year != to.year && withYear
            ? Self.fullDate(first)
            : (from.year, from.month) == (to.year, to.month) ? "\(from.day)" : Self.date(first)
        return "\(start) \(glyphs.dash) \(end)"
    }

    // MARK: Names

    /// The name over a figure of the whole period.
    static func name(of kind: HeaderFigure.Kind) -> String {
        switch kind {
        case .visitorsADay: "Visitors a day"
        case .metric(let metric): name(of: metric)
        }
    }

    static func name(of metric: Metric) -> String {
        switch metric {
        case .visitors: "Visitors"
        case .visitorDays: "Daily visitors"
        case .sessions: "Sessions"
        case .pageviews: "Pageviews"
        case .events: "Events"
        case .bounces: "Bounces"
        case .bounceRate: "Bounce"
        case .engagedSessions: "Engaged sessions"
        case .sessionSeconds: "Time on site"
        case .engagedSeconds: "Engaged time"
        case .typicalVisitSeconds: "Typical visit"
        case .visitSecondsP75: "Visit, 75 %"
        case .visitSecondsP95: "Visit, 95 %"
        case .engagedSecondsMedian: "Engaged, median"
        case .engagedSecondsP75: "Engaged, 75 %"
        case .engagedSecondsP95: "Engaged, 95 %"
        case .conversions: "Conversions"
        case .conversionRate: "Rate"
        case .scrollDepth: "Scrolled"
        case .orders: "Orders"
        case .revenue: "Revenue"
        case .averageOrder: "Average order"
        }
    }

    /// The value of a dimension, made plain; countries by name.
    func label(_ value: String, of dimension: Analytics.Dimension) -> String {
        guard dimension == .country, value.utf8.count == 2 else {
            return PlainText.of(value, isASCII: isASCII)
        }
        let name = Self.english.localizedString(forRegionCode: value)
        return PlainText.of(name ?? value, isASCII: isASCII)
    }

    private static let english = Locale(identifier: "en")
}
