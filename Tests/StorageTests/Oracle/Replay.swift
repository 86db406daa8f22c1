import Analytics
import GRDB

@testable import Storage

/// A world played through the product: real salts, hashes and crossings, real partitions, the
/// aggregation whenever the schedule says so.
final class Replay {
    let world: World
    let folder: TestFolder
    let database: MainDatabase
    let sites: [Site]
    private let salts: SaltStore
    private var states: [SiteID: SiteState] = [:]
    private var pending: [JournalEntry] = []
    private var next = 0
    /// The events that were stored, in their order.
    private(set) var stored: [TrafficEvent] = []

    /// The shortest that some of the worlds' rotations allow.
    private static let terms = RetentionTerms(
        rawDays: RetentionTerms.minimumRawDays(for: .monthly))

    private struct SiteState {
        var period: SaltPeriod
        var hash: VisitorHash
        var previous: VisitorHash?
        var crossing = RotationCrossing()
    }

    init(_ world: World) throws {
        self.world = world
        folder = try TestFolder()
        // The first epochs begin when the sites are added.
        folder.clock.now = world.start - .days(2)
        database = try folder.database()
        // Syncs are for power losses, of which there are none here.
        try database.queue.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA synchronous = OFF")
        }
        salts = SaltStore(folder: folder.data)
        for (index, epochs) in world.epochs.enumerated() {
            let created = folder.clock.now
            let site = try database.addSite(
                Domain("site\(index).test")!, epoch: epochs[0], settings: world.settings[index],
                at: created)
            for epoch in epochs.dropFirst() {
                try database.updateSite(
                    site, settings: site.settings, nextEpoch: epoch, at: created)
            }
        }
        sites = try database.sites()
    }

    var isOver: Bool { next == world.events.count }

    /// Takes in all traffic before an instant, and puts the clock there.
    func play(until end: Instant) throws {
        while next < world.events.count, world.events[next].time < end {
            try take(world.events[next])
            next += 1
        }
        folder.clock.now = end
        try writePending()
    }

    @discardableResult
    func aggregate(_ mode: Aggregator.Mode = .fold) throws -> AggregationReport {
        try folder.aggregator(database, terms: Self.terms).run(mode)
    }

    /// The oracle of what was stored so far, by site.
    func oracles() -> [Oracle] {
        world.epochs.enumerated().map { index, epochs in
            Oracle(
                epochs: epochs, settings: world.settings[index],
                traffic: stored.filter { $0.site == index })
        }
    }

    // MARK: The collector's part

    private func take(_ traffic: TrafficEvent) throws {
        let site = sites[traffic.site]
        folder.clock.now = traffic.time
        var event = Event(
            site: site.id, visitor: nil, time: traffic.time, kind: traffic.kind, page: traffic.page,
            acquisition: traffic.acquisition, profile: traffic.profile,
            properties: traffic.properties, revenue: traffic.revenue)
        let period = site.calendar.saltPeriod(containing: traffic.time)
        event.transactionKey = traffic.order.map {
            TransactionKey(value: UInt64($0) << 60 | UInt64(period.start.milliseconds))
        }
        let entry: JournalEntry
        switch traffic.fate {
        case .excluded: entry = Traffic.dropped(.excluded, of: site, at: traffic.time)
        case .keptWithoutVisitor:
            if case .engagement = traffic.kind {
                entry = Traffic.dropped(.optedOut, of: site, at: traffic.time)
            } else {
                entry = Traffic.kept(event, of: site)
                stored.append(traffic)
            }
        case .bot:
            event.visitor = try visitor(of: traffic, on: site)
            entry = Traffic.setAside(event, .bot, of: site)
            if site.settings.allowsBots {
                var counted = traffic
                counted.fate = .kept
                stored.append(counted)
            }
        case .kept:
            event.visitor = try visitor(of: traffic, on: site)
            entry = Traffic.kept(event, of: site)
            stored.append(traffic)
        }
        pending.append(entry)
    }

    private func visitor(of traffic: TrafficEvent, on site: Site) throws -> Visitor {
        let calendar = site.calendar
        let timeout = calendar.epoch(at: traffic.time).sessionTimeout
        var state = try states[site.id] ?? newState(site, at: traffic.time, RotationCrossing())
        if !state.period.contains(traffic.time) {
            state = try newState(site, at: traffic.time, state.crossing)
        }
        let address = ClientAddress("10.0.\(traffic.browser / 200).\(traffic.browser % 200)")!
        let agent = "Browser \(traffic.browser)"
        let needsPrevious = RotationCrossing.needsPrevious(
            at: traffic.time, period: state.period, timeout: timeout)
        let visitor = state.crossing.resolve(
            current: state.hash.visitor(address: address, userAgent: agent),
            previous: needsPrevious
                ? state.previous?.visitor(address: address, userAgent: agent) : nil,
            at: traffic.time, period: state.period, timeout: timeout,
            startsSession: !traffic.isEngagement)
        states[site.id] = state
        return visitor
    }

    private func newState(
        _ site: Site, at time: Instant, _ crossing: RotationCrossing
    ) throws -> SiteState {
        let period = site.calendar.saltPeriod(containing: time)
        let before = site.calendar.saltPeriod(containing: period.start - TimeSpan(milliseconds: 1))
        return SiteState(
            period: period, hash: VisitorHash(salt: try salts.salt(site: site.id, period: period)),
            previous: try salts.existingSalt(site: site.id, period: before).map(VisitorHash.init),
            crossing: crossing)
    }

    private func writePending() throws {
        try folder.store(pending, isSynced: false)
        pending = []
    }
}
