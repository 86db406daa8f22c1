import Analytics
import Foundation
import Testing

@testable import Storage

@Suite("Aggregation: removed sites")
struct RemovedSiteTests {
    private let folder: TestFolder
    private let database: MainDatabase
    private let gone: Site
    private let kept: Site
    private let canaries = [
        "canary-path", "canary-source", "canary-property", "canary-event", "canary-rule",
    ]

    init() throws {
        folder = try TestFolder(at: "2026-11-21T02:00:00Z")
        database = try folder.database()
        gone = try Traffic.addSite(database, "canary-site.test")
        kept = try Traffic.addSite(database, "b.test")
        for day in ["20", "21"] {
            let time = Instant("2026-11-\(day)T01:00:00Z")!
            var event = Traffic.view(gone, 1, at: time, "/canary-path", source: "canary-source")
            event.properties = [EventProperty(name: "canary-property", value: "canary-property")]
            event.revenue = Revenue(currency: "EUR", minorUnits: 5)
            var custom = event
            custom.kind = .custom(name: "canary-event", isInteractive: true)
            let bot = JournalEntry(
                site: gone.id, day: gone.calendar.day(of: time), time: time,
                fate: .setAside(event, reason: .bot, rule: "canary-rule"))
            try folder.store([
                Traffic.kept(event, of: gone), Traffic.kept(custom, of: gone), bot,
                Traffic.kept(Traffic.view(kept, 2, at: time, "/kept", source: "Kept"), of: kept),
                Traffic.dropped(.prefetch, of: kept, at: time),
            ])
        }
    }

    private func files(holding canary: String) -> [String] { folder.files(holding: canary.utf8) }

    @Test(
        "rollups go at once, raw bytes from closed partitions with the next run, today's when it closes"
    )
    func bytes() throws {
        try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        #expect(files(holding: "canary-path").count == 3)
        try database.removeSite(gone)
        for canary in canaries + ["canary-site"] {
            #expect(!files(holding: canary).contains("footfall.sqlite"), "\(canary)")
        }
        try folder.aggregate(database, at: "2026-11-21T03:00:00Z")
        for canary in canaries {
            #expect(files(holding: canary) == ["events/2026-11-21.sqlite"], "\(canary)")
        }
        try folder.aggregate(database, at: "2026-11-22T02:00:00Z")
        for canary in canaries + ["canary-site"] {
            #expect(files(holding: canary) == [], "\(canary)")
        }
    }

    @Test("an import's events go with the next run, whenever its day was")
    func imports() throws {
        let day = LocalDay(year: 2026, month: 11, day: 18)
        var vocabulary = ImportVocabulary()
        let row = ImportRow(
            seconds: day.startInUTC.milliseconds / 1_000 + 3_600, order: 1, visitor: 7,
            previousVisitor: FoldEvent.noVisitor,
            page: vocabulary.number(of: Page(host: "canary-site.test", path: "/canary-import")),
            acquisition: vocabulary.number(of: Acquisition(source: "Direct", channel: "Direct")),
            profile: vocabulary.number(of: ClientProfile(client: .unknown, country: "")), rule: 0)
        do {
            let draft = try ImportDraft(
                kind: "log", site: gone, folder: folder.data, database: database,
                at: folder.clock.now)
            try draft.write(day, rows: [row], vocabulary, drops: [:])
            try draft.publish(days: [day], summary: [:], clock: folder.clock.clock)
        }
        try folder.aggregate(database, at: "2026-11-21T02:00:00Z")
        #expect(files(holding: "canary-import").count == 2)
        try database.removeSite(gone)
        #expect(files(holding: "canary-import").count == 1)
        // While an import runs its files may not be named yet: they are left to it.
        var other: FileLock? = try FileLock(path: folder.data.importLockPath)
        #expect(other != nil)
        #expect(try folder.aggregate(database, at: "2026-11-21T03:00:00Z").problems.isEmpty)
        #expect(files(holding: "canary-import").count == 1)
        other = nil
        #expect(
            try folder.aggregate(database, at: "2026-11-21T03:00:00Z", .verify).deletedPartitions
                .isEmpty)
        let report = try folder.aggregate(database, at: "2026-11-21T04:00:00Z")
        #expect(report.deletedPartitions == ["2026-11-18.import-1.2026-11-18.sqlite"])
        #expect(files(holding: "canary-import").isEmpty)
    }

    @Test("the other sites' events, books and figures are as before")
    func others() throws {
        try folder.aggregate(database, at: "2026-11-22T02:00:00Z")
        let before = try database.canonicalText().split(separator: "\n").filter {
            $0.hasPrefix("b.test")
        }
        try database.removeSite(gone)
        #expect(try folder.aggregate(database, at: "2026-11-22T03:00:00Z").problems.isEmpty)
        #expect(
            try folder.aggregate(database, at: "2026-11-22T03:00:00Z", .verify).problems.isEmpty)
        #expect(try database.canonicalText().split(separator: "\n") == before)
        let day = Traffic.day
        let sessions = try folder.reader(database).sessions(of: kept, on: day)
        #expect(sessions.map(\.entryPage) == ["/kept"])
        #expect(
            try folder.reader(database).books(of: kept, on: day...day)[day]?.text
                == "received=2 kept=1 prefetch=1")
    }

    @Test("beacons of unknown sites stay in the installation's books")
    func installation() throws {
        let time = Instant("2026-11-20T01:30:00Z")!
        let unknown = JournalEntry(
            site: JournalEntry.installation, day: time.utcDay, time: time,
            fate: .dropped(.unknownSite))
        try folder.store([unknown, unknown])
        try database.removeSite(gone)
        try folder.aggregate(database, at: "2026-11-22T02:00:00Z")
        let books = try EventReader(folder: folder.data).installationBooks()
        #expect(books.text == "received=2 kept=0 unknown_site=2")
    }

    @Test("a removed site's number is never given again")
    func numbers() throws {
        try database.removeSite(kept)
        let next = try Traffic.addSite(database, "c.test")
        #expect(next.id > kept.id)
    }
}
