package import Analytics
package import Storage

/// What a beacon's sender is told.
package enum BeaconAnswer: Hashable, Sendable {
    /// 202: kept.
    case kept
    /// 202 with `Footfall-Dropped`.
    case dropped([DropReason])
    /// 400, with the field at fault.
    case malformed(BeaconError)
    /// 503 with `Retry-After`; the cause is for the log.
    case unavailable(String)
}

/// The way of a beacon through the collector: decode → admit → enrich (`IngestSteps`) → visitor →
/// journal. Knows nothing of HTTP but what the caller took from the request.
package struct BeaconReceiver: Sendable {
    let clock: Clock
    let registry: SiteRegistry
    let steps: IngestSteps
    let visitors: VisitorFinder
    let journal: Journal
    private let duplicates = DuplicateGuard()

    package init(
        clock: Clock, registry: SiteRegistry, steps: IngestSteps, visitors: VisitorFinder,
        journal: Journal
    ) {
        self.clock = clock
        self.registry = registry
        self.steps = steps
        self.visitors = visitors
        self.journal = journal
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
        let hit = Hit(beacon: beacon, page: page, sender: sender, time: time)
        let domains = beacon.domains.isEmpty ? [page.host] : beacon.domains
        var entries: [JournalEntry] = []
        var remembered: [DuplicateGuard.Key] = []
        do throws(StorageError) {
            for domain in domains {
                entries.append(try entry(for: hit, domain, &remembered))
            }
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
                forget(keys)
                answer(.unavailable("\(failure)"))
            }
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
        for hit: Hit, _ domain: String, _ remembered: inout [DuplicateGuard.Key]
    ) throws(StorageError) -> JournalEntry {
        guard let known = registry.entry(for: domain) else {
            return JournalEntry(
                site: JournalEntry.installation, day: hit.time.utcDay, time: hit.time,
                fate: .dropped(.unknownSite))
        }
        let day = known.calendar.day(of: hit.time)
        func entry(_ fate: JournalEntry.Fate) -> JournalEntry {
            JournalEntry(site: known.site.id, day: day, time: hit.time, fate: fate)
        }
        switch steps.run(hit, for: known.site) {
        case .dropped(let reason): return entry(.dropped(reason))
        case .setAside(var event, let verdict):
            event.visitor = try visitor(of: hit, on: known)
            return entry(.setAside(event, reason: .bot, rule: verdict.rule))
        case .kept(var event):
            if !IngestSteps.isCountedWithoutVisitor(hit, for: known.site) {
                event.visitor = try visitor(of: hit, on: known)
            }
            if let nonce = hit.beacon.nonce {
                let key = DuplicateGuard.Key(
                    site: known.site.id, visitor: event.visitor, nonce: nonce)
                if duplicates.isDuplicate(key, at: hit.time) { return entry(.dropped(.duplicate)) }
                remembered.append(key)
            }
            if known.sealedDays.contains(day) {
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
