package import Analytics
package import Storage
import Synchronization

/// What a beacon's sender is told.
package enum BeaconAnswer: Hashable, Sendable {
    /// 202: kept.
    case kept
    /// 202 with `Footfall-Dropped`.
    case dropped([DropReason])
    /// 400, with the field at fault.
    case malformed(BeaconError)
    /// 429 with `Retry-After`: the sender, or the site, sent more than the limits allow.
    case tooMany
    /// 503 with `Retry-After`; the cause is for the log.
    case unavailable(String)
}

/// The way of a beacon through the collector: decode → admit → enrich (`IngestSteps`) → visitor →
/// journal. Knows nothing of HTTP but what the caller took from the request.
package final class BeaconReceiver: Sendable {
    /// What was worked out under one state of the sites.
    private struct Memory {
        var generation: Int
        var known: IngestMemory?
    }

    private let clock: Clock
    private let registry: SiteRegistry
    private let steps: IngestSteps
    private let visitors: VisitorFinder
    private let journal: Journal
    private let duplicates: DuplicateGuard
    private let rates: RateLimiter
    private let memory: Mutex<Memory>

    package init(
        clock: Clock, registry: SiteRegistry, steps: IngestSteps, visitors: VisitorFinder,
        journal: Journal, duplicates: DuplicateGuard = DuplicateGuard(),
        limits: CollectorLimits = .standard, random: RandomSource = .system
    ) {
        self.clock = clock
        self.registry = registry
        self.steps = steps
        self.visitors = visitors
        self.journal = journal
        self.duplicates = duplicates
        rates = RateLimiter(limits: limits, fingerprinter: Fingerprinter(random: random))
        memory = Mutex(
            Memory(
                generation: registry.generation,
                known: IngestMemory(fingerprinter: Fingerprinter(random: random))))
    }

    /// Decodes a body and takes the beacon in.
    func receive(
        body: UnsafeBufferPointer<UInt8>, from sender: Sender,
        answer: @escaping @Sendable (BeaconAnswer) -> Void
    ) {
        do throws(BeaconError) {
            receive(try BeaconDecoder.decode(body), from: sender, answer: answer)
        } catch {
            answer(.malformed(error))
        }
    }

    /// `answer` is called once, on any thread: after the synced commit that holds the event (I1).
    func receive(
        _ beacon: Beacon, from sender: Sender, answer: @escaping @Sendable (BeaconAnswer) -> Void
    ) {
        let time = clock.now()
        guard let page = WebAddress(beacon.url) else {
            answer(
                .malformed(
                    BeaconError(field: "url", message: "must be an absolute URL with a host")))
            return
        }
        guard rates.admits(sender.address, at: time) else { return answer(.tooMany) }
        let hit = Hit(beacon: beacon, page: page, sender: sender, time: time)
        let domains = beacon.domains.isEmpty ? [page.host] : beacon.domains
        let sites = domains.map { registry.entry(for: $0) }
        for case let known? in sites where !rates.admits(site: known.site.id, at: time) {
            return answer(.tooMany)
        }
        var entries: [JournalEntry] = []
        var remembered: [DuplicateGuard.Key] = []
        do throws(StorageError) {
            for known in sites { entries.append(try entry(for: hit, known, &remembered)) }
        } catch {
            forget(remembered)
            answer(.unavailable(error.description))
            return
        }
        let reasons = entries.compactMap(\.dropReason)
        let outcome: BeaconAnswer = reasons.count == entries.count ? .dropped(reasons) : .kept
        let keys = remembered
        journal.submit(entries) { result in
            switch result {
            case .success: answer(outcome)
            case .failure(let failure):
                self.forget(keys)
                answer(.unavailable("\(failure)"))
            }
        }
    }

    private func run(_ hit: Hit, for site: Site) -> IngestSteps.Outcome {
        let generation = registry.generation
        return memory.withLock { memory in
            if memory.generation != generation {
                memory.known?.forget()
                memory.generation = generation
            }
            return steps.run(hit, for: site, &memory.known)
        }
    }

    private func visitor(
        of hit: Hit, on entry: SiteRegistry.Entry
    ) throws(StorageError) -> Visitor? {
        try visitors.visitor(
            of: hit.sender, on: entry, at: hit.time,
            startsSession: hit.beacon.name != Beacon.nameOfEngagement)
    }

    private func forget(_ keys: [DuplicateGuard.Key]) {
        for key in keys { duplicates.forget(key) }
    }

    private func entry(
        for hit: Hit, _ known: SiteRegistry.Entry?, _ remembered: inout [DuplicateGuard.Key]
    ) throws(StorageError) -> JournalEntry {
        guard let known else {
            return JournalEntry(
                site: JournalEntry.installation, day: hit.time.utcDay, time: hit.time,
                fate: .dropped(.unknownSite))
        }
        let day = known.day(of: hit.time)
        func entry(_ fate: JournalEntry.Fate) -> JournalEntry {
            JournalEntry(site: known.site.id, day: day, time: hit.time, fate: fate)
        }
        switch run(hit, for: known.site) {
        case .dropped(let reason): return entry(.dropped(reason))
        case .setAside(var event, let verdict):
            event.visitor = try visitor(of: hit, on: known)
            return entry(.setAside(event, reason: .bot, rule: verdict.rule))
        case .kept(var event):
            if !IngestSteps.isCountedWithoutVisitor(hit, for: known.site) {
                event.visitor = try visitor(of: hit, on: known)
            }
            if let retryKey = event.retryKey {
                let key = DuplicateGuard.Key(
                    site: known.site.id, visitor: event.visitor, retryKey: retryKey)
                if duplicates.isDuplicate(key, at: hit.time) { return entry(.dropped(.duplicate)) }
                remembered.append(key)
            }
            if known.isSealed(day) {
                return entry(.setAside(event, reason: .late, rule: DropReason.late.rawValue))
            }
            return entry(.kept(event))
        }
    }
}

extension JournalEntry {
    /// `nil` when the event is kept.
    var dropReason: DropReason? {
        switch fate {
        case .kept: nil
        case .setAside(_, let reason, _), .dropped(let reason): reason
        }
    }
}
