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
    var logLevel = Logger.Level.info
    var terms = RetentionTerms()

    /// - Throws: `Failure` that lists every fault with its key and mend.
    static func load(data: String, flags: [SettingKey: String]) async throws -> Settings {
        let path = data + "/footfall.yaml"
        var faults = try unknownKeys(inFileAt: path)
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
        settings.apply(ConfigReader(providers: providers), &faults)
        guard faults.isEmpty else {
            let list = faults.map { "  " + $0 }.joined(separator: "\n")
            throw Failure("The configuration has faults:\n\(list)", code: Failure.usage)
        }
        return settings
    }

    private mutating func apply(_ reader: ConfigReader, _ faults: inout [String]) {
        func take(_ key: SettingKey, _ mend: String, _ use: (String) -> Bool) {
            guard let text = Self.text(of: key, in: reader), !use(text) else { return }
            faults.append("\(key.rawValue): '\(text)' is not valid; \(mend)")
        }
        take(.host, "give an address such as 127.0.0.1, or a host name.") { text in
            host = text
            return !text.isEmpty && !text.contains(" ")
        }
        take(.port, "give a number from 0 to 65535.") { text in
            guard let number = Int(text), (0...65_535).contains(number) else { return false }
            port = number
            return true
        }
        take(.trustedProxy, "give addresses or networks such as 127.0.0.1 or 10.0.0.0/8.") { text in
            let parts = text.split(whereSeparator: { ", ".contains($0) }).map(String.init)
            trustedProxies = parts.compactMap(Network.init)
            return trustedProxies.count == parts.count
        }
        take(.clientAddressHeader, "give the name of one header, such as X-Forwarded-For.") {
            text in
            clientAddressHeader = text
            return !text.isEmpty
                && text.utf8.allSatisfy {
                    $0 > 0x20 && $0 < 0x7f && !"()<>@,;:\\\"/[]?={}".utf8.contains($0)
                }
        }
        take(.secret, "give a folder.") { text in
            secretPath = text
            return !text.isEmpty
        }
        take(.logLevel, "give trace, debug, info, notice, warning, error or critical.") { text in
            guard let level = Logger.Level(rawValue: text) else { return false }
            logLevel = level
            return true
        }
        take(.retentionRaw, "give days from 2d to 3660d.") { text in
            guard let days = Self.count(text, unit: "d"), (2...3_660).contains(days) else {
                return false
            }
            terms.rawDays = days
            return true
        }
        take(.retentionRollups, "give months from 1mo to 120mo.") { text in
            guard let months = Self.count(text, unit: "mo"), (1...120).contains(months) else {
                return false
            }
            terms.rollupMonths = months
            return true
        }
    }

    /// As text, so that a value of the wrong type is told of and not passed over; a list is
    /// joined by commas.
    private static func text(of key: SettingKey, in reader: ConfigReader) -> String? {
        let configKey = ConfigKey(key.rawValue)
        if let text = reader.string(forKey: configKey) { return text }
        return reader.stringArray(forKey: configKey)?.joined(separator: ",")
    }

    private static func count(_ text: String, unit: String) -> Int? {
        text.hasSuffix(unit) ? Int(text.dropLast(unit.count)) : nil
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
