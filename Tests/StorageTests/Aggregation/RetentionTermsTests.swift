import Analytics
import Testing

@testable import Storage

@Suite("Retention: how short the raw term may be")
struct RetentionTermsTests {
    private let folder: TestFolder
    private let database: MainDatabase

    init() throws {
        folder = try TestFolder(at: "2026-11-20T12:00:00Z")
        database = try folder.database()
    }

    @Test(
        "a day's fold sets the least, and twice the rotation",
        arguments: [(Rotation.daily, 7), (.weekly, 14), (.monthly, 62)])
    func least(rotation: Rotation, days: Int) throws {
        let site = try Traffic.addSite(database, rotation: rotation)
        #expect(RetentionTerms.minimumRawDays(for: rotation) == days)
        #expect(RetentionTerms(rawDays: days).problems(with: [site]).isEmpty)
        let problems = RetentionTerms(rawDays: days - 1).problems(with: [site])
        #expect(problems.count == 1)
        for part in ["retention.raw", "\(days - 1)d", "\(days)d"] {
            #expect(problems.first?.contains(part) == true, "\(part)")
        }
        #expect(problems.first?.contains("a.test") == (rotation != .daily))
    }

    @Test("without any site the least is that of a daily rotation")
    func noSite() {
        #expect(RetentionTerms(rawDays: 6).problems(with: []).count == 1)
        #expect(RetentionTerms(rawDays: 7).problems(with: []).isEmpty)
    }

    @Test("what counts of a change: the rotation in force, the one announced, one just ended")
    func changes() throws {
        let site = try Traffic.addSite(database, rotation: .weekly)
        let midnight = Instant("2026-11-21T00:00:00Z")!
        let next = SiteEpoch(start: midnight, timeZone: "UTC", rotation: .daily)
        try database.updateSite(
            site, settings: site.settings, nextEpoch: next, at: folder.clock.now)
        let shortened = try database.site(named: "a.test")
        let terms = RetentionTerms(rawDays: 7)
        for (time, isRefused) in [
            ("2026-11-20T12:00:00Z", true), ("2026-11-24T23:59:59Z", true),
            ("2026-11-25T00:00:00Z", false),
        ] {
            let problems = terms.problems(with: [shortened], at: Instant(time)!)
            #expect(problems.isEmpty != isRefused, "\(time)")
        }
        let lengthened = try Traffic.addSite(database, "b.test")
        let monthly = SiteEpoch(start: midnight, timeZone: "UTC", rotation: .monthly)
        try database.updateSite(
            lengthened, settings: lengthened.settings, nextEpoch: monthly, at: folder.clock.now)
        let announced = try database.site(named: "b.test")
        #expect(terms.problems(with: [announced], at: folder.clock.now).count == 1)
        #expect(terms.problems(with: [announced]).count == 1)
        #expect(terms.problems(with: [shortened]).isEmpty)
    }

    @Test(
        "an aggregation under too short a term refuses before it does anything",
        arguments: [Aggregator.Mode.fold, .verify, .rebuild([Traffic.day])])
    func refused(mode: Aggregator.Mode) throws {
        let site = try Traffic.addSite(database, rotation: .weekly)
        for day in 10...20 {
            let time = Instant("2026-11-\(day)T10:00:00Z")!
            try folder.store([Traffic.kept(Traffic.view(site, 1, at: time), of: site)])
        }
        let before = (try folder.dump(database), folder.files().filter { !$0.hasSuffix(".lock") })
        let terms = RetentionTerms(rawDays: 7)
        let error = #expect(throws: StorageError.self) {
            try folder.aggregate(database, at: "2026-11-20T12:00:00Z", mode, terms: terms)
        }
        guard case .invalidSetting(let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("a.test") && text.contains("14d"))
        #expect(try folder.dump(database) == before.0)
        #expect(folder.files().filter { !$0.hasSuffix(".lock") } == before.1)
        #expect(try database.note(.lastAggregation) == nil)
    }
}
