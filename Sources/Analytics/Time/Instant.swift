/// A point in time: milliseconds since 1970-01-01T00:00:00Z, as the collector's clock tells it.
package struct Instant: Hashable, Comparable, Sendable, Codable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func + (instant: Instant, span: TimeSpan) -> Instant {
        Instant(milliseconds: instant.milliseconds + span.milliseconds)
    }

    package static func - (instant: Instant, span: TimeSpan) -> Instant {
        Instant(milliseconds: instant.milliseconds - span.milliseconds)
    }

    package static func - (left: Instant, right: Instant) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds - right.milliseconds)
    }

    /// The UTC day that this instant is in; it names the partition of an event.
    package var utcDay: LocalDay {
        LocalDay(daysSince1970: Int32(milliseconds.floorDivided(by: TimeSpan.day.milliseconds)))
    }
}

/// A length of time in milliseconds.
package struct TimeSpan: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(milliseconds: count * 1_000)
    }
    package static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }
    package static func hours(_ count: Int64) -> TimeSpan { .minutes(count * 60) }
    package static func days(_ count: Int64) -> TimeSpan { .hours(count * 24) }
    package static let day = TimeSpan.days(1)

    package var seconds: Double { Double(milliseconds) / 1_000 }

    package static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Instant: CustomStringConvertible {
    /// ISO 8601 in UTC with milliseconds: `2026-11-22T10:00:00.000Z`.
    package var description: String {
        let day = utcDay
        let rest = milliseconds - Int64(day.daysSince1970) * TimeSpan.day.milliseconds
        let clock = [
            (rest / 3_600_000).padded(to: 2), (rest / 60_000 % 60).padded(to: 2),
            (rest / 1_000 % 60).padded(to: 2),
        ]
        return "\(day)T\(clock.joined(separator: ":")).\((rest % 1_000).padded(to: 3))Z"
    }

    /// Reads what `description` writes; seconds and milliseconds may be missing, and a `+02:00`
    /// may stand for the `Z`.
    package init?(_ text: String) {
        guard let separator = text.firstIndex(where: { $0 == "T" || $0 == " " }),
            let day = LocalDay(String(text[..<separator]))
        else { return nil }
        var clock = text[text.index(after: separator)...]
        var offset: Int64 = 0
        if clock.hasSuffix("Z") {
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let parts = clock[clock.index(after: sign)...].split(separator: ":")
            guard parts.count == 2, let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
                hours <= 14, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60_000 * (clock[sign] == "-" ? -1 : 1)
            clock = clock[..<sign]
        } else {
            return nil
        }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.first?.isASCII == true && $0.first?.isNumber == true }),
            (2...3).contains(parts.count), let hours = Int64(parts[0]), hours < 24,
            let minutes = Int64(parts[1]), minutes < 60,
            let seconds = parts.count == 3 ? Double(parts[2]) : 0, (0..<61).contains(seconds)
        else { return nil }
        milliseconds =
            Int64(day.daysSince1970) * TimeSpan.day.milliseconds + hours * 3_600_000
            + minutes * 60_000 + Int64((seconds * 1_000).rounded()) - offset
    }
}

extension BinaryInteger {
    /// Division that rounds towards minus infinity, as days before 1970 need it.
    package func floorDivided(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The number in decimal with leading zeros.
    package func padded(to width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
