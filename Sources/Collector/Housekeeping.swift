import Analytics
package import Logging
import ServiceLifecycle
package import Storage

/// What a running collector does beside taking beacons: learns of changed sites, destroys salts
/// whose time is over, closes the partitions of days that have passed.
package struct Housekeeping: Service {
    /// Changes on the command line are in force within 2 s.
    private static let interval = Duration.seconds(1)
    /// Salts and partitions are looked at every so many rounds.
    private static let slowRounds = 15

    let clock: Clock
    let registry: SiteRegistry
    let salts: SaltStore
    let visitors: VisitorFinder
    let journal: Journal
    let logger: Logger

    package init(
        clock: Clock, registry: SiteRegistry, salts: SaltStore, visitors: VisitorFinder,
        journal: Journal, logger: Logger
    ) {
        self.clock = clock
        self.registry = registry
        self.salts = salts
        self.visitors = visitors
        self.journal = journal
        self.logger = logger
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                round += 1
                let isSlowRound = round % Self.slowRounds == 1
                try? await offEventLoop {
                    attempt("read the sites") { try registry.refresh() }
                    if isSlowRound { tidy() }
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func tidy() {
        let now = clock.now()
        let sites = registry.sites
        visitors.forgetExpired(sites.compactMap { registry.entry(for: $0.domain.name) }, at: now)
        attempt("destroy expired salts") { try salts.destroyExpired(sites: sites, at: now) }
        journal.closeFinishedPartitions()
    }

    private func attempt(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            logger.error("The collector could not \(what).", metadata: ["cause": "\(error)"])
        }
    }
}
