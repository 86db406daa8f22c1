import Analytics
import Collector
import Configuration
import Foundation
import Logging
import Storage
import SystemPackage

/// The installation's settings, checked: flags over environment over `footfall.yaml` over
/// defaults.
struct Settings {
    var host = "127.0.0.1"
    var port = 8080
    var trustedProxies: [Network] = []
    var clientAddressHeader = ClientAddressResolver.standardHeader
    var secretPath: String?
    var socketPath: String?
    var tlsCertificate: String?
    var tlsKey: String?
    var logLevel = Logger.Level.info
    var geoDatabasePath: String?
    var tellsCity = false
    var terms = RetentionTerms()
    var limits = CollectorLimits.standard

    /// - Throws: `Failure` that lists every fault with its key and mend.
    static func load(data: String, flags: [SettingKey: String]) async throws -> Settings {
        let file = try SettingsFile(path: data + "/footfall.yaml")
        let providers: [any ConfigProvider] = [
            provider("flags", flags),
            EnvironmentVariablesProvider().prefixKeys(with: "footfall"),
            provider("footfall.yaml", file.values),
        ]
        var settings = Settings()
        var reader = SettingReader(
            ConfigReader(providers: providers),
            faults: file.faults + SettingNames.faults(in: ProcessInfo.processInfo.environment))
        settings.apply(&reader)
        guard reader.faults.isEmpty else {
            let list = reader.faults.map { "  " + $0 }.joined(separator: "\n")
            throw Failure("The configuration has faults:\n\(list)", code: Failure.usage)
        }
        settings.resolvePaths(in: data)
        return settings
    }

    private static func provider(
        _ name: String, _ values: [SettingKey: String]
    ) -> InMemoryProvider {
        let pairs = values.map { key, value in
            (
                AbsoluteConfigKey(ConfigKey(key.rawValue)),
                ConfigValue(.string(value), isSecret: false)
            )
        }
        return InMemoryProvider(name: name, values: Dictionary(uniqueKeysWithValues: pairs))
    }

    /// Relative paths are of the data folder, so that `serve`, cron and a shell anywhere mean the
    /// same: two folders of salts would be two visitors for each.
    private mutating func resolvePaths(in data: String) {
        func resolved(_ path: String?) -> String? {
            path.map { FilePath(data).pushing(FilePath($0)).string }
        }
        secretPath = resolved(secretPath)
        socketPath = resolved(socketPath)
        tlsCertificate = resolved(tlsCertificate)
        tlsKey = resolved(tlsKey)
        geoDatabasePath = resolved(geoDatabasePath)
    }

    private mutating func apply(_ reader: inout SettingReader) {
        reader.take(.host, "give an address such as 127.0.0.1, or a host name.") { text in
            host = text
            return !text.isEmpty && !text.contains(" ")
        }
        reader.number(.port, 0...65_535) { port = $0 }
        reader.take(.trustedProxy, "give addresses or networks such as 127.0.0.1 or 10.0.0.0/8.") {
            text in
            let parts = text.split(whereSeparator: { ", ".contains($0) }).map(String.init)
            trustedProxies = parts.compactMap(Network.init)
            return trustedProxies.count == parts.count
        }
        reader.take(.clientAddressHeader, "give the name of one header, such as X-Forwarded-For.") {
            text in
            clientAddressHeader = text
            return !text.isEmpty
                && text.utf8.allSatisfy {
                    $0 > 0x20 && $0 < 0x7f && !"()<>@,;:\\\"/[]?={}".utf8.contains($0)
                }
        }
        reader.path(.secret) { secretPath = $0 }
        reader.take(.logLevel, "give trace, debug, info, notice, warning, error or critical.") {
            text in
            guard let level = Logger.Level(rawValue: text) else { return false }
            logLevel = level
            return true
        }
        reader.path(.socket) { socketPath = $0 }
        reader.path(.tlsCertificate) { tlsCertificate = $0 }
        reader.path(.tlsKey) { tlsKey = $0 }
        if (tlsCertificate == nil) != (tlsKey == nil) {
            reader.faults.append("tls-certificate and tls-key: give both or none.")
        }
        reader.path(.geoDatabase) { geoDatabasePath = $0 }
        reader.take(.geoCity, "give yes or no.") { text in
            tellsCity = text == "yes"
            return text == "yes" || text == "no"
        }
        reader.number(.retentionRaw, 2...3_660, unit: "d") { terms.rawDays = $0 }
        reader.number(.retentionRollups, 1...120, unit: "mo") { terms.rollupMonths = $0 }
        applyLimits(&reader)
    }

    /// The collector's limits, whose reasons are in `CollectorLimits`.
    private mutating func applyLimits(_ reader: inout SettingReader) {
        reader.number(.limitBody, 1_024...1_048_576) { limits.body = $0 }
        reader.number(.limitHeader, 4_096...1_048_576) { limits.header = $0 }
        reader.number(.limitURL, 1_024...65_536) { limits.url = $0 }
        reader.number(.limitUnread, 1_048_576...1_073_741_824) { limits.unread = $0 }
        reader.number(.limitConnections, 16...1_000_000) { limits.connections = $0 }
        reader.number(.limitConnectionsPerAddress, 1...1_000_000) {
            limits.connectionsPerAddress = $0
        }
        reader.number(.limitRequestTime, 1...3_600, unit: "s") {
            limits.requestTime = .seconds(Int64($0))
        }
        reader.number(.limitIdleTime, 1...86_400, unit: "s") {
            limits.idleTime = .seconds(Int64($0))
        }
        reader.number(.limitEventsPerAddress, 1...10_000_000) {
            limits.eventsPerAddress = Double($0)
        }
        reader.number(.limitEventsPerSite, 1...10_000_000) { limits.eventsPerSite = Double($0) }
        reader.number(.limitNewEntries, 100...250_000) { limits.newEntriesPerSite = $0 }
    }
}
