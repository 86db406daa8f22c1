import Analytics
import Testing

@Suite("Sessions")
struct SessionTests {
    private func minutes(_ sessions: [Session]) -> [ClosedRange<Double>] {
        sessions.map { session in
            let start = (session.start - FoldBench.day.startInUTC).seconds / 60
            return start...(start + session.duration.seconds / 60)
        }
    }

    @Test(
        "a gap over the timeout starts the next session, one of exactly the timeout does not",
        arguments: [
            ([0], [0...0]), ([0, 30], [0...30]), ([0, 30.001], [0...0, 30.001...30.001]),
            ([0, 30, 60, 90], [0...90]), ([0, 10, 41, 50], [0...10, 41...50]),
            ([0, 0, 0], [0...0]), ([600, 0, 30], [0...30, 600...600]),
        ] as [([Double], [ClosedRange<Double>])])
    func gaps(times: [Double], expected: [ClosedRange<Double>]) {
        var bench = FoldBench()
        for time in times { bench.view(1, time) }
        #expect(
            minutes(bench.sessions()).elementsEqual(expected) { a, b in
                abs(a.lowerBound - b.lowerBound) < 1e-6 && abs(a.upperBound - b.upperBound) < 1e-6
            })
    }

    @Test("a session lasts 48 hours at most")
    func longest() {
        var bench = FoldBench()
        for time in stride(from: 0.0, through: 3_000, by: 30) { bench.view(1, time) }
        #expect(minutes(bench.sessions()) == [0...2_880])
        #expect(minutes(bench.sessions(day: 2)) == [2_910...3_000])
    }

    @Test("an engagement update moves the end of an open session, and starts none")
    func engagement() {
        var bench = FoldBench()
        bench.engage(1, 5, seconds: 9)
        bench.view(1, 10)
        bench.engage(1, 40, seconds: 20)
        bench.engage(1, 70, seconds: 30)
        bench.engage(1, 100.5, seconds: 40)
        bench.view(1, 110)
        let sessions = bench.sessions()
        #expect(minutes(sessions) == [10...70, 110...110])
        #expect(sessions.map(\.engagedMilliseconds) == [50_000, 0])
        #expect(sessions.map(\.pageviews) == [1, 1])
        #expect(sessions.map(\.events) == [0, 0])
        #expect(sessions.map(\.isBounce) == [true, true])
    }

    @Test("an engagement update past 48 hours belongs to no session")
    func engagementPastTheBound() {
        var bench = FoldBench()
        for time in stride(from: 0.0, through: 2_880, by: 30) { bench.view(1, time) }
        bench.engage(1, 2_890, seconds: 9)
        bench.view(1, 2_900)
        #expect(bench.sessions().map(\.engagedMilliseconds) == [0])
        #expect(minutes(bench.sessions(day: 2)) == [2_900...2_900])
    }

    @Test(
        "pages, events and bounces",
        arguments: [
            ("v", true, 1, 0), ("vv", false, 2, 0), ("vi", false, 1, 1), ("vn", true, 1, 1),
            ("vnn", true, 1, 2), ("i", false, 0, 1), ("n", false, 0, 1), ("ni", false, 0, 2),
            ("ve", true, 1, 0), ("ivn", false, 1, 2),
        ])
    func bounces(events: String, isBounce: Bool, pageviews: Int, customEvents: Int) throws {
        var bench = FoldBench()
        for (index, kind) in events.enumerated() {
            switch kind {
            case "v": bench.view(1, Double(index), "/\(index)")
            case "i": bench.custom(1, Double(index), "sale")
            case "n": bench.custom(1, Double(index), "scrolled", isInteractive: false)
            default: bench.engage(1, Double(index), seconds: 60)
            }
        }
        let session = try #require(bench.sessions().first)
        #expect(session.isBounce == isBounce)
        #expect(session.pageviews == pageviews)
        #expect(session.events == customEvents)
        #expect((session.entryPage == nil) == (pageviews == 0))
        let views = events.enumerated().filter { $0.element == "v" }.map(\.offset)
        #expect(session.entryPage == views.first.map { "/\($0)" })
        #expect(session.exitPage == views.last.map { "/\($0)" })
        let figures = bench.figures()[0].totals
        #expect(figures.bounces == (isBounce ? 1 : 0))
    }

    @Test("events of one millisecond keep the order in which they were stored")
    func sameMillisecond() throws {
        var bench = FoldBench()
        for index in 0..<20 { bench.view(1, 5, "/\(index)", source: "S\(index)") }
        let session = try #require(bench.sessions().first)
        #expect(session.entryPage == "/0")
        #expect(session.exitPage == "/19")
        #expect(session.values[.source] == "S0")
    }

    @Test("the values are those of the first event")
    func values() throws {
        var bench = FoldBench()
        bench.view(1, 0, source: "Letter")
        bench.view(1, 10, source: "Google")
        let session = try #require(bench.sessions().first)
        #expect(session.values[.source] == "Letter")
        #expect(session.values[.browser] == "(none)")
    }

    @Test(
        "a session is engaged by 10 seconds or 2 pageviews",
        arguments: [(1, 9, false), (1, 10, true), (2, 0, true), (0, 9, false), (0, 10, true)]
            as [(Int, UInt32, Bool)])
    func engaged(pageviews: Int, seconds: UInt32, isEngaged: Bool) {
        var bench = FoldBench()
        if pageviews == 0 { bench.custom(1, 0, "x") }
        for index in 0..<pageviews { bench.view(1, Double(index)) }
        bench.engage(1, 5, seconds: seconds)
        #expect(bench.figures()[0].totals.engagedSessions == (isEngaged ? 1 : 0))
    }

    @Test("the timeout is the one in force when an event comes")
    func timeoutByEpoch() {
        var bench = FoldBench()
        bench.site.epochs.append(
            SiteEpoch(
                start: FoldBench.day.startInUTC + .day, timeZone: "UTC",
                sessionTimeout: .minutes(60)))
        for time in [1_320.0, 1_360, 1_410, 1_470, 1_531] { bench.view(1, time) }
        #expect(minutes(bench.sessions()) == [1_320...1_320, 1_360...1_360, 1_410...1_470])
        #expect(minutes(bench.sessions(day: 1)) == [1_531...1_531])
    }

    @Test("visits are numbered inside the salt period, not under a daily rotation")
    func visitNumbers() {
        for (rotation, numbers, days) in [
            (Rotation.weekly, [1, 2, 3], [nil, 0, 1]), (.daily, [nil, nil, nil], [nil, nil, nil]),
        ] as [(Rotation, [Int?], [Int?])] {
            var bench = FoldBench(rotation: rotation)
            for time in [0.0, 100, 1_500] { bench.view(1, time) }
            bench.view(2, 1_600)
            let sessions = bench.sessions() + bench.sessions(day: 1)
            #expect(sessions.prefix(3).map(\.visitNumber) == numbers)
            #expect(sessions.prefix(3).map(\.daysSinceLastVisit) == days)
            #expect(sessions[3].visitNumber == (rotation == .weekly ? 1 : nil))
        }
    }
}
