import Analytics
import Storage
import Testing

/// Compares what a replay has stored with what its oracle says.
struct OracleCheck {
    let replay: Replay
    let oracles: [Oracle]
    let seed: UInt64

    init(_ replay: Replay, seed: UInt64) {
        self.replay = replay
        oracles = replay.oracles()
        self.seed = seed
    }

    /// - Returns: whether all agrees; the first difference of each site is recorded.
    func everything() throws -> Bool {
        for (site, oracle) in zip(replay.sites, oracles) {
            guard try checkSessions(site, oracle), try checkFigures(site, oracle),
                try checkBooks(site)
            else { return false }
        }
        return true
    }

    private func days(of site: Site) -> ClosedRange<LocalDay> {
        let calendar = site.calendar
        return calendar.day(
            of: replay.world.start - .days(1))...calendar.day(of: replay.folder.clock.now)
    }

    private func checkSessions(_ site: Site, _ oracle: Oracle) throws -> Bool {
        let reader = replay.folder.reader(replay.database)
        let visited = oracle.events.map(\.day)
        for day in days(of: site) where visited.contains(day) {
            let expected = oracle.shownVisits.filter { $0.events[0].day == day }
                .map(\.session.text).sorted()
            let found = try reader.sessions(of: site, on: day).map(\.text).sorted()
            guard found == expected else {
                let (one, two) = (Set(found), Set(expected))
                Issue.record(
                    """
                    seed \(seed), \(site.domain), \(day): sessions
                    product: \(one.subtracting(two).sorted())
                    oracle:  \(two.subtracting(one).sorted())
                    """)
                return false
            }
        }
        return true
    }

    private func checkFigures(_ site: Site, _ oracle: Oracle) throws -> Bool {
        let expected = oracle.figures()
        for day in days(of: site) {
            let found =
                try replay.database.storedDay(day, of: site)?.figures ?? DayFigures(day: day)
            let wanted = expected[day] ?? DayFigures(day: day)
            guard found != wanted else { continue }
            let difference =
                firstDifference(Self.lines(found), Self.lines(wanted)) ?? "last activity"
            Issue.record("seed \(seed), \(site.domain), \(day): product ≠ oracle: \(difference)")
            return false
        }
        return true
    }

    static func lines(_ figures: DayFigures) -> String {
        var lines = ["total \(figures.totals.text)"]
        for (dimension, rows) in figures.rows {
            lines += rows.map { "\(dimension.rawValue) \($0.key) \($0.value.text)" }
        }
        return lines.sorted().joined(separator: "\n")
    }

    private func checkBooks(_ site: Site) throws -> Bool {
        let index = replay.sites.firstIndex(of: site)!
        var expected: [LocalDay: Books] = [:]
        for event in replay.world.events where event.site == index {
            let day = oracles[index].day(of: event.time)
            expected[day, default: Books()].received += 1
            switch (event.fate, event.kind) {
            case (.kept, _): expected[day]!.kept += 1
            case (.bot, _) where site.settings.allowsBots: expected[day]!.kept += 1
            case (.keptWithoutVisitor, .engagement):
                expected[day]!.dropped[.optedOut, default: 0] += 1
            case (.keptWithoutVisitor, _): expected[day]!.kept += 1
            case (.bot, _): expected[day]!.dropped[.bot, default: 0] += 1
            case (.excluded, _): expected[day]!.dropped[.excluded, default: 0] += 1
            }
        }
        for (day, shared) in oracles[index].sharedVisitors() {
            expected[day]?.sharedVisitors = shared
        }
        let found = try replay.folder.reader(replay.database).books(of: site, on: days(of: site))
        #expect(found == expected, "seed \(seed), \(site.domain): books")
        #expect(found.values.allSatisfy { $0.balances })
        return found == expected
    }

    // MARK: Queries

    /// A few questions about ranges, dimensions and filters.
    func randomQueries(_ generator: inout SeededGenerator) throws {
        for _ in 0..<4 {
            let index = Int.random(in: 0..<oracles.count, using: &generator)
            let (site, oracle) = (replay.sites[index], oracles[index])
            let all = Array(days(of: site))
            let first = Int.random(in: 0..<all.count, using: &generator)
            let last =
                generator.once(in: 3) ? first : Int.random(in: first..<all.count, using: &generator)
            let dimension = generator.once(in: 4) ? nil : generator.pick(Dimension.allCases)
            try ask(
                site, oracle, all[first]...all[last], dimension, randomFilter(oracle, &generator))
        }
    }

