import Analytics
import Storage

/// Steps 2 and 3 of the way of a beacon, for lines of a log: admit and enrich, through the same
/// `IngestSteps`.
///
/// What is worked out of a line hangs on three of its texts that come again and again: the page and
/// its host on the target, the source on referrer and query, client and bot on the user agent. Each
/// is put through the steps once, in a hit that has nothing else, and remembered by its
/// fingerprint. A test compares the parts with whole hits.
struct LineEnricher {
    /// Most texts that are remembered of a kind, as many as the vocabulary holds: 20 MB each.
    private static let cacheLimit = 500_000

    struct Agent {
        var profile: UInt32
        /// The rule that takes it for a bot; 0 for a person's browser.
        var rule: UInt32
    }

    struct Referral {
        var acquisition: UInt32
        /// The rule that takes whom the referrer sent for a bot; 0 for a person.
        var rule: UInt32
    }

    enum Landing {
        case page(UInt32)
        /// The site counts other hosts.
        case dropped(DropReason)
        /// A host that is none of the site's, as its virtual host or a proxy's request says.
        case otherHost
        case noAddress
    }

    private let site: Site
    private let steps: IngestSteps
    private(set) var vocabulary = ImportVocabulary()
    private var agents = FingerprintCache<Agent>(limit: cacheLimit)
    private var landings = FingerprintCache<Landing>(limit: cacheLimit)
    private var referrals = FingerprintCache<Referral>(limit: cacheLimit)
    private let blank: WebAddress

    init(site: Site, steps: IngestSteps) {
        self.site = site
        self.steps = steps
        guard let blank = WebAddress(requestTarget: "/", host: site.domain.name) else {
            preconditionFailure("a site's domain is a host")
        }
        self.blank = blank
    }

    /// What an address says, whatever it asks for and by which program.
    func origin(_ address: ClientAddress) -> LineVisitors.Origin {
        LineVisitors.Origin(
            isExcluded: site.settings.excludes(address),
            verdict: steps.recognition.listed(address: address),
            place: steps.recognition.place(of: address))
    }

    mutating func number(of verdict: BotVerdict) -> UInt32 {
        vocabulary.number(ofRule: verdict.rule)
    }

    /// - Parameters:
    ///   - key: of the program and the place.
    ///   - userAgent: `nil` when the log's format has none: then nothing speaks for a bot.
    mutating func agent(
        _ key: Fingerprint, at place: Place? = nil, userAgent: () -> String?
    ) -> Agent {
        if let known = agents[key] { return known }
        let text = userAgent()
        let hit = hit(sender: Sender(address: nil, userAgent: text ?? ""))
        var profile = steps.enrich(hit, for: site).profile.value
        if let place { profile.place = place }
        var agent = Agent(profile: vocabulary.number(of: profile), rule: 0)
        if case .setAside(_, let verdict) = steps.run(hit, for: site), text != nil {
            agent.rule = number(of: verdict)
        }
        agents[key] = agent
        return agent
    }

    /// - Parameter address: `nil` when target and host make no address.
    mutating func landing(_ key: Fingerprint, address: () -> WebAddress?) -> Landing {
        if let known = landings[key] { return known }
        let landing = landing(on: address())
        landings[key] = landing
        return landing
    }

    private mutating func landing(on address: WebAddress?) -> Landing {
        guard let address else { return .noAddress }
        // A server's log may hold other sites' lines; a beacon says itself whose it is.
        guard site.isOwn(host: address.host) else { return .otherHost }
        let hit = hit(page: address)
        switch steps.run(hit, for: site) {
        case .dropped(let reason): return .dropped(reason)
        case .kept(let event), .setAside(let event, _):
            return .page(vocabulary.number(of: event.page.value))
        }
    }

    mutating func acquisition(
        _ key: Fingerprint, of hit: () -> (page: WebAddress?, referrer: String?)
    ) -> Referral {
        if let known = referrals[key] { return known }
        let (page, referrer) = hit()
        var whole = self.hit(page: page ?? blank)
        whole.beacon.referrer = referrer
        let found = Referral(
            acquisition: vocabulary.number(of: steps.enrich(whole, for: site).acquisition.value),
            rule: steps.recognition.listed(page: page ?? blank, referrer: referrer)
                .map { number(of: $0) } ?? 0)
        referrals[key] = found
        return found
    }

    private func hit(
        page: WebAddress? = nil, sender: Sender = Sender(address: nil, userAgent: "")
    ) -> Hit {
        Hit(
            beacon: Beacon(name: Beacon.nameOfPageview, url: ""), page: page ?? blank,
            sender: sender, time: Instant(milliseconds: 0))
    }
}
