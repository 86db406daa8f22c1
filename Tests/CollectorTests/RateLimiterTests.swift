import Analytics
import Testing

@testable import Collector

@Suite("Rate limiter")
struct RateLimiterTests {
    private let start = Instant(milliseconds: 1_795_341_600_000)

    private func limiter(perAddress: Double = 2, perSite: Double = 3) -> RateLimiter {
        var limits = CollectorLimits.standard
        limits.eventsPerAddress = perAddress
        limits.eventsPerSite = perSite
        return RateLimiter(limits: limits, fingerprinter: Fingerprinter(key: Array(0...15)))
    }

    private func admitted(
        _ limiter: RateLimiter, _ address: String?, _ count: Int, at time: Instant
    ) -> Int {
        (0..<count).count { _ in limiter.admits(address.map { ClientAddress($0)! }, at: time) }
    }

    @Test("ten seconds' worth at once, then the average; saved up again while resting")
    func bucket() {
        let limiter = limiter()
        let address = "192.0.2.7"
        #expect(admitted(limiter, address, 50, at: start) == 20)
        #expect(admitted(limiter, address, 50, at: start + TimeSpan(milliseconds: 499)) == 0)
        #expect(admitted(limiter, address, 50, at: start + TimeSpan(milliseconds: 1_000)) == 2)
        #expect(admitted(limiter, address, 50, at: start + .hours(1)) == 20)
    }

    @Test("each address has its own; an IPv6 household has one; none has no limit")
    func addresses() {
        let limiter = limiter()
        #expect(admitted(limiter, "192.0.2.7", 50, at: start) == 20)
        #expect(admitted(limiter, "192.0.2.8", 50, at: start) == 20)
        #expect(admitted(limiter, "2001:db8::1", 10, at: start) == 10)
        #expect(admitted(limiter, "2001:db8::2", 50, at: start) == 10)
        #expect(admitted(limiter, "2001:db8:0:1::2", 50, at: start) == 20)
        #expect(admitted(limiter, nil, 500, at: start) == 500)
    }

    @Test("a clock that steps back gives nothing away and locks nobody out")
    func steppedBack() {
        let limiter = limiter()
        #expect(admitted(limiter, "192.0.2.7", 50, at: start) == 20)
        #expect(admitted(limiter, "192.0.2.7", 50, at: start - .hours(3)) == 0)
        #expect(admitted(limiter, "192.0.2.7", 50, at: start - .hours(3) + .seconds(1)) == 2)
    }

    @Test("sites apart from addresses")
    func sites() {
        let limiter = limiter()
        #expect((0..<100).count { _ in limiter.admits(site: 1, at: start) } == 30)
        #expect((0..<100).count { _ in limiter.admits(site: 2, at: start) } == 30)
        #expect(admitted(limiter, "192.0.2.7", 50, at: start) == 20)
    }

    @Test("a flood from ever new addresses costs bounded memory, and opens no bucket that is empty")
    func bounded() {
        let limiter = limiter()
        #expect(admitted(limiter, "192.0.2.7", 50, at: start) == 20)
        for number in 0..<(RateLimiter.bucketLimit - 1) {
            let (high, low) = (number >> 8, number & 255)
            _ = limiter.admits(ClientAddress("10.\(high >> 8).\(high & 255).\(low)")!, at: start)
        }
        #expect(limiter.bucketCount == RateLimiter.bucketLimit)
        #expect(admitted(limiter, "192.0.2.7", 1, at: start) == 0)
        // Those that are full again make room.
        #expect(admitted(limiter, "192.0.2.99", 1, at: start + .seconds(11)) == 1)
        #expect(limiter.bucketCount == 1)
    }
}
