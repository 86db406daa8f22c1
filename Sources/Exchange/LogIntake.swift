import Analytics
import Storage

/// Takes a log's lines one by one: each becomes a row of its local day, or is counted by what else
/// became of it.
final class LogIntake {
    private let site: Site
    private let fingerprinter: Fingerprinter
    private let noText: Fingerprint
    /// In seconds since 1970: rollups before it are past their term.
    private let first: Int64
    /// Lines after it are later than the machine's own clock.
    private let last: Int64
    private var enricher: LineEnricher
    private var visitors: LineVisitors
    private(set) var days: ImportDays
    private(set) var summary = ImportSummary()
    private var counts = [Int](repeating: 0, count: LineFate.allCases.count)
    private var order: UInt32 = 0

    var vocabulary: ImportVocabulary { enricher.vocabulary }

    init(
        site: Site, steps: IngestSteps, days: ImportDays, window: ClosedRange<Instant>,
        random: RandomSource
    ) {
        self.site = site
        self.days = days
        first = window.lowerBound.milliseconds.floorDivided(by: 1_000)
        last = window.upperBound.milliseconds.floorDivided(by: 1_000)
        fingerprinter = Fingerprinter(random: random)
        // An empty text: nothing is read.
        noText = fingerprinter.fingerprint(of: UnsafeBufferPointer(start: nil, count: 0))
        let enricher = LineEnricher(site: site, steps: steps)
        self.enricher = enricher
        visitors = LineVisitors(
            calendar: site.calendar, random: random, fingerprinter: fingerprinter,
            origin: enricher.origin)
    }

    /// - Returns: why the line can't be read, if it can't.
    /// - Throws: when the disk takes no more rows.
    func take(_ line: LogLine) throws -> AccessLogLine.Fault? {
        do {
            guard case .text(let bytes) = line else { throw AccessLogLine.Fault.tooLong }
            if bytes.allSatisfy({ $0 == 0x20 }) { return nil }
            counts[try fate(of: AccessLogLine(bytes), bytes).index] += 1
            return nil
        } catch let fault as AccessLogLine.Fault {
            counts[LineFate.unreadable.index] += 1
            return fault
        }
    }

