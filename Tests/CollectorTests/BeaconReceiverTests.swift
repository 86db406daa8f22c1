import Analytics
import Foundation
import Storage
import Testing

@testable import Collector

@Suite("Beacon receiver")
struct BeaconReceiverTests {
    @Test("a beacon is kept, counted, and its visitor is a hash of no one else")
    func kept() async throws {
        let bench = try CollectorBench()
        #expect(await bench.view() == .kept)
        #expect(await bench.view() == .kept)
        #expect(await bench.view(from: CollectorBench.sender("192.0.2.8")) == .kept)
        #expect(try bench.books() == "received=3 kept=3")
        let visitors = try bench.storedVisitors()
        #expect(visitors[0] == visitors[1] && visitors[0] != visitors[2] && !visitors.contains(0))
    }

    @Test(
        "each reason to drop, in the answer and in the books",
        arguments: [
            ("excluded", "", ["x": "1"]), ("prefetch", "", ["sec-purpose": "prefetch"]),
            ("opted_out", "", ["sec-gpc": "1"]), ("opted_out", "", ["dnt": "1"]),
            ("bot", "", ["user-agent": "curl/8.5.0"]), ("bot", #","wd":true"#, [:]),
            ("foreign_host", "https://other.test/", [:]),
        ] as [(String, String, [String: String])])
    func dropped(reason: String, what: String, headers: [String: String]) async throws {
        let settings = CollectorBench.settings {
            $0.excludedAddresses = [Network("198.51.100.0/24")!]
            $0.hosts = ["a.test"]
        }
        let bench = try CollectorBench(sites: [("a.test", settings)])
        let isForeign = what.hasPrefix("https")
        let sender = CollectorBench.sender(
            reason == "excluded" ? "198.51.100.3" : "192.0.2.7", headers: headers)
        let answer = await bench.view(
            isForeign ? what : "https://a.test/", isForeign ? #","d":"a.test""# : what, from: sender
        )
        #expect(answer == .dropped([try #require(DropReason(rawValue: reason))]))
        #expect(try bench.books() == "received=1 kept=0 \(reason)=1")
        #expect(try bench.storedVisitors().isEmpty)
    }

    @Test("an unknown site is counted for the installation, and in no site's books")
    func unknownSite() async throws {
        let bench = try CollectorBench()
        #expect(await bench.view("https://b.test/") == .dropped([.unknownSite]))
        #expect(await bench.view("https://a.test/", #","d":"b.test""#) == .dropped([.unknownSite]))
        #expect(try bench.books() == "received=0 kept=0")
        let books = try EventReader(folder: bench.folder).installationBooks()
        #expect(books.received == 2 && books.dropped == [.unknownSite: 2] && books.balances)
    }

    @Test("several domains: one event each, kept if any is")
    func domains() async throws {
        let bench = try CollectorBench(sites: [("a.test", .init()), ("b.test", .init())])
        let domains = #","d":"www.A.test, b.test,c.test""#
        #expect(await bench.view("https://shop.test/", domains) == .kept)
        #expect(try bench.books() == "received=1 kept=1")
        #expect(try bench.books("b.test") == "received=1 kept=1")
        #expect(try bench.storedVisitors("a.test") != bench.storedVisitors("b.test"))
        let optedOut = CollectorBench.sender(headers: ["dnt": "1"])
        #expect(
            await bench.view("https://shop.test/", domains, from: optedOut)
                == .dropped([.optedOut, .optedOut, .unknownSite]))
    }

