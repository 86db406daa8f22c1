import Analytics
import ArgumentParser
import Collector
import Dashboard
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the collector and the dashboards.",
        discussion: """
            Example, behind a proxy on the same machine:
              footfall serve --port 8080 --trusted-proxy 127.0.0.1

            Every setting can also stand in footfall.yaml in the data folder, by its name, or in \
            the environment (trusted-proxy is FOOTFALL_TRUSTED_PROXY):
            \(SettingKey.allCases.map { "  \($0.rawValue): \($0.help)" }.joined(separator: "\n"))

            Leave your own visits out: footfall site edit DOMAIN --exclude-address YOUR-ADDRESS
            Back up: copy footfall.sqlite and events/ with sqlite3's .backup; never secret/.
            Update: stop, replace the binary, start; the data folder is migrated by itself.
            """)

    @Option(help: "Address to listen on (127.0.0.1).") var host: String?
    @Option(help: "Port to listen on (8080).") var port: String?
    @Option(parsing: .upToNextOption, help: "Proxies whose client address is believed.")
    var trustedProxy: [String] = []
    @Option(help: "The one header in which they send it (X-Forwarded-For).")
    var clientAddressHeader: String?
    @OptionGroup var data: DataOption

    private var flags: [SettingKey: String] {
        var flags: [SettingKey: String] = [:]
        flags[.host] = host
        flags[.port] = port
        flags[.clientAddressHeader] = clientAddressHeader
        if !trustedProxy.isEmpty { flags[.trustedProxy] = trustedProxy.joined(separator: ",") }
        return flags
    }

    func run() async throws {
        let installation = try await Installation.open(data, flags: flags)
        let settings = installation.settings
        let logger = Self.logger(level: settings.logLevel)
        let clock = installation.clock
        let journal = try Journal(folder: installation.folder, clock: clock)
        let registry = try SiteRegistry(database: installation.database)
        let visitors = VisitorFinder(salts: installation.salts)
        try visitors.rebuild(
            from: EventReader(folder: installation.folder),
            registry.sites.compactMap { registry.entry(for: $0.domain.name) }, at: clock.now())

        let duplicates = DuplicateGuard()
        try duplicates.rebuild(from: EventReader(folder: installation.folder), at: clock.now())
        let receiver = BeaconReceiver(
            clock: clock, registry: registry, steps: IngestSteps(), visitors: visitors,
            journal: journal, duplicates: duplicates, limits: settings.limits)
        let senders = SenderReader(
            addresses: ClientAddressResolver(
                trustedProxies: settings.trustedProxies, header: settings.clientAddressHeader),
            proxyWatch: ProxyWatch(clock: clock, database: installation.database), logger: logger)
        let outages = OutageLog(clock: clock, logger: logger)

        let router = Router(context: FootfallRequestContext.self)
        BeaconRoutes(
            receiver: receiver, senders: senders, outages: outages, limits: settings.limits
        ).add(to: router)
        AssetRoutes().add(to: router)
        HealthRoutes(journal: journal).add(to: router)
        try DashboardRoutes(
            folder: installation.folder, database: installation.database,
            reader: installation.figures, clock: clock,
            notes: { installation.dashboardNotes }
        ).add(to: router)

        let socket = ListeningSocket.tcp(host: settings.host, port: settings.port)
        let server = CollectorServer(
            socket: socket, router: router, receiver: receiver, senders: senders,
            outages: outages, limits: settings.limits, logger: logger
        ) { port in
            Console.say("Footfall listens on http://\(settings.host):\(port ?? settings.port)")
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: AggregationWatch(
                            aggregator: installation.aggregator, logger: logger)),
                    .init(
                        service: Housekeeping(
                            clock: clock, registry: registry, salts: installation.salts,
                            visitors: visitors, journal: journal, logger: logger)),
                    .init(service: server),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            journal.close()
            throw Failure("The server stopped: \(error)")
        }
        journal.close()
    }

    /// Structured lines on standard error; nothing that we log names a visitor (I3).
    private static func logger(level: Logger.Level) -> Logger {
        var logger = Logger(label: "footfall") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}
