package import Analytics
package import Storage
import Synchronization

/// Turns senders into visitors: keeps the salts in force at hand, and sessions one across a
/// rotation.
package final class VisitorFinder: Sendable {
    // A class: changed in place, where a copy would copy all open sessions for each beacon.
    private final class SiteState {
        let period: SaltPeriod
        let hash: VisitorHash
        /// Under the salt of the period before, for one timeout after the rotation.
        var previousHash: VisitorHash?
        var crossing: RotationCrossing
        /// As the store had it when the salts were asked for.
        let lostDrafts: Int
        /// Visitors by network and user agent: those of a visit's second beacon and on need no
        /// hash, which costs a tenth of a beacon's time. Forgotten with the salt.
        private var known = FingerprintCache<Visitor>(limit: VisitorFinder.knownLimit)

        init(
            period: SaltPeriod, hash: VisitorHash, previousHash: VisitorHash?,
            crossing: RotationCrossing, lostDrafts: Int
        ) {
            self.period = period
            self.hash = hash
            self.previousHash = previousHash
            self.crossing = crossing
            self.lostDrafts = lostDrafts
        }

        func current(_ sender: Sender, _ address: ClientAddress, _ key: Fingerprint) -> Visitor {
            if let visitor = known[key] { return visitor }
            let visitor = hash.visitor(address: address, userAgent: sender.userAgent)
            known[key] = visitor
            return visitor
        }
    }

    /// Of a site; some 60 bytes each.
    private static let knownLimit = 50_000

    /// With more events only the last timeout is read again at a start.
    private static let rebuildLimit = 2_000_000

    private let salts: SaltStore
    private let states = Mutex<[SiteID: SiteState]>([:])
    private let fingerprinter: Fingerprinter

    package init(salts: SaltStore, random: RandomSource = .system) {
        self.salts = salts
        fingerprinter = Fingerprinter(random: random)
    }

    /// - Throws: `saltUnavailable`: the beacon can't be kept now.
    package func visitor(
        of sender: Sender, on entry: SiteRegistry.Entry, at time: Instant,
        startsSession: Bool = true
    ) throws(StorageError) -> Visitor? {
        guard let address = sender.address else { return nil }
        let timeout = entry.calendar.epoch(at: time).sessionTimeout
        let key = fingerprinter.fingerprint { key in
            key.add(address.networkNumber)
            key.add(sender.userAgent)
        }
        return try states.withLock { (states) throws(StorageError) in
            let state = try upToDate(&states, entry, time, timeout)
            var previous: Visitor?
            if RotationCrossing.needsPrevious(at: time, period: state.period, timeout: timeout) {
                previous = state.previousHash?
                    .visitor(address: address, userAgent: sender.userAgent)
            } else {
                state.previousHash = nil
            }
            return state.crossing.resolve(
                current: state.current(sender, address, key), previous: previous, at: time,
                period: state.period, timeout: timeout, startsSession: startsSession)
        }
    }

    /// Under the salt that the event's visitor stands for: for one timeout after a rotation that
    /// its session crosses, the one before.
    ///
    /// - Throws: `saltUnavailable`: the beacon can't be kept now.
    package func transactionKey(
        of transactionID: String, _ event: Event, from sender: Sender,
        on entry: SiteRegistry.Entry
    ) throws(StorageError) -> TransactionKey? {
        let name: String
        switch event.kind {
        case .custom(let own, _): name = own
        case .pageview: name = Beacon.nameOfPageview
        case .engagement: return nil
        }
        let timeout = entry.calendar.epoch(at: event.time).sessionTimeout
        return try states.withLock { (states) throws(StorageError) in
            let state = try upToDate(&states, entry, event.time, timeout)
            if let previous = state.previousHash, let address = sender.address,
                previous.visitor(address: address, userAgent: sender.userAgent) == event.visitor
            {
                return previous.transactionKey(event: name, transactionID: transactionID)
            }
            return state.hash.transactionKey(event: name, transactionID: transactionID)
        }
    }

    /// Rebuilds the values seen before a rotation from the journal, after a restart close to one.
    package func rebuild(
        from reader: EventReader, _ entries: [SiteRegistry.Entry], at now: Instant
    ) throws(StorageError) {
        for entry in entries {
            let timeout = entry.calendar.epoch(at: now).sessionTimeout
            let period = entry.calendar.saltPeriod(containing: now)
            guard period.start + timeout >= now || period.end - timeout <= now else { continue }
            let reach =
                try reader.countOfEvents(
                    from: now - RotationCrossing.longestSession, to: now) < Self.rebuildLimit
                ? RotationCrossing.longestSession : timeout
            let window = try reader.read(
                sites: [entry.site], from: now - reach, to: now + .minutes(1))
            try states.withLock { (states) throws(StorageError) in
                let state = try upToDate(&states, entry, now, timeout)
                for event in window.events[entry.site.id]?.all ?? []
                where event.visitor != FoldEvent.noVisitor {
                    let time = Instant(milliseconds: event.time)
                    state.crossing.note(
                        Visitor(value: event.visitor), at: time,
                        period: entry.calendar.saltPeriod(containing: time), timeout: timeout,
                        startsSession: !event.isEngagement)
                }
            }
        }
    }

    /// Forgets the salts of periods that are over, so that memory holds none that the disk lost.
    package func forgetExpired(_ entries: [SiteRegistry.Entry], at now: Instant) {
        states.withLock { states in
            for entry in entries {
                guard let state = states[entry.site.id] else { continue }
                let timeout = entry.calendar.epoch(at: now).sessionTimeout
                if now > state.period.start + timeout { states[entry.site.id]?.previousHash = nil }
                if now > state.period.end + timeout + SaltStore.grace {
                    states[entry.site.id] = nil
                }
            }
            let known = Set(entries.map(\.site.id))
            states = states.filter { known.contains($0.key) }
        }
    }

    /// The site's state of the salt period which holds `time`.
    private func upToDate(
        _ states: inout [SiteID: SiteState], _ entry: SiteRegistry.Entry, _ time: Instant,
        _ timeout: TimeSpan
    ) throws(StorageError) -> SiteState {
        let id = entry.site.id
        let before = states[id]
        let lostDrafts = salts.lostDrafts
        if let before, before.period.contains(time), before.lostDrafts == lostDrafts {
            return before
        }
        let period = entry.calendar.saltPeriod(containing: time)
        // A new one is in memory only; the journal makes it durable before it keeps an event.
        let hash = VisitorHash(salt: try salts.draft(site: id, period: period))
        var previousHash: VisitorHash?
        if RotationCrossing.needsPrevious(at: time, period: period, timeout: timeout) {
            let previous = entry.calendar.saltPeriod(
                containing: period.start - TimeSpan(milliseconds: 1))
            previousHash = try salts.existingSalt(site: id, period: previous)
                .map(VisitorHash.init(salt:))
        }
        let state = SiteState(
            period: period, hash: hash, previousHash: previousHash,
            crossing: before?.crossing ?? RotationCrossing(), lostDrafts: lostDrafts)
        states[id] = state
        return state
    }
}
