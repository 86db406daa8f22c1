/// Every setting of the installation, by the name that it has as a flag and in `footfall.yaml`;
/// as an environment variable `trusted-proxy` is `FOOTFALL_TRUSTED_PROXY`.
enum SettingKey: String, CaseIterable {
    case host
    case port
    case trustedProxy = "trusted-proxy"
    case clientAddressHeader = "client-address-header"
    case secret
    case logLevel = "log-level"
    case socket
    case tlsCertificate = "tls-certificate"
    case tlsKey = "tls-key"
    case geoDatabase = "geo-database"
    case geoCity = "geo-city"
    case limitBody = "limit.body"
    case limitHeader = "limit.header"
    case limitURL = "limit.url"
    case limitUnread = "limit.unread"
    case limitConnections = "limit.connections"
    case limitConnectionsPerAddress = "limit.connections-per-address"
    case limitRequestTime = "limit.request-time"
    case limitIdleTime = "limit.idle-time"
    case limitEventsPerAddress = "limit.events-per-address"
    case limitEventsPerSite = "limit.events-per-site"
    case limitNewEntries = "limit.new-entries"
    case retentionRaw = "retention.raw"
    case retentionRollups = "retention.rollups"

    var help: String {
        switch self {
        case .host: "address to listen on (127.0.0.1)"
        case .port: "port to listen on (8080)"
        case .trustedProxy: "addresses or networks of proxies whose client address is believed"
        case .clientAddressHeader: "the one header in which they send it (X-Forwarded-For)"
        case .secret: "folder for salts, best on memory (DATA/secret)"
        case .logLevel: "trace, debug, info, notice, warning, error or critical (info)"
        case .socket: "path of a Unix socket to listen on in place of address and port"
        case .tlsCertificate: "certificate chain in PEM form, for TLS without a proxy"
        case .tlsKey: "its private key in PEM form"
        case .geoDatabase: "file in MaxMind's format that knows places by addresses (none)"
        case .geoCity: "whether the city is kept, too: yes or no (no)"
        case .limitBody: "bytes of a beacon (65536)"
        case .limitHeader: "bytes of a request's headers (32768)"
        case .limitURL: "bytes of a request's target (8192)"
        case .limitUnread: "bytes of requests that are not whole, of all connections (33554432)"
        case .limitConnections: "connections in all (10000)"
        case .limitConnectionsPerAddress: "connections of one address that is no proxy (256)"
        case .limitRequestTime: "seconds from a request's first byte to its last (20s)"
        case .limitIdleTime: "seconds that a connection may rest (80s)"
        case .limitEventsPerAddress: "beacons a second of one address, on average (100)"
        case .limitEventsPerSite: "beacons a second of one site, on average (5000)"
        case .limitNewEntries:
            "new pages, sources and names of a site a day, or since the start (50000)"
        case .retentionRaw: "how long raw events are kept, in days (30d)"
        case .retentionRollups: "how long rollups are kept, in months (25mo)"
        }
    }

    var environmentName: String {
        "FOOTFALL_" + String(rawValue.uppercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
    }
}
