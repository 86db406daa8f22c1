import Foundation

@testable import Analytics

/// DESIGN §4 and §5 once more for one site, written for clarity alone: what visitors, sessions
/// and figures the stored events must give. It shares no code with the product but plain values.
struct Oracle {
    /// An event with where and when it counts.
    struct Placed {
        var event: TrafficEvent
        var day: LocalDay
        var hour: String
        /// 21 November 2026 is a Saturday.
        var weekdayHour: String {
            let days = LocalDay(year: 2026, month: 11, day: 21).distance(to: day)
            let names = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"]
            return "\(names[(days % 7 + 7) % 7]) \(hour)"
        }
        /// Its salt period: the epoch and the day, week or month, as text.
        var period: String
        /// What the visitor's value stands for: a browser during one salt period. `nil` without.
        var visitor: String?
    }

    struct Visit {
        var visitor: String
        var events: [Placed]
        var number: Int?
        var daysSinceLast: Int?

        var start: Instant { events[0].event.time }
        var end: Instant { events[events.count - 1].event.time }
        var views: [Placed] { events.filter { $0.event.kind == .pageview } }
    }

    let epochs: [SiteEpoch]
    let settings: SiteSettings
    private(set) var events: [Placed] = []
    private(set) var visits: [Visit] = []

    /// - Parameter traffic: all that was kept of the site, in the order stored.
    init(epochs: [SiteEpoch], settings: SiteSettings, traffic: [TrafficEvent]) {
        self.epochs = epochs
        self.settings = settings
        var orders: Set<String> = []
        var open: [Int: (start: Instant, last: Instant, visitor: String)] = [:]
        for event in traffic {
            let period = period(of: event.time)
            var placed = Placed(
                event: event, day: day(of: event.time), hour: hour(of: event.time), period: period)
            placed.event.acquisition.channel = channel(of: event.acquisition)
            if event.fate == .kept {
                placed.visitor = "browser \(event.browser) in \(period)"
                // Across a rotation a session stays one: the browser keeps its value until that
                // session ends, by a gap or at its 48 hours.
                if let session = open[event.browser], event.time - session.last <= timeout,
                    event.time <= session.start + .hours(48)
                {
                    placed.visitor = session.visitor
                    open[event.browser]!.last = event.time
                } else if !event.isEngagement {
                    open[event.browser] = (event.time, event.time, placed.visitor!)
                }
            }
            // An order that a visitor told before only shows that he is still there.
            if let order = event.order, let visitor = placed.visitor,
                (event.revenue?.minorUnits ?? 0) >= 0
            {
                let name = "\(order) \(period) \(visitor)"
                let isKnown =
                    orders.contains(name + "!") || event.revenue == nil && orders.contains(name)
                orders.insert(event.revenue == nil ? name : name + "!")
                if isKnown { placed.event.kind = .engagement(milliseconds: 0, scrollDepth: nil) }
            }
            events.append(placed)
        }
        for visitor in Set(events.compactMap(\.visitor)) {
            visits += visitsOf(visitor, events.filter { $0.visitor == visitor })
        }
        visits.sort { ($0.start, $0.visitor) < ($1.start, $1.visitor) }
    }

    private var timeout: TimeSpan { epochs[0].sessionTimeout }

    private func visitsOf(_ visitor: String, _ events: [Placed]) -> [Visit] {
        var visits: [Visit] = []
        for placed in events {
            if let open = visits.last, placed.event.time - open.end <= timeout,
                placed.event.time <= open.start + .hours(48)
            {
                visits[visits.count - 1].events.append(placed)
            } else if !placed.isEngagement {
                visits.append(Visit(visitor: visitor, events: [placed]))
            }
        }
        var before: LocalDay?
        var number = 0
        for index in visits.indices where epoch(at: visits[index].start).rotation != .daily {
            let day = visits[index].events[0].day
            number += 1
            visits[index].number = number
            visits[index].daysSinceLast = before.map { $0.distance(to: day) }
            before = day
        }
        return visits
    }

    // MARK: Time

    private func epochIndex(at time: Instant) -> Int { epochs.lastIndex { $0.start <= time } ?? 0 }

    private func epoch(at time: Instant) -> SiteEpoch { epochs[epochIndex(at: time)] }

