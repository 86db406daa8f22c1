import Analytics
import Storage
import Testing

@testable import Collector

@Suite("Duplicate guard")
struct DuplicateGuardTests {
    private let start = Instant(milliseconds: 1_795_341_600_000)

    private func key(_ nonce: String, site: SiteID = 1, visitor: UInt64? = 1) -> DuplicateGuard.Key
    {
        .init(
            site: site, visitor: visitor.map(Visitor.init(value:)), retryKey: RetryKey(nonce: nonce)
        )
    }

    @Test(
        "the same site, visitor and k within ten minutes, whenever the guard turns its halves",
        arguments: [0, 1, 300, 599, 600, 601, 1_200] as [Int64], [0, 1, 400, 599, 900] as [Int64])
    func memory(gap: Int64, offset: Int64) {
        let duplicates = DuplicateGuard()
        // Something seen before decides where the halves turn.
        _ = duplicates.isDuplicate(key("first"), at: start)
        let first = start + .seconds(offset)
        #expect(!duplicates.isDuplicate(key("x"), at: first))
        #expect(duplicates.isDuplicate(key("x"), at: first + .seconds(gap)) == (gap <= 600))
    }

    @Test("another site, visitor or k is another beacon")
    func others() {
        let duplicates = DuplicateGuard()
        let keys = [
            key("x"), key("y"), key("x", site: 2), key("x", visitor: 2), key("x", visitor: nil),
        ]
        for key in keys { #expect(!duplicates.isDuplicate(key, at: start)) }
        for key in keys { #expect(duplicates.isDuplicate(key, at: start)) }
    }

    @Test("what was refused after all may come again")
    func forget() {
        let duplicates = DuplicateGuard()
        #expect(!duplicates.isDuplicate(key("x"), at: start))
        duplicates.forget(key("x"))
        #expect(!duplicates.isDuplicate(key("x"), at: start))
        #expect(duplicates.isDuplicate(key("x"), at: start))
    }

    @Test("what came first is kept only once it is on the disk")
    func kept() {
        let duplicates = DuplicateGuard()
        _ = duplicates.isDuplicate(key("x"), at: start)
        #expect(!duplicates.isKept(key("x")))
        duplicates.keep(key("x"))
        #expect(duplicates.isKept(key("x")))
        // In the other half, too.
        _ = duplicates.isDuplicate(key("y"), at: start)
        _ = duplicates.isDuplicate(key("z"), at: start + .seconds(601))
        duplicates.keep(key("y"))
        #expect(duplicates.isKept(key("y")) && !duplicates.isKept(key("z")))
        duplicates.forget(key("x"))
        #expect(!duplicates.isKept(key("x")))
    }

    @Test("a clock that steps back neither forgets nor remembers for ever")
    func steppedBack() {
        let duplicates = DuplicateGuard()
        #expect(!duplicates.isDuplicate(key("x"), at: start))
        #expect(duplicates.isDuplicate(key("x"), at: start - .hours(5)))
        #expect(!duplicates.isDuplicate(key("y"), at: start - .hours(5)))
        #expect(!duplicates.isDuplicate(key("y"), at: start - .hours(4)))
    }

    @Test("bounded: a flood makes it forget the oldest, never grow")
    func bounded() {
        let duplicates = DuplicateGuard()
        #expect(!duplicates.isDuplicate(key("oldest"), at: start))
        for number in 0..<(2 * DuplicateGuard.limit) {
            _ = duplicates.isDuplicate(key("\(number)"), at: start)
        }
        #expect(!duplicates.isDuplicate(key("oldest"), at: start))
        #expect(duplicates.isDuplicate(key("\(2 * DuplicateGuard.limit - 1)"), at: start))
    }

    @Test("after a restart it knows the last ten minutes from the journal")
    func rebuilt() async throws {
        let bench = try CollectorBench()
        #expect(await bench.view("https://a.test/", #","k":"old""#) == .kept)
        bench.clock.advance(.minutes(6))
        #expect(await bench.view("https://a.test/", #","k":"new""#) == .kept)
        bench.clock.advance(.minutes(6))
        #expect(await bench.view("https://a.test/") == .kept)
        let restarted = DuplicateGuard()
        try restarted.rebuild(from: EventReader(folder: bench.folder), at: bench.clock.now)
        let site = try bench.entry().site.id
        let visitor = Visitor(value: try bench.storedVisitors()[0])
        func isKnown(_ nonce: String) -> Bool {
            restarted.isDuplicate(
                .init(site: site, visitor: visitor, retryKey: RetryKey(nonce: nonce)),
                at: bench.clock.now)
        }
        #expect(isKnown("new"))
        #expect(!isKnown("old"))
    }
}
