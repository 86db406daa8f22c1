import Analytics
import Collector
import Configuration
import Foundation
import Logging
import Storage
import SystemPackage
import Yams

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
    var terms = RetentionTerms()
    var limits = CollectorLimits.standard

    /// - Throws: `Failure` that lists every fault with its key and mend.
    static func load(data: String, flags: [SettingKey: String]) async throws -> Settings {
        let path = data + "/footfall.yaml"
        let unknown = try unknownKeys(inFileAt: path)
        var providers: [any ConfigProvider] = [
            InMemoryProvider(
                name: "flags",
                values: Dictionary(
                    uniqueKeysWithValues: flags.map { key, value in
                        let key = AbsoluteConfigKey(ConfigKey(key.rawValue))
                        return (key, ConfigValue(.string(value), isSecret: false))
                    })),
            EnvironmentVariablesProvider().prefixKeys(with: "footfall"),
        ]
        if FileManager.default.fileExists(atPath: path) {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
        }
        var settings = Settings()
        var reader = SettingReader(ConfigReader(providers: providers), faults: unknown)
        settings.apply(&reader)
        guard reader.faults.isEmpty else {
            let list = reader.faults.map { "  " + $0 }.joined(separator: "\n")
            throw Failure("The configuration has faults:\n\(list)", code: Failure.usage)
        }
        return settings
    }

    private mutating func apply(_ reader: inout SettingReader) {
        reader.take(.host, "give an address such as 127.0.0.1, or a host name.") { text in
            host = text
            return !text.isEmpty && !text.contains(" ")
        }
        reader.number(.port, 0...65_535) { port = $0 }
        reader.take(.trustedProxy, "give addresses or networks such as 127.0.0.1 or 10.0.0.0/8.") { text in
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
        reader.take(.logLevel, "give trace, debug, info, notice, warning, error or critical.") { text in
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
        reader.number(.retentionRaw, 2...3_660, unit: "d") { terms.rawDays = $0 }
        reader.number(.retentionRollups, 1...120, unit: "mo") { terms.rollupMonths = $0 }
        applyLimits(&reader)
    }

    /// The collector's limits, whose reasons are in `CollectorLimits`.
    private mutating func applyLimits(_ reader: inout SettingReader) {
        reader.number(.limitBody, 1_024...1_048_576) { limits.body = $0 }
        reader.number(.limitHeader, 4_096...1_048_576) { limits.header = $0 }
        reader.number(.limitURL, 1_024...65_536) { limits.url = $0 }
        reader.number(.limitConnections, 16...1_000_000) { limits.connections = $0 }
        reader.number(.limitConnectionsPerAddress, 1...1_000_000) { limits.connectionsPerAddress = $0 }
        reader.number(.limitRequestTime, 1...3_600, unit: "s") {
            limits.requestTime = .seconds(Int64($0))
        }
        reader.number(.limitIdleTime, 1...86_400, unit: "s") {
            limits.idleTime = .seconds(Int64($0))
        }
        reader.number(.limitEventsPerAddress, 1...10_000_000) { limits.eventsPerAddress = Double($0) }
        reader.number(.limitEventsPerSite, 1...10_000_000) { limits.eventsPerSite = Double($0) }
        reader.number(.limitNewEntries, 100...250_000) { limits.newEntriesPerSite = $0 }
    }

    /// The library passes over keys that it is not asked for, so a misspelt one is found here.
    private static func unknownKeys(inFileAt path: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let node: Node?
        do {
            node = try Yams.compose(yaml: try String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw Failure("\(path) cannot be read: \(error)", code: Failure.usage)
        }
        guard let node else { return [] }
        guard let mapping = node.mapping else {
            throw Failure(
                "\(path) must hold keys and values, such as 'port: 8080'.", code: Failure.usage)
        }
        var faults: [String] = []
        func walk(_ mapping: Node.Mapping, _ prefix: String) {
            for (key, value) in mapping {
                let name = prefix + (key.string ?? "?")
                if let inner = value.mapping {
                    walk(inner, name + ".")
                } else if SettingKey(rawValue: name) == nil {
                    let line = key.mark.map { " (line \($0.line))" } ?? ""
                    faults.append(
                        """
                        \(name)\(line): no such setting; there are \
                        \(SettingKey.allCases.map(\.rawValue).joined(separator: ", ")).
                        """)
                }
            }
        }
        walk(mapping, "")
        return faults
    }
}
