import Analytics
import Testing

@Suite("Site fold: the largest values and (other)")
struct LimitTests {
    /// Pages viewed as often as said, each view by a visitor of its own unless shared.
    private func bench(_ views: [(path: String, visitors: [UInt64])]) -> FoldBench {
        var bench = FoldBench()
        for (path, visitors) in views {
            for (index, visitor) in visitors.enumerated() {
                bench.view(visitor, Double(index), path)
            }
        }
        return bench
    }

    private func figures(_ bench: FoldBench, limit: Int) -> [String: Figures] {
        bench.figures { $0 == .page ? limit : $0.standardLimit }[0].rows[.page] ?? [:]
    }

    @Test("the largest are kept, ties by text, the rest is counted together")
    func largest() {
        let bench = bench([
            ("/d", [1]), ("/b", [2]), ("/a", [3, 4, 5]), ("/c", [6]), ("/e", [7, 8]),
        ])
        let rows = figures(bench, limit: 3)
        #expect(rows.keys.sorted() == ["(other)", "/a", "/b", "/e"])
        #expect(rows["(other)"]?.pageviews == 2)
        #expect(rows["(other)"]?.visitors == 2)
        #expect(rows["(other)"]?.sessions == 2)
    }

    @Test("no (other) while the values are within the limit")
    func withinLimit() {
        let bench = bench([("/a", [1]), ("/b", [2]), ("/c", [3])])
        #expect(figures(bench, limit: 3).keys.sorted() == ["/a", "/b", "/c"])
    }

    @Test("(other) has its own distinct visitors and sessions; additive metrics add up")
    func distinct() {
        let bench = bench([("/a", [1, 1, 1]), ("/b", [1]), ("/c", [1]), ("/d", [2])])
        let rows = figures(bench, limit: 1)
        #expect(rows["(other)"]?.visitors == 2)
        #expect(rows["(other)"]?.sessions == 2)
        #expect(rows["(other)"]?.pageviews == 3)
        #expect(rows.values.map(\.pageviews).reduce(0, +) == 6)
    }

    @Test("a value that is called (other) itself is part of it, not lost")
    func realOther() {
        for limit in 1...3 {
            let bench = bench([("(other)", [1, 2, 3]), ("/a", [4, 5]), ("/b", [6]), ("/c", [7])])
            let rows = figures(bench, limit: limit)
            #expect(rows.values.map(\.pageviews).reduce(0, +) == 7, "limit \(limit)")
            #expect(rows["(other)"]?.visitors ?? 0 >= 3, "limit \(limit)")
        }
    }

    @Test("a limit on one dimension changes nothing elsewhere")
    func otherDimensions() {
        let bench = bench([("/a", [1, 1, 1]), ("/b", [1]), ("/c", [1]), ("/d", [2])])
        var limited = bench.figures { $0 == .page ? 1 : $0.standardLimit }
        var whole = bench.figures()
        limited[0].rows[.page] = nil
        whole[0].rows[.page] = nil
        #expect(limited == whole)
    }

    @Test("each day has its own largest values")
    func daysApart() {
        var bench = FoldBench()
        bench.view(1, 0, "/a")
        bench.view(1, 1, "/a")
        bench.view(1, 2, "/b")
        bench.view(2, 1_500, "/a")
        bench.view(2, 1_501, "/b")
        bench.view(2, 1_502, "/b")
        let days = bench.figures(days: 2) { $0 == .page ? 1 : $0.standardLimit }
        #expect(days[0].rows[.page]?.keys.sorted() == ["(other)", "/a"])
        #expect(days[1].rows[.page]?.keys.sorted() == ["(other)", "/b"])
    }

    @Test("the standard limits are DESIGN §5's")
    func standardLimits() {
        #expect(Dimension.page.standardLimit == 5_000)
        for dimension in [Dimension.entryPage, .exitPage, .title, .referrer, .utmCampaign] {
            #expect(dimension.standardLimit == 1_000)
        }
        #expect(Dimension.source.standardLimit == 250)
        #expect(Dimension.event.standardLimit == 250)
    }
}

