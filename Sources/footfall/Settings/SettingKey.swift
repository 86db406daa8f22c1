/// Every setting of the installation, by the name that it has as a flag and in `footfall.yaml`;
/// as an environment variable `trusted-proxy` is `FOOTFALL_TRUSTED_PROXY`.
enum SettingKey: String, CaseIterable {
    case host
    case port
    case trustedProxy = "trusted-proxy"
    case clientAddressHeader = "client-address-header"
    case secret
    case logLevel = "log-level"
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
        case .retentionRaw: "how long raw events are kept, in days (30d)"
        case .retentionRollups: "how long rollups are kept, in months (25mo)"
        }
    }

    var environmentName: String {
        "FOOTFALL_" + String(rawValue.uppercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
    }
}
