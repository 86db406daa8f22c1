import Analytics
import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("Salts")
struct SaltStoreTests {
    private let folder: TestFolder
    private let site: Site

    init() throws {
        folder = try TestFolder(at: "2026-11-20T10:00:00Z")
        site = try Traffic.addSite(folder.database())
    }

    /// A random source that gives bytes which a search of files can't mistake.
    private func store(_ seed: UInt8 = 0xa7) -> SaltStore {
        let calls = Mutex<UInt8>(0)
        return SaltStore(
            folder: folder.data,
            random: RandomSource { count in
                let call = calls.withLock { calls -> UInt8 in
                    calls += 1
                    return calls
                }
                return (0..<count).map { UInt8(truncatingIfNeeded: $0) &* 37 &+ seed &* call }
            })
    }

    private func period(_ day: Int) -> SaltPeriod {
        site.calendar.saltPeriod(containing: folder.clock.now + .days(Int64(day)))
    }

    @Test("a period has one salt, whoever asks and however often")
    func oneSalt() throws {
        let salt = try store().salt(site: 1, period: period(0))
        #expect(try store(0x11).salt(site: 1, period: period(0)) == salt)
        #expect(try store().existingSalt(site: 1, period: period(0)) == salt)
        #expect(try store(0x11).salt(site: 2, period: period(0)) != salt)
        #expect(try store(0x11).salt(site: 1, period: period(1)) != salt)
        #expect(try store().existingSalt(site: 1, period: period(2)) == nil)
    }