    private func randomFilter(
        _ oracle: Oracle, _ generator: inout SeededGenerator
    ) -> SessionFilter? {
        guard generator.once(in: 2), !oracle.visits.isEmpty else { return nil }
        let count = generator.pick([1, 1, 2, 3])
        return SessionFilter((0..<count).map { _ in randomCondition(oracle, &generator) })
    }

    private func randomCondition(
        _ oracle: Oracle, _ generator: inout SeededGenerator
    ) -> FilterCondition {
        let comparison = generator.pick([FilterCondition.Comparison.equal, .unequal, .like])
        if generator.once(in: 3) {
            return generator.pick([
                FilterCondition(dimension: .page, comparison, value: "/a"),
                FilterCondition(dimension: .title, comparison, value: "A"),
                FilterCondition(dimension: .event, comparison, value: "sale"),
                FilterCondition(dimension: .property, comparison, value: "plan=pro"),
                FilterCondition(dimension: .notFound, comparison, value: "/b"),
                FilterCondition(dimension: .goal, comparison, value: "sold"),
                FilterCondition(dimension: .funnelStep, comparison, value: "way 0/2"),
                FilterCondition(dimension: .shopStep, comparison, value: "added to cart"),
            ])
        }
        let (dimension, value) = generator.pick(
            generator.pick(oracle.visits).values.sorted { $0.key.rawValue < $1.key.rawValue })
        guard comparison == .like else {
            return FilterCondition(dimension: dimension, comparison, value: value)
        }
        // The value's first sign and whatever follows: `Oracle.Visit.has` knows no other pattern.
        return FilterCondition(dimension: dimension, .like, value: value.prefix(1) + "*")
    }

    private func ask(
        _ site: Site, _ oracle: Oracle, _ days: ClosedRange<LocalDay>, _ dimension: Dimension?,
        _ filter: SessionFilter?
    ) throws {
        let metrics: [Metric] = [
            .visitors, .sessions, .pageviews, .events, .bounces, .engagedSessions, .sessionSeconds,
            .engagedSeconds, .typicalVisitSeconds, .visitSecondsP95, .engagedSecondsMedian,
            .engagedSecondsP75, .scrollDepth, .orders, .revenue, .averageOrder,
            .conversions, .conversionRate,
        ]
        let answer = try replay.folder.reader(replay.database).answer(
            Query(days: days, metrics: metrics, dimension: dimension, filter: filter), of: site)
        let rows = oracle.rows(where: filter.map { filter in { oracle.matches($0, filter) } })
        let isExact = oracle.isOnePeriod(days, site.calendar)
        let question =
            "seed \(seed), \(site.domain), \(days), by \(dimension?.rawValue ?? "all"), "
            + "filter \(filter?.text ?? "none")"
        #expect((answer.metrics[0] == .visitors) == isExact, "\(question)")
        var expected: [String: Sum] = [:]
        var totals = Sum()
        for (key, row) in rows where days.contains(key.day) {
            if key.dimension == nil { totals.add(row) }
            if dimension != nil, key.dimension == dimension {
                expected[key.value, default: Sum()].add(row)
            }
        }
        func values(_ sum: Sum, _ dimension: Dimension?) -> [Double?] {
            answer.metrics.map {
                $0.value(
                    of: sum.figures, exactVisitors: sum.visitors.count, in: dimension,
                    allSessions: totals.figures.sessions, currency: answer.currency)
            }
        }
        #expect(answer.totals == values(totals, nil), "\(question): totals")
        let found = Dictionary(uniqueKeysWithValues: answer.rows.map { ($0.value, $0.figures) })
        #expect(found == expected.mapValues { values($0, dimension) }, "\(question): rows")
    }

    /// Several days' figures, and who was seen on any of them.
    private struct Sum {
        var figures = Figures()
        var visitors: Set<String> = []

        mutating func add(_ row: Oracle.Row) {
            figures += row.figures
            visitors.formUnion(row.visitors)
        }
    }
}

extension Oracle {
    /// Whether one salt holds over all of the days.
    func isOnePeriod(_ days: ClosedRange<LocalDay>, _ calendar: SiteCalendar) -> Bool {
        let last = calendar.end(of: days.upperBound) - TimeSpan(milliseconds: 1)
        return days.count == 1
            || period(of: calendar.start(of: days.lowerBound)) == period(of: last)
    }
}

extension Session {
    /// All that it tells, in a fixed order.
    fileprivate var text: String {
        let values = values.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
        return "\(start)–\(end) \(entryPage ?? "-") \(exitPage ?? "-") \(pageviews) \(events) "
            + "\(engagedMilliseconds) \(isBounce) \(visitNumber ?? 0) \(daysSinceLastVisit ?? -1) "
            + "\(values)"
    }
}