    @Test(
        "what can't be read is answered with its field, and disturbs nothing",
        arguments: [
            ("", "body"), ("{", "body"), (#"{"n":"pageview"}"#, "url"),
            (#"{"n":"pageview","u":"/relative"}"#, "url"),
            (#"{"n":"pageview","u":"https://"}"#, "url"),
            (#"{"n":"pageview","u":"mailto:x@a.test"}"#, "url"),
            (#"{"u":"https://a.test/"}"#, "name"),
            (#"{"n":"engagement","u":"https://a.test/"}"#, "e"),
        ])
    func malformed(json: String, field: String) async throws {
        let bench = try CollectorBench()
        let answer = await bench.send(json)
        guard case .malformed(let error) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(error.field == field)
        #expect(try bench.books() == "received=0 kept=0")
        #expect(await bench.view() == .kept)
    }

    @Test("a second beacon with the same k is a duplicate, of the same visitor and site only")
    func duplicates() async throws {
        let bench = try CollectorBench(sites: [("a.test", .init()), ("b.test", .init())])
        #expect(await bench.view("https://a.test/", #","k":"1""#) == .kept)
        #expect(await bench.view("https://a.test/", #","k":1"#) == .dropped([.duplicate]))
        #expect(await bench.view("https://a.test/", #","k":"2""#) == .kept)
        #expect(await bench.view("https://b.test/", #","k":"1""#) == .kept)
        let other = CollectorBench.sender("192.0.2.8")
        #expect(await bench.view("https://a.test/", #","k":"1""#, from: other) == .kept)
        bench.clock.advance(TimeSpan(milliseconds: 600_001))
        #expect(await bench.view("https://a.test/", #","k":"1""#) == .kept)
        #expect(try bench.books() == "received=5 kept=4 duplicate=1")
    }

    @Test("a bot's repeated beacon is a duplicate as well: its rule may be allowed one day")
    func duplicatesOfBots() async throws {
        let bench = try CollectorBench()
        let bot = CollectorBench.sender(headers: ["user-agent": "curl/8.5.0"])
        #expect(await bench.view("https://a.test/", #","k":"1""#, from: bot) == .dropped([.bot]))
        #expect(
            await bench.view("https://a.test/", #","k":"1""#, from: bot) == .dropped([.duplicate]))
        #expect(try bench.books() == "received=2 kept=0 bot=1 duplicate=1")
    }

    @Test("what was refused may be sent again: its k is forgotten")
    func refusedIsNoDuplicate() async throws {
        let bench = try CollectorBench()
        let salt = bench.path + "/secret"
        #expect(await bench.view("https://a.test/", #","k":"0""#) == .kept)
        // The next day's salt can't be made: the folder is a file.
        try FileManager.default.moveItem(atPath: salt, toPath: bench.path + "/aside")
        #expect(FileManager.default.createFile(atPath: salt, contents: nil))
        bench.clock.set("2026-11-21T10:00:00Z")
        guard case .unavailable = await bench.view("https://a.test/", #","k":"1""#) else {
            Issue.record("was not refused")
            return
        }
        try FileManager.default.removeItem(atPath: salt)
        try FileManager.default.moveItem(atPath: bench.path + "/aside", toPath: salt)
        #expect(await bench.view("https://a.test/", #","k":"1""#) == .kept)
        #expect(try bench.books("a.test", "2026-11-21") == "received=1 kept=1")
        #expect(bench.journal.metrics.refused[.unavailable] == 1)
        bench.journal.close()
        guard case .unavailable = await bench.view("https://a.test/", #","k":"2""#) else {
            Issue.record("a closed journal took a beacon")
            return
        }
    }

    @Test("a second beacon is no duplicate of one that is not on the disk")
    func repeatsWhatIsNotKept() async throws {
        let bench = try CollectorBench()
        #expect(await bench.view("https://a.test/", #","k":"0""#) == .kept)
        // As if the first were still being written, and then lost.
        let visitor = try #require(try bench.storedVisitors().first)
        let key = DuplicateGuard.Key(
            site: 1, visitor: Visitor(value: visitor), retryKey: RetryKey(nonce: "1"))
        #expect(!bench.duplicates.isDuplicate(key, at: bench.clock.now))
        guard case .unavailable = await bench.view("https://a.test/", #","k":"1""#) else {
            Issue.record("was told that it need not come again")
            return
        }
        bench.duplicates.forget(key)
        #expect(await bench.view("https://a.test/", #","k":"1""#) == .kept)
        #expect(await bench.view("https://a.test/", #","k":"1""#) == .dropped([.duplicate]))
    }

    @Test(
        "GPC and DNT by the site's policy",
        arguments: [
            (PrivacySignalPolicy.drop, "received=2 kept=0 opted_out=2", []),
            (.anonymous, "received=2 kept=1 opted_out=1", [true]),
            (.ignore, "received=2 kept=2", [false, false]),
        ])
    func privacySignals(policy: PrivacySignalPolicy, books: String, areWithoutVisitor: [Bool])
        async throws
    {
        let settings = CollectorBench.settings { $0.privacySignals = policy }
        let bench = try CollectorBench(sites: [("a.test", settings)])
        let sender = CollectorBench.sender(headers: ["sec-gpc": "1"])
        _ = await bench.view(from: sender)
        _ = await bench.send(#"{"n":"engagement","u":"https://a.test/","e":5000}"#, from: sender)
        #expect(try bench.books() == books)
        #expect(try bench.storedVisitors().map { $0 == 0 } == areWithoutVisitor)
        // Where nothing is kept nothing is computed: no salt was even made.
        let hasSalt = try !bench.salts.entries().isEmpty
        #expect(hasSalt == (policy == .ignore))
    }

    @Test("an event whose day is sealed is late: set aside, counted, in no figure")
    func late() async throws {
        let bench = try CollectorBench()
        #expect(await bench.view() == .kept)
        bench.clock.set("2026-11-21T02:00:00Z")
        #expect(try bench.aggregate().sealed == 1)
        try bench.registry.refresh()
        // The collector's clock has stepped back into the sealed day.
        bench.clock.set("2026-11-20T23:59:00Z")
        #expect(await bench.view() == .dropped([.late]))
        #expect(try bench.books() == "received=2 kept=1 late=1")
    }

    @Test("an answer comes once, and only after the event can be read back")
    func acknowledged() async throws {
        let bench = try CollectorBench()
        for count in 1...5 {
            #expect(await bench.view() == .kept)
            #expect(try bench.storedVisitors().count == count)
        }
    }

    @Test("neither address nor user agent nor query is in any file")
    func nothingOnDisk() async throws {
        let bench = try CollectorBench()
        let agent = CollectorBench.chrome + " Zebra/77"
        let sender = CollectorBench.sender("198.51.100.237", headers: ["user-agent": agent])
        let url = "https://a.test/p?secret=hidden-query&utm_source=letter"
        #expect(
            await bench.view(url, #","r":"https://b.test/x?q=hidden-search""#, from: sender)
                == .kept)
        let bot = CollectorBench.sender(
            "198.51.100.237", headers: ["user-agent": "curl/8.5.0 Zebra/77"])
        #expect(await bench.view(url, from: bot) == .dropped([.bot]))
        bench.journal.close()
        let files =
            FileManager.default.enumerator(atPath: bench.path)?.compactMap { $0 as? String } ?? []
        #expect(files.contains("events/2026-11-20.sqlite"))
        for name in files {
            guard let data = FileManager.default.contents(atPath: bench.path + "/" + name) else {
                continue
            }
            for text in ["198.51.100.237", "Zebra", "Mozilla", "hidden-query", "hidden-search"] {
                #expect(data.range(of: Data(text.utf8)) == nil, "\(text) in \(name)")
            }
            #expect(
                data.range(of: Data([198, 51, 100, 237])) == nil, "the address's bytes in \(name)")
        }
    }
}
