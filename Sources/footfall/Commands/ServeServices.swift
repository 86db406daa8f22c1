import Analytics
import Collector
import Dashboard
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

/// What `serve` runs, wired: the journal, the server and what goes on beside them.
struct ServeServices {
    private let journal: Journal
    private let services: [any Service]
    private let logger: Logger

    /// - Parameter reload: reads the settings again, for SIGHUP.
    init(
        _ installation: Installation, reload: @escaping @Sendable () async throws -> Settings
    ) throws {
        let settings = installation.settings
        let clock = installation.clock
        if let failure = installation.saltFailure { throw failure }
        try Self.checkTerms(installation)
        let level = LogLevel(settings.logLevel)
        let logger = level.logger()
        let limits = try OpenFiles.fit(settings.limits, logger: logger)
        let socket = try Self.socket(settings)
        let certificates = try Self.certificates(settings)
        let salts = installation.salts
        let journal = try Journal(
            folder: installation.folder, clock: clock, salts: salts,
            newEntriesPerSite: limits.newEntriesPerSite
        ) { logger.warning("\($0)") }
        let registry = try SiteRegistry(database: installation.database)
        let visitors = VisitorFinder(salts: salts)
        let receiver = try Self.receiver(installation, registry, visitors, journal, limits)
        let senders = SenderReader(
            addresses: ClientAddressResolver(
                trustedProxies: settings.trustedProxies, header: settings.clientAddressHeader),
            proxyWatch: ProxyWatch(clock: clock, database: installation.database), logger: logger)
        let outages = OutageLog(clock: clock, logger: logger)
        let counters = ServerCounters()

        let router = Router(context: FootfallRequestContext.self)
        BeaconRoutes(
            receiver: receiver, senders: senders, outages: outages, limits: limits
        ).add(to: router)
        AssetRoutes().add(to: router)
        HealthRoutes(journal: journal, counters: counters).add(to: router)
        MetricsRoutes(
            journal: journal, folder: installation.folder, salts: salts, registry: registry,
            counters: counters, senders: senders, clock: clock
        ).add(to: router)
        try DashboardRoutes(
            folder: installation.folder, database: installation.database,
            reader: installation.figures, clock: clock, notes: { installation.dashboardNotes }
        ).add(to: router)

        self.journal = journal
        self.logger = logger
        services = [
            AggregationWatch(aggregator: installation.aggregator, logger: logger),
            Housekeeping(
                clock: clock, registry: registry, salts: salts, visitors: visitors,
                journal: journal, logger: logger),
            ReloadService(
                settings: reload, level: level, certificates: certificates,
                recognition: {
                    try InstalledRecognition.load(folder: installation.folder.path, $0)
                },
                receiver: receiver, logger: logger),
            CollectorServer(
                socket: socket, router: router, receiver: receiver, senders: senders,
                outages: outages, limits: limits, tls: certificates, counters: counters,
                logger: logger
            ) { port in
                Console.say(
                    "Footfall listens on \(socket.name(port: port, isTLS: certificates != nil))")
            },
        ]
    }

    /// Runs until SIGTERM or SIGINT: then what has come is answered, and the journal closed.
    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        defer { journal.close() }
        do {
            try await group.run()
        } catch {
            throw Failure("The server stopped: \(error)")
        }
    }

    /// With what those before it knew of visitors and retries.
    private static func receiver(
        _ installation: Installation, _ registry: SiteRegistry, _ visitors: VisitorFinder,
        _ journal: Journal, _ limits: CollectorLimits
    ) throws -> BeaconReceiver {
        let clock = installation.clock
        let duplicates = DuplicateGuard()
        let events = EventReader(folder: installation.folder)
        try visitors.rebuild(
            from: events, registry.sites.compactMap { registry.entry(for: $0.domain.name) },
            at: clock.now())
        try duplicates.rebuild(from: events, at: clock.now())
        return BeaconReceiver(
            clock: clock, registry: registry,
            steps: IngestSteps(recognition: try installation.recognition()), visitors: visitors,
            journal: journal, duplicates: duplicates, limits: limits)
    }

    /// Terms under which events would go before they can be folded: no collector starts on them.
    private static func checkTerms(_ installation: Installation) throws {
        let problems = installation.settings.terms.problems(
            with: try installation.database.sites(), at: installation.clock.now())
        guard problems.isEmpty else {
            throw Failure(problems.joined(separator: " "), code: Failure.usage)
        }
    }

    private static func socket(_ settings: Settings) throws -> ListeningSocket {
        do {
            let inherited = try ListeningSocket.inherited(
                environment: ProcessInfo.processInfo.environment, processID: getpid())
            if let inherited { return inherited }
        } catch {
            throw Failure(error.description)
        }
        return settings.socketPath.map { .unix(path: $0) }
            ?? .tcp(host: settings.host, port: settings.port)
    }

    private static func certificates(_ settings: Settings) throws -> ServerCertificates? {
        guard let certificate = settings.tlsCertificate, let key = settings.tlsKey else {
            return nil
        }
        do {
            return try ServerCertificates(certificatePath: certificate, keyPath: key)
        } catch {
            throw Failure(error.description, code: Failure.usage)
        }
    }
}
