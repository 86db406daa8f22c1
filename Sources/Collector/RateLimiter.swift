import Analytics
import Synchronization

/// Token buckets: each address, and each site, may send so many beacons a second on average and
/// save up ten seconds of them. Addresses stand in it as fingerprints under a key that lives as
/// long as the process (I3).
///
/// Memory is bounded: past `bucketLimit` senders the buckets that are full again are forgotten,
/// and if none is, all of them; a flood from ever new addresses is the sites' buckets' to stop.
final class RateLimiter: Sendable {
    static let reserveSeconds = 10.0
    static let bucketLimit = 100_000

    private struct Bucket {
        var tokens: Double
        var filledAt: Instant

        /// Whether a token was there; takes it.
        mutating func take(perSecond rate: Double, at now: Instant) -> Bool {
            // A clock that stepped back gives nothing and takes nothing.
            let elapsed = max(0, (now - filledAt).seconds)
            tokens = min(rate * RateLimiter.reserveSeconds, tokens + elapsed * rate)
            filledAt = now
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }
    }

    private let limits: CollectorLimits
    private let fingerprinter: Fingerprinter
    private let addresses = Mutex<[Fingerprint: Bucket]>([:])
    private let sites = Mutex<[SiteID: Bucket]>([:])

    init(limits: CollectorLimits, fingerprinter: Fingerprinter) {
        self.limits = limits
        self.fingerprinter = fingerprinter
    }

    /// Addresses that are remembered.
    var bucketCount: Int { addresses.withLock { $0.count } }

    /// - Parameter address: `nil` for a peer without one (a Unix socket), which has no limit.
    func admits(_ address: ClientAddress?, at now: Instant) -> Bool {
        let rate = limits.eventsPerAddress
        guard let address, rate > 0 else { return true }
        let key = fingerprinter.fingerprint { $0.add(address.networkNumber) }
        return addresses.withLock { buckets in
            if buckets.count >= Self.bucketLimit, buckets[key] == nil {
                buckets = buckets.filter { (now - $0.value.filledAt).seconds < Self.reserveSeconds }
                if buckets.count >= Self.bucketLimit { buckets = [:] }
            }
            return buckets[key, default: Self.full(rate, now)].take(perSecond: rate, at: now)
        }
    }

    func admits(site: SiteID, at now: Instant) -> Bool {
        let rate = limits.eventsPerSite
        guard rate > 0 else { return true }
        return sites.withLock { buckets in
            buckets[site, default: Self.full(rate, now)].take(perSecond: rate, at: now)
        }
    }

    private static func full(_ rate: Double, _ now: Instant) -> Bucket {
        Bucket(tokens: rate * reserveSeconds, filledAt: now)
    }
}
