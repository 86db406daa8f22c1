import Analytics
import GRDB
import Testing

@testable import Storage

/// Sums of months: whoever asks must not notice that they are there.
@Suite("Months of rollups")
struct MonthRollupTests {
    private static let first = LocalDay("2026-08-20")!
    private static let last = LocalDay("2026-11-10")!

    /// A site with a rollup for most days of three months.
    private struct Shop {
        let folder: TestFolder
        let database: MainDatabase
        let site: Site
        var generator: SeededGenerator

        init(seed: UInt64) throws {
            folder = try TestFolder(at: "2026-11-11T12:00:00Z")
            database = try folder.database()
            site = try Traffic.addSite(database, createdAt: "2026-08-01T00:00:00Z")
            generator = SeededGenerator(seed: seed)
        }

        mutating func figures() -> Figures {
            var figures = Figures()
            figures.visitors = .random(in: 1...50, using: &generator)
            figures.newVisitors = figures.visitors / 2
            figures.sessions = .random(in: 50...90, using: &generator)
            figures.pageviews = .random(in: 0...900, using: &generator)
            figures.events = .random(in: 0...9, using: &generator)
            figures.bounces = .random(in: 0...40, using: &generator)
            figures.engagedSessions = 50 - figures.visitors
            figures.sessionMilliseconds = .random(in: 0...9_999_999, using: &generator)
            figures.engagedMilliseconds = .random(in: 0...9_999_999, using: &generator)
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                figures.durations.add(.random(in: 0...900_000, using: &generator))
                figures.engagements.add(.random(in: 0...90_000, using: &generator))
            }
            if Bool.random(using: &generator) {
                figures.add(Revenue(currency: "EUR", minorUnits: 1_999))
                figures.add(Revenue(currency: "USD", minorUnits: -500))
            }
            figures.scrollDepthSum = .random(in: 0...500, using: &generator)
            figures.scrolledSessions = .random(in: 0...9, using: &generator)
            return figures
        }

        mutating func fold(_ day: LocalDay, isSealed: Bool = true) throws {
            var folded = DayFigures(day: day, totals: figures())
            for dimension in [Dimension.page, .source] {
                for value in ["/a", "/b", "/ā", "(other)"]
                where Bool.random(using: &generator) {
                    folded.rows[dimension, default: [:]][value] = figures()
                }
            }
            _ = try database.replace(
                folded, books: Books(),
                as: RollupDay(
                    day: day, isSealed: isSealed, rulesVersion: 1, input: "\(day)",
                    foldedAt: folder.clock.now), of: site)
        }

        mutating func foldMost(except gap: LocalDay? = nil) throws {
            for day in MonthRollupTests.first...MonthRollupTests.last where day != gap {
                try fold(day)
            }
        }

        func extend() throws {
            let problems = try database.extendMonths(
                of: site, keptSince: MonthRollupTests.first)
            #expect(problems.isEmpty)
        }

        func months() throws -> [String] {
            try database.read { try MainDatabase.months(of: site, $0) }
                .map { "\($0.start) … \($0.through): \($0.dayCount)" }
        }

