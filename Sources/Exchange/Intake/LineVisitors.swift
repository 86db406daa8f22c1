import Analytics
import Storage

/// The time under one salt of an import. Its salts are random and in memory only, so that nobody
/// can compute a visitor of it again once it has ended (I4).
final class ImportPeriod {
    let period: SaltPeriod
    let timeout: TimeSpan
    fileprivate let hash: VisitorHash
    fileprivate let previousHash: VisitorHash

    fileprivate init(
        period: SaltPeriod, timeout: TimeSpan, hash: VisitorHash, previousHash: VisitorHash
    ) {
        self.period = period
        self.timeout = timeout
        self.hash = hash
        self.previousHash = previousHash
    }
}

/// Turns clients of log lines into visitors.
struct LineVisitors {
    /// Most senders that are remembered of a period.
    private static let cacheLimit = 500_000

    /// What the address alone says.
    struct Origin {
        var isExcluded = false
        /// Why the owner's lists take whoever comes from there for a bot.
        var verdict: BotVerdict?
        /// `nil` where no database knows it.
        var place: Place?
    }

    struct Sender {
        var origin: Origin
        /// `FoldEvent.noVisitor` when the line has no address, as behind a Unix socket.
        var visitor: UInt64
        /// Under the salt before; worked out only when it is asked for.
        fileprivate var previous: UInt64?
    }

    private let calendar: SiteCalendar
    private let random: RandomSource
    private let fingerprinter: Fingerprinter
    private let origin: (ClientAddress) -> Origin
    private var hashes: [Instant: VisitorHash] = [:]
    private var senders = FingerprintCache<Sender>(limit: cacheLimit)
    private var sendersPeriod: SaltPeriod?

    init(
        calendar: SiteCalendar, random: RandomSource, fingerprinter: Fingerprinter,
        origin: @escaping (ClientAddress) -> Origin
    ) {
        self.calendar = calendar
        self.random = random
        self.fingerprinter = fingerprinter
        self.origin = origin
    }

    /// The salt period of a local day: a day is never under two.
    mutating func period(of day: LocalDay) -> ImportPeriod {
        let start = calendar.start(of: day)
        let period = calendar.saltPeriod(containing: start)
        let before = calendar.saltPeriod(containing: period.start - TimeSpan(milliseconds: 1))
        return ImportPeriod(
            period: period, timeout: calendar.epoch(at: start).sessionTimeout,
            hash: hash(of: period), previousHash: hash(of: before))
    }

    private mutating func hash(of period: SaltPeriod) -> VisitorHash {
        if let hash = hashes[period.start] { return hash }
        let hash = VisitorHash(salt: Salt(bytes: random.bytes(Salt.byteCount)))
        hashes[period.start] = hash
        return hash
    }

    /// - Parameter agentKey: of the user agent, with which the client makes the sender.
    /// - Returns: the sender, with the visitor under the salt before when `time` is so soon after
    ///   the rotation that a session may have crossed it.
    mutating func sender(
        client: UnsafeBufferPointer<UInt8>, agentKey: Fingerprint, userAgent: () -> String,
        at time: Instant, _ period: ImportPeriod
    ) -> (sender: Sender, previousVisitor: UInt64) {
        if sendersPeriod != period.period {
            senders.removeAll()
            sendersPeriod = period.period
        }
        let key = fingerprinter.fingerprint(of: client, with: agentKey)
        let needsPrevious = RotationCrossing.needsPrevious(
            at: time, period: period.period, timeout: period.timeout)
        if let known = senders[key] {
            if !needsPrevious { return (known, FoldEvent.noVisitor) }
            if let previous = known.previous { return (known, previous) }
        }
        var sender = Sender(origin: Origin(), visitor: FoldEvent.noVisitor, previous: nil)
        if let address = address(of: client) {
            let userAgent = userAgent().cut(toBytes: BeaconLimits.userAgent)
            sender.origin = origin(address)
            sender.visitor =
                period.hash.visitor(address: address, userAgent: userAgent).value
            if needsPrevious {
                sender.previous =
                    period.previousHash.visitor(address: address, userAgent: userAgent).value
            }
        } else if needsPrevious {
            sender.previous = FoldEvent.noVisitor
        }
        senders[key] = sender
        return (sender, sender.previous ?? FoldEvent.noVisitor)
    }

    /// Where the server looks names up, the name stands for the network.
    private func address(of client: UnsafeBufferPointer<UInt8>) -> ClientAddress? {
        if let address = ClientAddress(String(decoding: client, as: UTF8.self)) { return address }
        let hasLetter = client.contains { ($0 | 0x20) &- 0x61 < 26 }
        guard hasLetter, client.last != UInt8(ascii: ":") else { return nil }
        let name = fingerprinter.fingerprint(of: client)
        // Of the unique local addresses (RFC 4193), of which no client has one by chance.
        return ClientAddress(high: name.high & ~(0xff << 56) | 0xfd << 56, low: name.low)
    }
}
