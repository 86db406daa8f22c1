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
    /// What was worked out under one state of the sites and of what is recognised.
    private struct Memory {
        var steps: IngestSteps
        var generation: Int
        var known: IngestMemory?
    }

    private let clock: Clock
    private let registry: SiteRegistry
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
        self.visitors = visitors
        self.journal = journal
        self.duplicates = duplicates
        rates = RateLimiter(limits: limits, fingerprinter: Fingerprinter(random: random))
        memory = Mutex(
            Memory(
                steps: steps, generation: registry.generation,
                known: IngestMemory(fingerprinter: Fingerprinter(random: random))))
    }

    /// From the next beacon on, others: tables and lists that were read again.
    package func replace(_ steps: IngestSteps) {
        memory.withLock { memory in
            memory.steps = steps
            memory.known?.forget()
        }
    }

    /// Decodes a body and takes the beacon in.
    func receive(
        body: UnsafeBufferPointer<UInt8>, from sender: Sender,
        answer: @escaping @Sendable (BeaconAnswer) -> Void
    ) {
        do throws(BeaconError) {
            receive(try BeaconDecoder.decode(body), from: sender, answer: answer)
        } catch {
            journal.note(.malformed)
            answer(.malformed(error))
        }
    }

    /// A body over the limit is counted; nothing of it was read.
    func noteTooLarge() { journal.note(.tooLarge) }

    /// `answer` is called once, on any thread: after the synced commit that holds the event (I1).
    func receive(
        _ beacon: Beacon, from sender: Sender, answer: @escaping @Sendable (BeaconAnswer) -> Void
    ) {
        let time = clock.now()
        guard let page = WebAddress(beacon.url) else {
            journal.note(.malformed)
            answer(
                .malformed(
                    BeaconError(field: "url", message: "must be an absolute URL with a host")))
            return
        }
        let hit = Hit(beacon: beacon, page: page, sender: sender, time: time)
        let domains = beacon.domains.isEmpty ? [page.host] : beacon.domains
        let sites = sites(of: domains)
        let isAdmitted =
            rates.admits(sender.address, at: time)
            && sites.allSatisfy { $0.map { rates.admits(site: $0.site.id, at: time) } ?? true }
        var entries: [JournalEntry] = []
        var retries = Retries()
        do throws(StorageError) {
            for known in sites {
                entries.append(
                    isAdmitted
                        ? try entry(for: hit, known, &retries) : dropped(.rate, known, at: time))
            }
        } catch {
            forget(retries.first)
            journal.refuseForWantOfSalt()
            answer(.unavailable(error.description))
            return
        }
        let isKept = entries.contains { $0.dropReason == nil }
        let outcome: BeaconAnswer =
            !isAdmitted
            ? .tooMany : isKept ? .kept : .dropped(entries.compactMap(\.dropReason))
        journal.submit(entries) { [retries] result in
            switch result {
            case .success:
                for key in retries.first { self.duplicates.keep(key) }
                let areKept = retries.second.allSatisfy(self.duplicates.isKept)
                answer(areKept ? outcome : .unavailable("the beacon that it repeats is not kept"))
            case .failure(let failure):
                self.forget(retries.first)
                answer(.unavailable("\(failure)"))
            }
        }
    }

    /// What `DuplicateGuard` says of a beacon's entries: seen first with it, or before.
    private struct Retries {
        var first: [DuplicateGuard.Key] = []
        var second: [DuplicateGuard.Key] = []
    }

    private func run(_ hit: Hit, for site: Site) -> IngestSteps.Outcome {
        let generation = registry.generation
        return memory.withLock { memory in
            if memory.generation != generation {
                memory.known?.forget()
                memory.generation = generation
            }
            return memory.steps.run(hit, for: site, &memory.known)
        }
    }

    private func visitor(
        of hit: Hit, on entry: SiteRegistry.Entry
    ) throws(StorageError) -> Visitor? {
        try visitors.visitor(
            of: hit.sender, on: entry, at: hit.time,
            startsSession: hit.beacon.name != Beacon.nameOfEngagement)
    }

    /// The sites that a beacon is for, each once however it was named; `nil` for one that is unknown.
    private func sites(of domains: [String]) -> [SiteRegistry.Entry?] {
        guard domains.count > 1 else { return domains.map { registry.entry(for: $0) } }
        var sites: [SiteRegistry.Entry?] = []
        for domain in domains {
            let known = registry.entry(for: domain)
            if known == nil || !sites.contains(where: { $0 === known }) { sites.append(known) }
        }
        return sites
    }

    /// - Parameter known: `nil` counts for the installation.
    private func dropped(
        _ reason: DropReason, _ known: SiteRegistry.Entry?, at time: Instant
    ) -> JournalEntry {
        JournalEntry(
            site: known?.site.id ?? JournalEntry.installation,
            day: known?.day(of: time) ?? time.utcDay, time: time, fate: .dropped(reason))
    }

    private func forget(_ keys: [DuplicateGuard.Key]) {
        for key in keys { duplicates.forget(key) }
    }

    private func entry(
        for hit: Hit, _ known: SiteRegistry.Entry?, _ retries: inout Retries
    ) throws(StorageError) -> JournalEntry {
        guard let known else { return dropped(.unknownSite, nil, at: hit.time) }
        let day = known.day(of: hit.time)
        func entry(_ fate: JournalEntry.Fate) -> JournalEntry {
            JournalEntry(site: known.site.id, day: day, time: hit.time, fate: fate)
        }
        func recognized(_ event: Event) throws(StorageError) -> Event {
            var event = event
            if !IngestSteps.isCountedWithoutVisitor(hit, for: known.site) {
                event.visitor = try visitor(of: hit, on: known)
            }
            if let transactionID = hit.beacon.transactionID {
                event.transactionKey = try visitors.transactionKey(
                    of: transactionID, event, from: hit.sender, on: known)
            }
            return event
        }
        /// A bot's, too: its rule may be allowed one day.
        func isRepeated(_ event: Event) -> Bool {
            guard let retryKey = event.retryKey else { return false }
            let key = DuplicateGuard.Key(
                site: known.site.id, visitor: event.visitor, retryKey: retryKey)
            if duplicates.isDuplicate(key, at: hit.time) {
                retries.second.append(key)
                return true
            }
            retries.first.append(key)
            return false
        }
        switch run(hit, for: known.site) {
        case .dropped(let reason): return entry(.dropped(reason))
        case .setAside(let event, let verdict):
            let event = try recognized(event)
            if isRepeated(event) { return entry(.dropped(.duplicate)) }
            return entry(.setAside(event, reason: .bot, rule: verdict.rule))
        case .kept(let event):
            let event = try recognized(event)
            if isRepeated(event) { return entry(.dropped(.duplicate)) }
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
        case .kept, .refused: nil
        case .setAside(_, let reason, _), .dropped(let reason): reason
        }
    }
}