        /// Whether sums with months are those without, over some days.
        func agrees(on days: Set<LocalDay>) throws -> Bool {
            try [Dimension.page, .source, nil].allSatisfy { dimension in
                let sums = try database.sum(of: site, on: days, dimension: dimension)
                let plain = try database.sum(
                    of: site, on: days, dimension: dimension, usesMonths: false)
                return sums == plain && sums.totals.sessions > 0
            }
        }
    }

    @Test("a month that is not kept whole has none; of the last what is sealed", arguments: [1, 2])
    func kept(seed: UInt64) throws {
        var shop = try Shop(seed: seed)
        try shop.foldMost()
        try shop.fold(LocalDay("2026-11-09")!, isSealed: false)
        try shop.extend()
        #expect(
            try shop.months() == [
                "2026-09-01 … 2026-09-30: 30", "2026-10-01 … 2026-10-31: 31",
                "2026-11-01 … 2026-11-08: 8",
            ])
        try shop.fold(LocalDay("2026-11-09")!)
        try shop.extend()
        #expect(try shop.months().last == "2026-11-01 … 2026-11-10: 10")
        #expect(try shop.database.wrongMonths(of: shop.site).isEmpty)
    }

    @Test("sums over any days are those of the days", arguments: 1...8 as ClosedRange<UInt64>)
    func anyDays(seed: UInt64) throws {
        var shop = try Shop(seed: seed)
        try shop.foldMost()
        try shop.extend()
        let all = Array(Self.first...Self.last)
        #expect(try shop.agrees(on: Set(all)))
        for _ in 0..<6 {
            let from = Int.random(in: 0..<40, using: &shop.generator)
            let to = Int.random(in: 45..<all.count, using: &shop.generator)
            var days = Set(all[from...to])
            #expect(try shop.agrees(on: days))
            // Some are answered by a fold of raw events.
            days.remove(all[to - 1])
            #expect(try shop.agrees(on: days))
        }
    }

    @Test("a month goes with the day that changes, and comes back with the next extension")
    func changes() throws {
        var shop = try Shop(seed: 3)
        let gap = LocalDay("2026-09-14")!
        try shop.foldMost(except: gap)
        try shop.extend()
        let all = Set(Self.first...Self.last).subtracting([gap])
        func isGone(_ month: String) throws -> Bool {
            let isThere = try shop.months().contains { $0.hasPrefix(month) }
            #expect(try shop.agrees(on: all))
            try shop.extend()
            #expect(try shop.months().contains { $0.hasPrefix(month) })
            #expect(try shop.agrees(on: all))
            return !isThere
        }
        try shop.fold(LocalDay("2026-10-07")!)
        #expect(try isGone("2026-10"))
        try shop.fold(gap)
        #expect(try isGone("2026-09"))
        try shop.database.unseal([LocalDay("2026-11-02")!], of: shop.site)
        #expect(try shop.months().count == 2)
        try shop.fold(LocalDay("2026-11-02")!)
        #expect(try isGone("2026-11"))
        try shop.database.removeRollup(of: LocalDay("2026-10-08")!, shop.site)
        #expect(try shop.months().contains { $0.hasPrefix("2026-10") } == false)
        _ = try shop.database.removeRollups(before: LocalDay("2026-09-20")!, of: shop.site)
        #expect(try shop.months().contains { $0.hasPrefix("2026-09") } == false)
        _ = try shop.database.extendMonths(of: shop.site, keptSince: LocalDay("2026-09-20")!)
        #expect(try shop.months().contains { $0.hasPrefix("2026-09") } == false)
        try shop.database.removeSite(shop.site)
        let left = try shop.database.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM month_rollup")
        }
        #expect(left == 0)
    }

    @Test("takings past the largest number stay at it")
    func hugeTakings() throws {
        var shop = try Shop(seed: 4)
        for day in ["2026-10-01", "2026-10-02", "2026-10-03"] {
            var folded = DayFigures(day: LocalDay(day)!, totals: shop.figures())
            folded.totals.takings = ["EUR": Takings(orders: 1, minorUnits: .max - 5)]
            _ = try shop.database.replace(
                folded, books: Books(),
                as: RollupDay(
                    day: folded.day, isSealed: true, rulesVersion: 1, input: day,
                    foldedAt: shop.folder.clock.now), of: shop.site)
        }
        try shop.extend()
        #expect(try shop.months() == ["2026-10-01 … 2026-10-03: 3"])
        #expect(try shop.database.wrongMonths(of: shop.site).isEmpty)
    }

    @Test("a month of which only the later days are there is begun once more")
    func interrupted() throws {
        var shop = try Shop(seed: 6)
        try shop.foldMost()
        try shop.extend()
        // As when somebody takes the month away between two days that a run adds to it.
        try shop.database.write {
            try $0.execute(
                sql: "UPDATE month SET through = ?, days = 5 WHERE month = ?",
                arguments: [
                    Int64(LocalDay("2026-10-15")!.daysSince1970),
                    Int64(LocalDay("2026-10-01")!.daysSince1970),
                ])
        }
        try shop.extend()
        #expect(try shop.months().contains("2026-10-01 … 2026-10-31: 31"))
        #expect(try shop.database.wrongMonths(of: shop.site).isEmpty)
    }

    @Test("a day whose histogram can't be read has no month, is named, and stops no other")
    func unreadable() throws {
        var shop = try Shop(seed: 7)
        try shop.foldMost()
        try shop.database.write {
            try $0.execute(
                sql: "UPDATE rollup SET engagements = x'ff' WHERE day = ? AND dimension = 0",
                arguments: [Int64(LocalDay("2026-10-05")!.daysSince1970)])
        }
        let problems = try shop.database.extendMonths(of: shop.site, keptSince: Self.first)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("a.test that begins on 2026-10-01") == true)
        #expect(try shop.months().count == 2)
    }

    @Test("a site that was removed gets no month and no rollup")
    func removedSite() throws {
        var shop = try Shop(seed: 8)
        try shop.foldMost()
        try shop.database.removeSite(shop.site)
        try shop.fold(LocalDay("2026-10-05")!)
        #expect(try shop.database.rollupDays(of: shop.site).isEmpty)
    }

    @Test("a month that is not the sum of its days is found")
    func wrong() throws {
        var shop = try Shop(seed: 5)
        try shop.foldMost()
        try shop.extend()
        try shop.database.write {
            try $0.execute(
                sql: """
                    UPDATE month_rollup SET pageviews = pageviews + 1
                    WHERE month = ? AND dimension = 0
                    """, arguments: [Int64(LocalDay("2026-10-01")!.daysSince1970)])
        }
        #expect(try shop.database.wrongMonths(of: shop.site) == [LocalDay("2026-10-01")!])
        try shop.database.removeMonths(of: shop.site)
        try shop.extend()
        #expect(try shop.database.wrongMonths(of: shop.site).isEmpty)
    }
}
