import Analytics
package import Logging
import ServiceLifecycle
package import Storage

/// What a running collector does beside taking beacons: learns of changed sites, looks after the
/// open partitions, destroys salts whose time is over, closes the partitions of days that have
/// passed.
package struct Housekeeping: Service {
    /// Changes on the command line are in force within 2 s.
    private static let refreshInterval = Duration.seconds(1)
    /// What failed is tried again, and what has become of an open file is seen, after the time that
    /// a refused sender is told to wait.
    private static let recoveryInterval = Duration.seconds(5)
    /// Salts and finished partitions are looked at this often.
    private static let tidyingInterval = Duration.seconds(15)

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
            // Each for itself: the main database may be locked for long, the partitions' disk may
            // stand still, and the salts be on neither.
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await refreshSites() }
                tasks.addTask { await lookAfterFiles() }
                tasks.addTask { await tidyRegularly() }
                tasks.addTask { await refuseOverdue() }
            }
        }
    }

    private func refreshSites() async {
        while !Task.isCancelled {
            try? await offEventLoop { attempt("read the sites") { try registry.refresh() } }
            try? await Task.sleep(for: Self.refreshInterval)
        }
    }

    private func lookAfterFiles() async {
        while !Task.isCancelled {
            await journal.recover()
            try? await Task.sleep(for: Self.recoveryInterval)
        }
    }

    private func refuseOverdue() async {
        while !Task.isCancelled {
            journal.refuseOverdue()
            try? await Task.sleep(for: Self.recoveryInterval)
        }
    }

    private func tidyRegularly() async {
        while !Task.isCancelled {
            try? await offEventLoop { tidy() }
            try? await Task.sleep(for: Self.tidyingInterval)
        }
    }

    private func tidy() {
        let now = clock.now()
        let entries = registry.sites.compactMap { registry.entry(for: $0.domain.name) }
        visitors.forgetExpired(entries, at: now)
        attempt("destroy expired salts") {
            try salts.destroyExpired(sites: registry.sites, at: now)
        }
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