    @Test("files of 32 bytes that only their owner reads, in a folder that backups skip")
    func files() throws {
        _ = try SaltStore(folder: folder.data).salt(site: 1, period: period(0))
        let name = "secret/1-\(period(0).start.milliseconds).salt"
        #expect(
            folder.files().filter { $0.hasPrefix("secret/") }
                == [name, "secret/CACHEDIR.TAG"].sorted())
        let path = folder.path + "/" + name
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.size] as? Int == 32)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let tag = try String(contentsOfFile: folder.path + "/secret/CACHEDIR.TAG", encoding: .utf8)
        #expect(tag.hasPrefix("Signature: 8a477f597d28d172789f06886806bc55\n"))
    }

    @Test("of many threads that create at once the first wins, for all")
    func threads() async throws {
        let (data, period) = (folder.data, period(0))
        let salts = try await withThrowingTaskGroup(of: Salt.self) { group in
            for _ in 0..<16 {
                group.addTask { try SaltStore(folder: data).salt(site: 1, period: period) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(salts.count == 1)
        #expect(!folder.files().contains { $0.contains("draft") })
    }

    @Test("of several processes the first wins as well")
    func processes() async throws {
        let path = folder.path
        let start = period(0).start.milliseconds
        // Each process asks for the same 30 periods and writes down what it was given.
        async let first = #expect(processExitsWith: .success) {
            [path = path as String, start = start as Int64] in
            try SaltStoreTests.askForSalts(path: path, start: start, name: "first")
        }
        async let second = #expect(processExitsWith: .success) {
            [path = path as String, start = start as Int64] in
            try SaltStoreTests.askForSalts(path: path, start: start, name: "second")
        }
        try Self.askForSalts(path: path, start: start, name: "own")
        _ = await (first, second)
        let texts = try ["first", "second", "own"].map {
            try String(contentsOfFile: path + "/" + $0, encoding: .utf8)
        }
        #expect(Set(texts).count == 1)
        #expect(Set(texts[0].split(separator: "\n")).count == 30)
    }

    private static func askForSalts(path: String, start: Int64, name: String) throws {
        let store = SaltStore(folder: try DataFolder(path: path))
        let salts = try (0..<30).map { day in
            let start = Instant(milliseconds: start) + .days(Int64(day))
            let salt = try store.salt(site: 5, period: SaltPeriod(start: start, end: start + .day))
            return salt.bytes.map(String.init).joined(separator: " ")
        }
        try salts.joined(separator: "\n").write(
            toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    @Test(
        "a salt goes one session timeout and a minute after its period, not before",
        arguments: [
            ("2026-11-21T00:00:00Z", 0), ("2026-11-21T00:30:00Z", 0), ("2026-11-21T00:31:00Z", 0),
            ("2026-11-21T00:31:00.001Z", 1), ("2026-12-24T00:00:00Z", 1),
        ])
    func expiry(now: String, destroyed: Int) throws {
        let store = store()
        let salt = try store.salt(site: site.id, period: period(0))
        #expect(try store.destroyExpired(sites: [site], at: Instant(now)!) == destroyed)
        #expect(folder.files(holding: salt.bytes).count == 1 - destroyed)
        #expect(
            try store.existingSalt(site: site.id, period: period(0))
                == (destroyed == 0 ? salt : nil))
    }

    @Test("the bytes are overwritten in place before the name goes")
    func overwritten() throws {
        let store = store()
        let salt = try store.salt(site: site.id, period: period(0))
        let path = folder.path + "/secret/1-\(period(0).start.milliseconds).salt"
        // A second name for the same bytes on disk, as a backup made of hard links would have.
        try FileManager.default.linkItem(atPath: path, toPath: folder.path + "/copy")
        #expect(folder.files(holding: salt.bytes).count == 2)
        try store.destroyExpired(sites: [site], at: folder.clock.now + .days(2))
        #expect(folder.files(holding: salt.bytes).isEmpty)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.path + "/copy")) == Data(count: 32))
    }

    @Test("the losing draft of a race leaves no bytes either")
    func drafts() throws {
        let first = try store(0x11).salt(site: 1, period: period(0))
        #expect(try store(0x77).salt(site: 1, period: period(0)) == first)
        #expect(folder.files().filter { $0.hasPrefix("secret/") }.count == 2)
    }

    @Test("a draft is in memory only until it is kept, and counts as the period's salt")
    func draft() throws {
        let store = store()
        let draft = try store.draft(site: site.id, period: period(0))
        #expect(folder.files(holding: draft.bytes).isEmpty)
        #expect(try store.draft(site: site.id, period: period(0)) == draft)
        #expect(try store.existingSalt(site: site.id, period: period(0)) == draft)
        // A clock that stepped back gets the newest, on disk or not.
        #expect(try store.draft(site: site.id, period: period(-1)) == draft)
        try store.keepDrafts()
        #expect(folder.files(holding: draft.bytes).count == 1)
        #expect(try self.store(0x11).salt(site: site.id, period: period(0)) == draft)
        try store.keepDrafts()
        #expect(folder.files().filter { $0.hasPrefix("secret/") }.count == 2)
        #expect(store.lostDrafts == 0)
    }

    @Test("a draft that can't be kept is tried again; one that came second gives way")
    func draftsThatFail() throws {
        let store = store()
        let draft = try store.draft(site: site.id, period: period(0))
        let secret = folder.data.secretPath
        #expect(rename(secret, secret + "-away") == 0)
        #expect(throws: StorageError.self) { try store.keepDrafts() }
        #expect(rename(secret + "-away", secret) == 0)
        try store.keepDrafts()
        #expect(try store.salt(site: site.id, period: period(0)) == draft)

        let second = try store.draft(site: site.id, period: period(1))
        let first = try self.store(0x11).salt(site: site.id, period: period(1))
        #expect(throws: StorageError.self) { try store.keepDrafts() }
        #expect(store.lostDrafts == 1)
        #expect(try store.draft(site: site.id, period: period(1)) == first)
        #expect(folder.files(holding: second.bytes).isEmpty)
    }

    @Test("a draft goes with its period, and with its site, unseen by a disk")
    func expiredDraft() throws {
        let store = store()
        let draft = try store.draft(site: site.id, period: period(0))
        _ = try store.draft(site: 99, period: period(0))
        #expect(try store.destroyExpired(sites: [site], at: folder.clock.now) == 1)
        #expect(try store.existingSalt(site: site.id, period: period(0)) == draft)
        #expect(try store.destroyExpired(sites: [site], at: folder.clock.now + .days(2)) == 1)
        #expect(try store.existingSalt(site: site.id, period: period(0)) == nil)
        try store.keepDrafts()
        #expect(try store.entries().isEmpty)
    }

    @Test("a clock that steps back never makes a second salt for a period that was left")
    func steppedBack() throws {
        let store = store()
        let old = try store.salt(site: site.id, period: period(0))
        // Left, but not destroyed: its own salt.
        let next = try store.salt(site: site.id, period: period(1))
        #expect(try store.salt(site: site.id, period: period(0)) == old)
        #expect(try store.destroyExpired(sites: [site], at: period(1).start + .hours(2)) == 1)
        // Destroyed: the salt of the period that the clock came from.
        #expect(try store.salt(site: site.id, period: period(0)) == next)
        #expect(try store.salt(site: site.id, period: period(-3)) == next)
        let names = folder.files().filter { $0.hasSuffix(".salt") }
        #expect(names == ["secret/1-\(period(1).start.milliseconds).salt"])
    }

    @Test("a salt that a clock far ahead has made goes, and stands for no period before")
    func fromTheFuture() throws {
        let store = store()
        let future = try store.salt(site: site.id, period: period(365))
        #expect(try store.destroyExpired(sites: [site], at: folder.clock.now) == 1)
        #expect(folder.files(holding: future.bytes).isEmpty)
        let today = try store.salt(site: site.id, period: period(0))
        #expect(today != future)
        // A period that begins soon is nobody's mistake.
        let next = try store.salt(site: site.id, period: period(1))
        #expect(try store.destroyExpired(sites: [site], at: folder.clock.now) == 0)
        #expect(try store.salt(site: site.id, period: period(1)) == next)
    }

    @Test("a salt that can't be destroyed keeps no other")
    func stubborn() throws {
        let store = store()
        let stubborn = try store.salt(site: 98, period: period(0))
        let other = try store.salt(site: site.id, period: period(0))
        // No file can be put in its place or unlinked: a folder with something in it.
        let path = folder.path + "/secret/98-\(period(0).start.milliseconds).salt"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(
            atPath: path + "/in", withIntermediateDirectories: true)
        #expect(throws: StorageError.self) {
            try store.destroyExpired(sites: [site], at: period(2).start)
        }
        #expect(folder.files(holding: other.bytes).isEmpty && stubborn != other)
    }

    @Test("nor when all salts of the time after are gone too")
    func steppedBackOverAll() throws {
        let store = store()
        let old = try store.salt(site: site.id, period: period(0))
        #expect(try store.destroyExpired(sites: [site], at: period(3).start) == 1)
        let made = try store.salt(site: site.id, period: period(0))
        #expect(made != old)
        // It counts for the time after the period, so that no period has two.
        #expect(try store.salt(site: site.id, period: period(1)) == made)
        #expect(try store.salt(site: site.id, period: period(2)) != made)
    }

    @Test("a removed site's salts go at once; a weekly salt stays its week")
    func removedSite() throws {
        let store = store()
        let gone = try store.salt(site: 99, period: period(0))
        var weekly = site
        weekly.epochs[0].rotation = .weekly
        let week = weekly.calendar.saltPeriod(containing: folder.clock.now)
        let kept = try store.salt(site: site.id, period: week)
        #expect(try store.destroyExpired(sites: [weekly], at: folder.clock.now + .days(2)) == 1)
        #expect(folder.files(holding: gone.bytes).isEmpty)
        #expect(try store.existingSalt(site: site.id, period: week) == kept)
    }

    @Test("a damaged file is named, never taken for a salt")
    func damaged() throws {
        _ = try store().salt(site: site.id, period: period(0))
        let path = folder.path + "/secret/1-\(period(0).start.milliseconds).salt"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StorageError.self) {
            try store().salt(site: site.id, period: period(0))
        }
        #expect(error?.description.contains(path) == true)
    }

    @Test("the folder may be on memory, outside the data folder")
    func secretElsewhere() throws {
        let elsewhere = folder.path + "/run/footfall"
        let data = try DataFolder(path: folder.path + "/data", secretPath: elsewhere)
        _ = try SaltStore(folder: data).salt(site: 1, period: period(0))
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).count == 2)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/data/secret"))
    }
}
