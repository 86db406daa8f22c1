import Analytics
import Foundation
import Storage
import Synchronization

@testable import Collector

/// A clock that stands still until a test moves it.
final class HandClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ instant: Instant) {
        self.instant = Mutex(instant)
    }

    var now: Instant {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }

    var clock: Clock { Clock { self.now } }

    func set(_ text: String) { now = Instant(text)! }
    func advance(_ span: TimeSpan) { now = now + span }
}

/// A collector on a data folder of its own that goes with the test.
final class CollectorBench: Sendable {
    static let chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/142.0.0.0 Safari/537.36"

    let path: String
    let clock: HandClock
    let folder: DataFolder
    let database: MainDatabase
    let registry: SiteRegistry
    let salts: SaltStore
    let visitors: VisitorFinder
    let journal: Journal
    let duplicates = DuplicateGuard()

    init(
        at now: String = "2026-11-20T10:00:00Z", rotation: Rotation = .daily,
        sites: [(String, SiteSettings)] = [("a.test", SiteSettings())]
    ) throws {
        path = FileManager.default.temporaryDirectory.path + "/footfall-test-\(UUID().uuidString)"
        clock = HandClock(Instant(now)!)
        folder = try DataFolder(path: path)
        database = try MainDatabase(folder: folder)
        for (name, settings) in sites {
            let created = Instant("2026-11-01T00:00:00Z")!
            _ = try database.addSite(
                Domain(name)!,
                epoch: SiteEpoch(start: created, timeZone: "UTC", rotation: rotation),
                settings: settings, at: created)
        }
        registry = try SiteRegistry(database: database)
        salts = SaltStore(folder: folder)
        visitors = VisitorFinder(salts: salts)
        journal = try Journal(folder: folder, clock: clock.clock, salts: salts)
        standardReceiver = Mutex(nil)
    }

    private let standardReceiver: Mutex<BeaconReceiver?>

    var receiver: BeaconReceiver {
        standardReceiver.withLock { known in
            let receiver = known ?? receiver(limits: .standard)
            known = receiver
            return receiver
        }
    }

    func receiver(limits: CollectorLimits) -> BeaconReceiver {
        BeaconReceiver(
            clock: clock.clock, registry: registry, steps: IngestSteps(), visitors: visitors,
            journal: journal, duplicates: duplicates, limits: limits)
    }

    deinit {
        journal.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Settings with one thing changed.
    static func settings(_ change: (inout SiteSettings) -> Void) -> SiteSettings {
        var settings = SiteSettings()
        change(&settings)
        return settings
    }

    static func sender(
        _ address: String? = "192.0.2.7", headers: [String: String] = [:]
    ) -> Sender {
        let all = ["user-agent": chrome, "accept-language": "lv"].merging(headers) { $1 }
        return Sender(address: address.flatMap { ClientAddress($0) }) { all[$0.name] }
    }

    /// Sends a beacon's JSON and waits for the answer.
    func send(
        _ json: String, from sender: Sender = CollectorBench.sender()
    ) async -> BeaconAnswer {
        let body = Array(json.utf8)
        return await withCheckedContinuation { continuation in
            body.withUnsafeBufferPointer { bytes in
                receiver.receive(body: bytes, from: sender) { continuation.resume(returning: $0) }
            }
        }
    }

    /// A pageview, with more members if said.
    func view(
        _ url: String = "https://a.test/", _ more: String = "",
        from sender: Sender = CollectorBench.sender()
    ) async -> BeaconAnswer {
        await send(#"{"n":"pageview","u":"\#(url)"\#(more)}"#, from: sender)
    }

    func entry(_ name: String = "a.test") throws -> SiteRegistry.Entry {
        guard let entry = registry.entry(for: name) else {
            throw StorageError.unknownSite(name, known: [])
        }
        return entry
    }

    /// The books of a site's day as `received=2 kept=1 bot=1`.
    func books(_ name: String = "a.test", _ day: String = "2026-11-20") throws -> String {
        let day = LocalDay(day)!
        let books =
            try EventReader(folder: folder).books(of: entry(name).site, on: day...day)[day]
            ?? Books()
        let reasons = books.dropped.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue)=\($0.value)" }
        return (["received=\(books.received)", "kept=\(books.kept)"] + reasons).joined(
            separator: " ")
    }

    /// The visitors of a site's events in the order stored; 0 for none.
    func storedVisitors(_ name: String = "a.test") throws -> [UInt64] {
        let site = try entry(name).site
        let window = try EventReader(folder: folder).read(
            sites: [site], from: Instant(milliseconds: 0), to: clock.now + .day)
        return (window.events[site.id]?.all ?? []).map(\.visitor)
    }

    func aggregate() throws -> AggregationReport {
        try Aggregator(
            folder: folder, database: database, clock: clock.clock, terms: RetentionTerms()
        ).run()
    }
}