@Suite("Site fold: filters")
struct FilterTests {
    private var bench: FoldBench {
        var bench = FoldBench(rotation: .weekly)
        bench.view(1, 60, "/a", source: "Google", title: "A")
        bench.view(1, 61, "/b", source: "Google", title: "B")
        bench.custom(1, 62, "sale")
        bench.view(2, 120, "/b", source: "Letter", title: "B")
        bench.custom(3, 180, "sale")
        bench.view(1, 1_500, "/b", source: "Letter")
        bench.engage(2, 121, "/a", seconds: 30)
        return bench
    }

    @Test(
        "whole sessions, by a session's value or by an event that they have",
        arguments: [
            (Dimension.source, "Google", 1), (.source, "Letter", 1), (.source, "Bing", 0),
            (.entryPage, "/a", 1), (.entryPage, "/b", 1), (.entryPage, "(none)", 1),
            (.exitPage, "/b", 2), (.exitPage, "(none)", 1), (.page, "/b", 2), (.page, "/a", 1),
            (.title, "B", 2), (.event, "sale", 2), (.event, "pageview", 0), (.hour, "01:00", 1),
            (.hour, "02:00", 1), (.browser, "(none)", 3), (.country, "LV", 0),
            (.visitNumber, "1", 3), (.visitNumber, "2", 0), (.daysSinceLastVisit, "(none)", 3),
            (.utmSource, "(none)", 3),
        ])
    func filters(dimension: Dimension, value: String, sessions: Int) {
        let filter = SessionFilter(dimension: dimension, value: value)
        #expect(bench.figures(filter: filter)[0].totals.sessions == sessions)
        #expect(bench.sessions(filter: filter).count == sessions)
    }

    @Test(
        "a session dimension's filter gives what the dimension's row says",
        arguments: Dimension.sessionDimensions)
    func agreesWithRows(dimension: Dimension) {
        let days = bench.figures(days: 2)
        for day in 0..<2 {
            for (value, row) in days[day].rows[dimension] ?? [:] {
                let filter = SessionFilter(dimension: dimension, value: value)
                let totals = bench.figures(days: 2, filter: filter)[day].totals
                #expect(totals == row, "\(dimension) \(value)")
            }
        }
    }

    @Test(
        "what an exclusion hides is what its opposite leaves",
        arguments: [(Dimension.source, "Google"), (.page, "/b"), (.hour, "01:00")])
    func exclusions(dimension: Dimension, value: String) {
        var excluding = bench
        excluding.site.settings.exclusions = [
            Exclusion(number: 1, sessions: SessionFilter(dimension: dimension, value: value)),
            Exclusion(number: 2, sessions: SessionFilter(dimension: .source, value: "nobody")),
        ]
        let opposite = SessionFilter([
            FilterCondition(dimension: dimension, .unequal, value: value)
        ])
        let (hidden, left) = (excluding.figures(days: 2), bench.figures(days: 2, filter: opposite))
        for day in 0..<2 {
            #expect(hidden[day].totals == left[day].totals)
            #expect(hidden[day].rows == left[day].rows)
            #expect(excluding.sessions(day: day) == bench.sessions(day: day, filter: opposite))
        }
        // Until a hidden session is over it may become one that is not.
        #expect(hidden[0].lastActivity == bench.figures(days: 2)[0].lastActivity)
    }

    @Test("a session with no more engaged time than so many seconds")
    func engagedTime() {
        #expect(
            bench.sessions(filter: SessionFilter([], mostEngagedSeconds: 29)).count == 2)
        #expect(
            bench.sessions(filter: SessionFilter([], mostEngagedSeconds: 30)).count == 3)
    }

    @Test("visits of later days are found by their number and by the days since the last")
    func laterVisits() {
        for (dimension, value) in [(Dimension.visitNumber, "2"), (.daysSinceLastVisit, "1")] {
            let filter = SessionFilter(dimension: dimension, value: value)
            #expect(bench.sessions(day: 1, filter: filter).count == 1)
        }
    }
}
