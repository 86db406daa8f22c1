import Analytics
import Storage
import Testing

@testable import Collector

@Suite("Visitor finder")
struct VisitorFinderTests {
    private func visitor(_ bench: CollectorBench, at time: String, _ finder: VisitorFinder? = nil)
        throws -> Visitor?
    {
        try (finder ?? bench.visitors).visitor(
            of: CollectorBench.sender(), on: bench.entry(), at: Instant("2026-11-\(time)Z")!)
    }

    @Test("one value a day; a session across midnight keeps the old one, a later visit does not")
    func crossing() throws {
        let bench = try CollectorBench()
        let first = try visitor(bench, at: "20T10:00:00")
        #expect(try visitor(bench, at: "20T23:50:00") == first)
        #expect(try visitor(bench, at: "21T00:10:00") == first)
        #expect(try visitor(bench, at: "21T00:35:00") == first)
        let later = try visitor(bench, at: "21T09:00:00")
        #expect(later != first)
        #expect(try visitor(bench, at: "21T12:00:00") == later)
    }

    @Test("a sender without an address has no visitor")
    func noAddress() throws {
        let bench = try CollectorBench()
        #expect(
            try bench.visitors.visitor(
                of: CollectorBench.sender(nil), on: bench.entry(), at: bench.clock.now) == nil)
        #expect(try bench.salts.entries().isEmpty)
    }

    @Test("two sites know the same browser by unrelated values")
    func sites() throws {
        let bench = try CollectorBench(sites: [("a.test", .init()), ("b.test", .init())])
        let values = try ["a.test", "b.test"].map {
            try bench.visitors.visitor(
                of: CollectorBench.sender(), on: bench.entry($0), at: bench.clock.now)
        }
        #expect(values[0] != values[1])
    }

    @Test("a restart near a rotation goes on with the sessions that were open")
    func restart() async throws {
        let bench = try CollectorBench(at: "2026-11-20T23:50:00Z")
        #expect(await bench.view() == .kept)
        let first = try #require(try bench.storedVisitors().first)
        for (time, isSame) in [
            ("20T23:59:00", true), ("21T00:10:00", true), ("21T00:25:00", false),
        ] {
            let again = VisitorFinder(salts: bench.salts)
            let now = Instant("2026-11-\(time)Z")!
            try again.rebuild(from: EventReader(folder: bench.folder), [bench.entry()], at: now)
            #expect((try visitor(bench, at: time, again)?.value == first) == isSame, "\(time)")
        }
    }

    @Test("without the rebuilt state the session is cut, which shows what it is for")
    func restartWithoutRebuild() async throws {
        let bench = try CollectorBench(at: "2026-11-20T23:50:00Z")
        #expect(await bench.view() == .kept)
        let first = try bench.storedVisitors().first
        #expect(
            try visitor(bench, at: "21T00:10:00", VisitorFinder(salts: bench.salts))?.value != first
        )
    }

    @Test("a salt that the disk lost is forgotten in memory too (I5)")
    func forgotten() throws {
        let bench = try CollectorBench()
        let first = try visitor(bench, at: "20T10:00:00")
        let sites = bench.registry.sites
        // No beacon comes after midnight, so nothing but the housekeeping can forget it.
        let now = Instant("2026-11-21T00:31:01Z")!
        #expect(try bench.salts.destroyExpired(sites: sites, at: now) == 1)
        bench.visitors.forgetExpired([try bench.entry()], at: now)
        // Somebody who moves the clock back can't compute yesterday's value again.
        #expect(try visitor(bench, at: "20T10:00:00") != first)
    }

    @Test("a removed site's state goes")
    func removedSite() throws {
        let bench = try CollectorBench()
        let first = try visitor(bench, at: "20T10:00:00")
        let entry = try bench.entry()
        bench.visitors.forgetExpired([], at: bench.clock.now)
        try bench.salts.destroyExpired(sites: [], at: bench.clock.now)
        #expect(
            try bench.visitors.visitor(
                of: CollectorBench.sender(), on: entry, at: Instant("2026-11-20T10:00:00Z")!)
                != first)
    }

    @Test("a week under 1w knows its visitors, the next does not")
    func weekly() throws {
        let bench = try CollectorBench(rotation: .weekly)
        let monday = try visitor(bench, at: "16T10:00:00")
        #expect(try visitor(bench, at: "20T10:00:00") == monday)
        #expect(try visitor(bench, at: "22T23:00:00") == monday)
        #expect(try visitor(bench, at: "23T01:00:00") != monday)
    }
}

@Suite("Site registry")
struct SiteRegistryTests {
    @Test("a site is found by any form of its name")
    func names() throws {
        let bench = try CollectorBench(sites: [("shop.test", .init())])
        for name in [
            "shop.test", "www.shop.test", "SHOP.test", "shop.test.", "https://shop.test/x",
        ] {
            #expect(bench.registry.entry(for: name)?.site.domain.name == "shop.test")
        }
        for name in ["", "test", "m.shop.test", "shop.test:80", "b.test"] {
            #expect(bench.registry.entry(for: name) == nil)
        }
    }

    @Test("what the command line changes is there after a refresh")
    func refresh() throws {
        let bench = try CollectorBench()
        let epoch = SiteEpoch(start: bench.clock.now, timeZone: "UTC")
        let added = try bench.database.addSite(
            Domain("b.test")!, epoch: epoch, settings: .init(), at: bench.clock.now)
        #expect(bench.registry.entry(for: "b.test") == nil)
        try bench.registry.refresh()
        #expect(bench.registry.entry(for: "b.test")?.site == added)
        try bench.database.removeSite(added)
        try bench.registry.refresh()
        #expect(bench.registry.entry(for: "b.test") == nil)
        #expect(bench.registry.sites.map(\.domain.name) == ["a.test"])
    }
}