    /// The date and the hour that a clock in the zone shows.
    private func wallClock(_ time: Instant, _ zone: String) -> (day: LocalDay, hour: Int) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone)!
        let parts = calendar.dateComponents([.year, .month, .day, .hour], from: time.date)
        return (LocalDay(year: parts.year!, month: parts.month!, day: parts.day!), parts.hour!)
    }

    /// The date that the clock shows; after a move to the west not a date that was over already.
    func day(of time: Instant) -> LocalDay {
        let index = epochIndex(at: time)
        let day = wallClock(time, epochs[index].timeZone).day
        guard index > 0 else { return day }
        let lastBefore = wallClock(
            epochs[index].start - TimeSpan(milliseconds: 1), epochs[index - 1].timeZone
        ).day
        return max(day, lastBefore.advanced(by: 1))
    }

    /// `03:00`, or `03:00+` when the clock has shown that hour before on this day.
    private func hour(of time: Instant) -> String {
        let zone = epoch(at: time).timeZone
        let now = wallClock(time, zone)
        let label = "\(now.hour < 10 ? "0" : "")\(now.hour):00"
        func offset(_ time: Instant) -> Int {
            TimeZone(identifier: zone)!.secondsFromGMT(for: time.date)
        }
        // Clocks change rarely, and looking back is slow.
        let isNewEpoch = epochIndex(at: time - .hours(50)) != epochIndex(at: time)
        guard isNewEpoch || offset(time - .hours(26)) != offset(time) else { return label }
        let today = day(of: time)
        var earlier = time - .minutes(30)
        var isChanged = false
        while day(of: earlier) == today, epochIndex(at: earlier) == epochIndex(at: time) {
            let then = wallClock(earlier, zone)
            isChanged = isChanged || offset(earlier) != offset(time) || then.day != now.day
            if isChanged, then.hour == now.hour { return label + "+" }
            earlier = earlier - .minutes(30)
        }
        return label
    }

    func period(of time: Instant) -> String {
        let (year, month, _) = day(of: time).components
        switch epoch(at: time).rotation {
        case .daily: return "\(epochIndex(at: time)) \(day(of: time))"
        case .weekly:
            let monday = day(of: time).advanced(by: -day(of: time).weekday)
            return "\(epochIndex(at: time)) week \(monday)"
        case .monthly: return "\(epochIndex(at: time)) \(year)-\(month)"
        }
    }
}

extension Oracle.Placed {
    var isEngagement: Bool { engagedMilliseconds != nil }

    var engagedMilliseconds: Int64? {
        guard case .engagement(let milliseconds, _) = event.kind else { return nil }
        return milliseconds
    }

    var customName: String? {
        guard case .custom(let name, _) = event.kind else { return nil }
        return name
    }
}

extension Oracle.Visit {
    var engagedMilliseconds: Int64 { events.compactMap(\.engagedMilliseconds).reduce(0, +) }

    var isBounce: Bool {
        let isInteractive = events.contains { placed in
            guard case .custom(_, let isInteractive) = placed.event.kind else { return false }
            return isInteractive
        }
        return views.count == 1 && !isInteractive
    }

    /// The value of each session dimension.
    var values: [Dimension: String] {
        let first = events[0].event
        let (client, tags) = (first.profile.client, first.acquisition.tags)
        func versioned(_ name: String, _ version: String) -> String {
            version.isEmpty ? name : name + " " + version
        }
        var values: [Dimension: String] = [
            .entryPage: views.first?.event.page.path ?? "",
            .exitPage: views.last?.event.page.path ?? "",
            .source: first.acquisition.source, .channel: first.acquisition.channel,
            .referrer: first.acquisition.referrer, .utmSource: tags.source, .utmMedium: tags.medium,
            .utmCampaign: tags.campaign, .utmContent: tags.content, .utmTerm: tags.term,
            .country: first.profile.country, .region: first.profile.region,
            .city: first.profile.city,
            .language: first.profile.language, .browser: client.browser,
            .browserVersion: versioned(client.browser, client.browserVersion), .os: client.os,
            .osVersion: versioned(client.os, client.osVersion),
            .device: client.device == .other ? "" : client.device.rawValue,
            .screen: first.profile.screen?.rawValue ?? "",
        ]
        if let number {
            values[.visitNumber] = String(number)
            values[.daysSinceLastVisit] = daysSinceLast.map(String.init) ?? ""
        }
        return values.mapValues { $0.isEmpty ? "(none)" : $0 }
    }

    /// As the product tells of it.
    var session: Session {
        let notTold: [Dimension] = [.entryPage, .exitPage, .visitNumber, .daysSinceLastVisit]
        return Session(
            start: start, end: end, entryPage: views.first?.event.page.path,
            exitPage: views.last?.event.page.path, pageviews: views.count,
            events: events.compactMap(\.customName).count, engagedMilliseconds: engagedMilliseconds,
            isBounce: isBounce, values: values.filter { !notTold.contains($0.key) },
            visitNumber: number, daysSinceLastVisit: daysSinceLast)
    }
}
