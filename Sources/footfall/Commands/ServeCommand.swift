import ArgumentParser
import Foundation
import Storage

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the collector and the dashboards.",
        discussion: """
            Example, behind a proxy on the same machine:
              footfall serve --port 8080 --trusted-proxy 127.0.0.1

            Every setting can also stand in footfall.yaml in the data folder, by its name, or in \
            the environment (trusted-proxy is FOOTFALL_TRUSTED_PROXY). A path that does not begin \
            with / is taken from the data folder:
            \(SettingKey.allCases.map { "  \($0.rawValue): \($0.help)" }.joined(separator: "\n"))

            A socket that systemd passes (LISTEN_FDS) is used before all of these: see \
            deploy/systemd/footfall.socket. SIGHUP reads the log level, the certificates, tables, \
            lists and the database of places again; SIGTERM answers what has come and ends. GET /metrics has Prometheus' figures, for this machine \
            and its private network; /healthz and /readyz are for health checks.

            Leave your own visits out: footfall site edit DOMAIN --exclude-address YOUR-ADDRESS
            Back up: copy footfall.sqlite and events/ with sqlite3's .backup; never secret/.
            Update: stop, replace the binary, start; the data folder is migrated by itself.
            """)

    @Option(help: "Address to listen on (127.0.0.1).") var host: String?
    @Option(help: "Port to listen on (8080).") var port: String?
    @Option(
        help: """
            Unix socket to listen on in place of address and port. Who may open it is a proxy, \
            whose client address is believed.
            """)
    var socket: String?
    @Option(help: "Certificate chain in PEM form, for TLS without a proxy.")
    var tlsCertificate: String?
    @Option(help: "Its private key in PEM form.") var tlsKey: String?
    @Option(parsing: .upToNextOption, help: "Proxies whose client address is believed.")
    var trustedProxy: [String] = []
    @Option(help: "The one header in which they send it (X-Forwarded-For).")
    var clientAddressHeader: String?
    @Option(help: "File in MaxMind's format that knows places by addresses.")
    var geoDatabase: String?
    @Option(help: "Whether the city is kept, too: yes or no (no).") var geoCity: String?
    @OptionGroup var data: DataOption

    private var flags: [SettingKey: String] {
        var flags: [SettingKey: String] = [:]
        flags[.host] = host
        flags[.port] = port
        flags[.socket] = socket
        flags[.tlsCertificate] = tlsCertificate
        flags[.tlsKey] = tlsKey
        flags[.clientAddressHeader] = clientAddressHeader
        flags[.geoDatabase] = geoDatabase
        flags[.geoCity] = geoCity
        if !trustedProxy.isEmpty { flags[.trustedProxy] = trustedProxy.joined(separator: ",") }
        return flags
    }

    func run() async throws {
        // It means "read again", also while there is nothing to read again yet.
        signal(SIGHUP, SIG_IGN)
        let installation = try await Installation.open(
            data, flags: flags, patience: MainDatabase.servingPatience)
        let (path, flags) = (data.path, flags)
        try await ServeServices(installation) {
            try await Settings.load(data: path, flags: flags)
        }.run()
    }
}
