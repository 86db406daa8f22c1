package import Foundation

/// Where a site's local days and salt periods begin and end.
///
/// A local day runs from the first instant of its date in the site's zone to the first instant of
/// the next, so it has 23, 24 or 25 hours where clocks change. Changes of zone, rotation or timeout
/// begin at a local midnight (`SiteEpoch`) and never re-cut days that have passed.
package struct SiteCalendar: Sendable {
    private let spans: [EpochSpan]

    /// One epoch, with the day that its first instant is in.
    private struct EpochSpan: Sendable {
        let epoch: SiteEpoch
        let zone: TimeZone
        let firstDay: LocalDay
        let end: Instant?
    }

    /// - Parameter epochs: at least one, by start; the first also holds for all time before it.
    package init(epochs: [SiteEpoch]) {
        precondition(!epochs.isEmpty, "a site has at least one epoch")
        var spans: [EpochSpan] = []
        for (index, epoch) in epochs.enumerated() {
            let zone = TimeZone(identifier: epoch.timeZone) ?? .gmt
            var firstDay = Self.civilDay(epoch.start, zone)
            if let before = spans.last {
                // A move to the west would open the day before a second time; a day is longer then.
                let lastDay = Self.civilDay(epoch.start - TimeSpan(milliseconds: 1), before.zone)
                firstDay = max(firstDay, lastDay.advanced(by: 1))
            }
            let end = index + 1 < epochs.count ? epochs[index + 1].start : nil
            spans.append(EpochSpan(epoch: epoch, zone: zone, firstDay: firstDay, end: end))
        }
        self.spans = spans
    }

    /// The rotation, timeout and zone in force at an instant.
    package func epoch(at instant: Instant) -> SiteEpoch { span(at: instant).epoch }

    /// Whether no visitor is ever known again on another day.
    var isAlwaysDaily: Bool { spans.allSatisfy { $0.epoch.rotation == .daily } }

    package func day(of instant: Instant) -> LocalDay {
        let span = span(at: instant)
        let civil = Self.civilDay(instant, span.zone)
        return isFirst(span) ? civil : max(civil, span.firstDay)
    }

    /// The first instant of a local day. A date that the zone skipped (Pacific/Apia, 2011-12-30)
    /// starts where the next one does.
    package func start(of day: LocalDay) -> Instant {
        let span = spans.last { $0.firstDay <= day } ?? spans[0]
        if !isFirst(span), day == span.firstDay { return span.epoch.start }
        let start = Self.firstInstant(of: day, in: span.zone)
        if !isFirst(span), start < span.epoch.start { return span.epoch.start }
        // A day that a move to the east skipped has no instant of its own.
        if let end = span.end, start > end { return end }
        return start
    }

    package func end(of day: LocalDay) -> Instant { start(of: day.advanced(by: 1)) }

    /// The starts of the day's local hours with their labels: `00:00` … `23:00`, and `03:00+` for
    /// an hour that comes a second time when clocks go back.
    package func hours(of day: LocalDay) -> [(start: Instant, label: String)] {
        let (start, end) = (start(of: day), end(of: day))
        if isPlain(start, end) {
            return (0..<24).map { (start + .hours(Int64($0)), "\($0.padded(to: 2)):00") }
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = span(at: start).zone
        var hours: [(start: Instant, label: String)] = []
        var instant = start
        while instant < end {
            let parts = calendar.dateComponents([.hour, .minute], from: instant.date)
            // Zones with half-hour changes (Australia/Lord_Howe) have an hour that starts late.
            let past = Int64(parts.minute ?? 0) * 60_000
            var label = "\((parts.hour ?? 0).padded(to: 2)):00"
            if hours.contains(where: { $0.label == label }) {
                label += "+"
            }
            if hours.last?.label != label { hours.append((instant, label)) }
            instant = instant + TimeSpan(milliseconds: TimeSpan.hours(1).milliseconds - past)
        }
        return hours
    }

    /// Whether the day runs from 00:00 to 24:00 without a change of clocks, as nearly all do; asking
    /// a calendar for each hour is slow.
    private func isPlain(_ start: Instant, _ end: Instant) -> Bool {
        let zone = span(at: start).zone
        let offset = zone.secondsFromGMT(for: start.date)
        return end - start == .hours(24)
            && (start.milliseconds + Int64(offset) * 1_000).isMultiple(
                of: TimeSpan.day.milliseconds)
            && zone.secondsFromGMT(for: (end - TimeSpan(milliseconds: 1)).date) == offset
            && zone.nextDaylightSavingTimeTransition(after: start.date).map { $0 >= end.date }
                ?? true
    }

    /// The time during which one salt holds: a day, a week from Monday or a calendar month, cut
    /// where an epoch begins.
    package func saltPeriod(containing instant: Instant) -> SaltPeriod {
        let span = span(at: instant)
        let day = day(of: instant)
        let (first, next): (LocalDay, LocalDay)
        switch span.epoch.rotation {
        case .daily: (first, next) = (day, day.advanced(by: 1))
        case .weekly: (first, next) = (day.startOfWeek, day.startOfWeek.advanced(by: 7))
        case .monthly: (first, next) = (day.startOfMonth, day.startOfMonth(advancedBy: 1))
        }
        var period = SaltPeriod(start: start(of: first), end: start(of: next))
        if !isFirst(span) { period.start = max(period.start, span.epoch.start) }
        if let end = span.end { period.end = min(period.end, end) }
        return period
    }

    private func span(at instant: Instant) -> EpochSpan {
        spans.last { $0.epoch.start <= instant } ?? spans[0]
    }

    private func isFirst(_ span: EpochSpan) -> Bool {
        span.epoch.start == spans[0].epoch.start
    }

    private static func civilDay(_ instant: Instant, _ zone: TimeZone) -> LocalDay {
        let offset = Int64(zone.secondsFromGMT(for: instant.date)) * 1_000
        return Instant(milliseconds: instant.milliseconds + offset).utcDay
    }

    /// The first instant whose date in the zone is `day` or later, found by bisection, so that no
    /// calendar's idea of a missing or doubled midnight (Africa/Cairo, America/Havana) matters.
    private static func firstInstant(of day: LocalDay, in zone: TimeZone) -> Instant {
        var low = day.startInUTC.milliseconds - TimeSpan.hours(26).milliseconds
        var high = day.startInUTC.milliseconds + TimeSpan.hours(26).milliseconds
        while high - low > 1 {
            let middle = (low + high) / 2
            if civilDay(Instant(milliseconds: middle), zone) >= day {
                high = middle
            } else {
                low = middle
            }
        }
        return Instant(milliseconds: high)
    }
}

/// The half-open time `start..<end` in which one salt holds.
package struct SaltPeriod: Hashable, Sendable {
    package var start: Instant
    package var end: Instant

    package init(start: Instant, end: Instant) {
        self.start = start
        self.end = end
    }

    package func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }
}

extension Instant {
    package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}

/// A calendar for one thread of work that asks about instants close to each other: it keeps the
/// bounds of the last day.
package struct DayFinder {
    package let calendar: SiteCalendar
    private var day: LocalDay
    private var bounds: Range<Instant>

    package init(calendar: SiteCalendar, near instant: Instant) {
        self.calendar = calendar
        day = calendar.day(of: instant)
        bounds = calendar.start(of: day)..<calendar.end(of: day)
    }

    package mutating func day(of instant: Instant) -> LocalDay {
        if !bounds.contains(instant) { self = DayFinder(calendar: calendar, near: instant) }
        return day
    }
}
