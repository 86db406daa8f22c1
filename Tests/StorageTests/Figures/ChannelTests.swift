import Analytics
import Testing

@testable import Storage

@Suite("Channels of a site's own, live and folded")
struct ChannelTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let day = Traffic.day
    private let letters = try! CustomChannel(name: "Letters", conditions: ["source=news*"])
    private let paper = try! CustomChannel(name: "Paper", conditions: ["source=*paper"])

    init() throws {
        folder = try TestFolder(at: "2026-11-23T12:00:00Z")
        database = try folder.database()
    }

    /// A visitor of each source on two days of each site; the channel of each is the source's name.
    private func store(_ names: [String] = ["a.test"]) throws {
        var entries: [JournalEntry] = []
        for name in names {
            let site = try Traffic.addSite(database, name)
            for noon in [12, 36].map({ day.startInUTC + .hours($0) }) {
                let sources = ["newsletter", "newspaper", "Google"]
                for (number, source) in sources.enumerated() {
                    let view = Traffic.view(site, UInt64(number + 1), at: noon, source: source)
                    entries.append(Traffic.kept(view, of: site))
                }
            }
        }
        try folder.store(entries)
    }

    @discardableResult
    private func set(_ channels: [CustomChannel], _ name: String = "a.test") throws -> Site {
        let site = try database.site(named: name)
        var settings = site.settings
        settings.channels = channels
        try database.updateSite(site, settings: settings, nextEpoch: nil, at: folder.clock.now)
        return try database.site(named: name)
    }

    /// `Letters 2`, sorted, as they are asked for.
    private func asked(_ site: Site, filter: SessionFilter? = nil) throws -> [String] {
        try folder.reader(database).answer(
            Query(days: day...day, metrics: [.sessions], dimension: .channel, filter: filter),
            of: site
        ).rows.map { "\($0.value) \(Int($0.figures[0] ?? 0))" }.sorted()
    }

    private func stored(_ name: String, on day: LocalDay) throws -> [String] {
        let site = try database.site(named: name)
        let rows = try #require(try database.storedDay(day, of: site)).figures.rows[.channel] ?? [:]
        return rows.map { "\($0.key) \($0.value.sessions)" }.sorted()
    }

    @Test("each site of a run has its own, and they change nothing for another")
    func severalSites() throws {
        try store(["a.test", "b.test", "c.test"])
        try set([letters, paper])
        try set([paper], "b.test")
        try folder.aggregate(database, at: "2026-11-23T12:00:00Z")
        for offset in 0...1 {
            #expect(try stored("a.test", on: day + offset) == ["Google 1", "Letters 2"])
            #expect(
                try stored("b.test", on: day + offset) == ["Google 1", "Paper 1", "newsletter 1"])
            #expect(
                try stored("c.test", on: day + offset)
                    == ["Google 1", "newsletter 1", "newspaper 1"])
        }
    }

    @Test("a new one refolds the kept days, sealed ones too; removed, all is as it was")
    func andBack() throws {
        try store()
        try folder.aggregate(database, at: "2026-11-23T12:00:00Z")
        let before = try database.canonicalText()
        let site = try set([letters])
        #expect(try database.storedDay(day, of: site)?.day.isSealed == true)
        let verified = try folder.aggregate(database, at: "2026-11-23T12:30:00Z", .verify)
        #expect(verified.problems.isEmpty)
        let report = try folder.aggregate(database, at: "2026-11-23T13:00:00Z")
        #expect(report.written.map(\.day) == [day, day + 1])
        #expect(try stored("a.test", on: day) == ["Google 1", "Letters 2"])
        #expect(try asked(site) == ["Google 1", "Letters 2"])
        #expect(
            try folder.aggregate(database, at: "2026-11-23T14:00:00Z", .verify).problems.isEmpty)
        #expect(try folder.aggregate(database, at: "2026-11-23T14:00:00Z").written.isEmpty)

        try set([])
        try folder.aggregate(database, at: "2026-11-23T15:00:00Z")
        #expect(try database.canonicalText() == before)
    }

    @Test("their order is a rule: changed, days are folded again")
    func order() throws {
        try store()
        let site = try set([letters, paper])
        try folder.aggregate(database, at: "2026-11-23T12:00:00Z")
        let turned = try set([paper, letters])
        #expect(FoldInput.rulesVersion(of: turned) != FoldInput.rulesVersion(of: site))
        let report = try folder.aggregate(database, at: "2026-11-23T13:00:00Z")
        #expect(report.written.map(\.day) == [day, day + 1])
        #expect(try stored("a.test", on: day) == ["Google 1", "Letters 1", "Paper 1"])
        var later = letters
        later.since = day
        #expect(
            FoldInput.rulesVersion(of: try set([paper, later]))
                == FoldInput.rulesVersion(of: turned))
    }

    @Test("filters, exclusions and lists of sessions know them, and not what they replace")
    func elsewhere() throws {
        // Nothing is folded yet: all answers are live.
        try store()
        let site = try set([letters])
        let only = SessionFilter(dimension: .channel, value: "Letters")
        #expect(try asked(site, filter: only) == ["Letters 2"])
        #expect(
            try asked(site, filter: SessionFilter(dimension: .channel, value: "newspaper")) == [])
        let sessions = try folder.reader(database).sessions(of: site, on: day)
        #expect(
            sessions.compactMap { $0.values[.channel] }.sorted() == [
                "Google", "Letters", "Letters",
            ])
        var settings = site.settings
        settings.exclusions = [Exclusion(number: 1, sessions: only)]
        try database.updateSite(site, settings: settings, nextEpoch: nil, at: folder.clock.now)
        #expect(try asked(try database.site(named: "a.test")) == ["Google 1"])
    }

    @Test("days whose raw events are gone keep theirs, and answers say since when one is known")
    func frozen() throws {
        try store()
        try folder.aggregate(database, at: "2026-11-23T12:00:00Z")
        try database.setNote(.deletedThrough, Int64(LocalDay("2026-11-18")!.daysSince1970))
        let site = try database.site(named: "a.test")
        #expect(try folder.reader(database).firstDayOfNewRules(of: site) == day + 1)
        var channels = [letters, try CustomChannel(name: "Email", conditions: ["source=google"])]
        for index in channels.indices { channels[index].since = day + 1 }
        let changed = try set(channels)
        let report = try folder.aggregate(database, at: "2026-11-23T13:00:00Z")
        #expect(report.frozen == 1)
        #expect(try stored("a.test", on: day) == ["Google 1", "newsletter 1", "newspaper 1"])
        #expect(try stored("a.test", on: day + 1) == ["Email 1", "Letters 2"])
        let answer = try folder.reader(database).answer(
            Query(days: day...(day + 1), metrics: [.sessions], dimension: .channel), of: changed)
        // Earlier days may have Email, by the standard rules.
        #expect(answer.since == ["Letters": day + 1])
    }
}

extension LocalDay {
    fileprivate static func + (day: LocalDay, days: Int) -> LocalDay { day.advanced(by: days) }
}