    private func fate(
        of line: AccessLogLine, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws -> LineFate {
        guard bytes[line.method].elementsEqual("GET".utf8) else { return .method }
        guard 200...299 ~= line.status || line.status == 304 else { return .status }
        // A part of the line, which outlives this call.
        let target = UnsafeBufferPointer(rebasing: bytes[line.target])
        guard PageTarget.isPage(target) else { return .asset }
        guard line.seconds >= first else { return .pastTerm }
        guard line.seconds <= last else { return .future }
        let day = days.day(of: line.seconds, &visitors)
        if let obstacle = day.obstacle {
            day.lineCount += 1
            return LineFate(obstacle)
        }
        return try fate(of: line, target, bytes, on: day)
    }

    private func fate(
        of line: AccessLogLine, _ target: UnsafeBufferPointer<UInt8>,
        _ bytes: UnsafeBufferPointer<UInt8>, on day: ImportDay
    ) throws -> LineFate {
        let time = Instant(milliseconds: line.seconds * 1_000)
        let hostKey = key(of: line.virtualHost, bytes)
        let landing = enricher.landing(fingerprinter.fingerprint(of: target, with: hostKey)) {
            address(of: line, bytes)
        }
        switch landing {
        case .noAddress: throw AccessLogLine.Fault.badTarget
        case .otherHost: return .otherHost
        case .page, .dropped: day.lineCount += 1
        }
        // A format without user agents is not the same as an agent that says nothing.
        let agentKey =
            line.userAgent.map {
                // A part of the line, read within this call.
                fingerprinter.fingerprint(of: UnsafeBufferPointer(rebasing: bytes[$0]))
            } ?? Fingerprint(high: 0, low: 0)
        // A part of the line, read within this call.
        let (sender, previous) = visitors.sender(
            client: UnsafeBufferPointer(rebasing: bytes[line.client]), agentKey: agentKey,
            userAgent: { line.userAgent.map { LogText.decoded(bytes, $0) } ?? "" }, at: time,
            day.period)
        if sender.origin.isExcluded {
            day.drop(.excluded, at: time)
            return .excluded
        }
        guard case .page(let page) = landing else {
            day.drop(.foreignHost, at: time)
            return .foreignHost
        }
        let place = sender.origin.place
        let agent = enricher.agent(key(of: agentKey, at: place), at: place) {
            line.userAgent.map { LogText.decoded(bytes, $0) }
        }
        let referral = acquisition(of: line, target, hostKey, bytes)
        let rule =
            agent.rule != 0
            ? agent.rule : sender.origin.verdict.map { enricher.number(of: $0) } ?? referral.rule
        let row = ImportRow(
            seconds: line.seconds, order: order, visitor: sender.visitor,
            previousVisitor: previous, page: page,
            acquisition: referral.acquisition, profile: agent.profile, rule: rule)
        order &+= 1
        try days.append(row, to: day)
        return rule == 0 ? .pageview : .bot
    }

    private func acquisition(
        of line: AccessLogLine, _ target: UnsafeBufferPointer<UInt8>, _ hostKey: Fingerprint,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> LineEnricher.Referral {
        // Without a query the page says nothing of where the visit came from.
        let start =
            target.first == UInt8(ascii: "/")
            ? target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex : 0
        // A part of the target, which outlives this call.
        let query = UnsafeBufferPointer(rebasing: target[start...])
        let queryKey =
            query.isEmpty ? hostKey : fingerprinter.fingerprint(of: query, with: hostKey)
        // A part of the line, which outlives this call.
        let referrer = UnsafeBufferPointer(rebasing: bytes[line.referrer])
        let key = fingerprinter.fingerprint(of: referrer, with: queryKey)
        return enricher.acquisition(key) {
            let text = line.referrer.isEmpty ? nil : LogText.decoded(bytes, line.referrer)
            return (address(of: line, bytes), text?.cut(toBytes: BeaconLimits.referrer))
        }
    }

    private func address(
        of line: AccessLogLine, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> WebAddress? {
        let target = LogText.decoded(bytes, line.target)
        guard target.utf8.first == UInt8(ascii: "/") else { return WebAddress(target) }
        let host = line.virtualHost.map { LogText.decoded(bytes, $0) } ?? site.domain.name
        return WebAddress(requestTarget: target, host: host)
    }

    private func key(
        of field: Range<Int>?, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Fingerprint {
        guard let field else { return noText }
        // A part of the line, read within this call.
        return fingerprinter.fingerprint(of: UnsafeBufferPointer(rebasing: bytes[field]))
    }

    /// Of a program and where it is.
    private func key(of agentKey: Fingerprint, at place: Place?) -> Fingerprint {
        guard let place else { return agentKey }
        return fingerprinter.fingerprint { key in
            key.add(agentKey.high)
            key.add(agentKey.low)
            for text in [place.country, place.region, place.city] { key.add(text) }
        }
    }

    /// What was counted, once all lines are taken.
    func finish() -> ImportSummary {
        for fate in LineFate.allCases where counts[fate.index] > 0 {
            summary.fates[fate] = counts[fate.index]
        }
        summary.lines = counts.reduce(0, +)
        for day in days.all where day.lineCount > 0 {
            if let obstacle = day.obstacle {
                summary.leftAlone.append(
                    .init(day: day.day, obstacle: obstacle, lines: day.lineCount))
            } else {
                summary.days.append(.init(day: day.day, lines: day.lineCount))
            }
        }
        return summary
    }
}

extension LineFate {
    /// Its place among all.
    fileprivate var index: Int { Self.places[self] ?? 0 }
    private static let places = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
