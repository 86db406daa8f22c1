import Foundation
import Yams

/// `footfall.yaml`, read: the values of settings as text, and every fault of the file's form.
///
/// A file that isn't there or holds nothing but comments sets nothing. Keys may be nested
/// (`retention:` with `raw:` below it) or written in one (`retention.raw:`).
struct SettingsFile {
    /// A list's values are joined by commas.
    private(set) var values: [SettingKey: String] = [:]
    private(set) var faults: [String] = []

    /// The settings that may have several values.
    private static let lists: Set<SettingKey> = [.trustedProxy]

    /// - Throws: `Failure` when the file can't be read, is no YAML, or holds no keys.
    init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let root: Node?
        do {
            root = try Yams.compose(yaml: try String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw Failure("\(path) cannot be read: \(error)", code: Failure.usage)
        }
        guard let root, root.null == nil else { return }
        guard let mapping = root.mapping else {
            throw Failure(
                "\(path) must hold keys and values, such as 'port: 8080'.", code: Failure.usage)
        }
        read(mapping, under: "")
    }

    private mutating func read(_ mapping: Node.Mapping, under prefix: String) {
        for (key, value) in mapping {
            let name = prefix + (key.string ?? "?")
            let place = name + (key.mark.map { " (line \($0.line))" } ?? "")
            if let inner = value.mapping {
                read(inner, under: name + ".")
            } else if let key = SettingKey(rawValue: name) {
                take(value, of: key, at: place)
            } else {
                takeUnknown(value, name, at: place)
            }
        }
    }

    private mutating func take(_ value: Node, of key: SettingKey, at place: String) {
        let isList = Self.lists.contains(key)
        let texts = (isList ? value.sequence.map(Array.init) : nil) ?? [value]
        if value.null != nil {
            faults.append("\(place): has no value; give one, or take the line out.")
        } else if texts.allSatisfy({ $0.scalar != nil && $0.null == nil }) {
            values[key] = texts.compactMap(\.scalar?.string).joined(separator: ",")
        } else {
            faults.append(
                isList
                    ? "\(place): give one value, or a list of values: [10.0.0.1, 10.1.0.0/16]."
                    : "\(place): give one value; lists are for \(Self.lists.listed) alone.")
        }
    }

    private mutating func takeUnknown(_ value: Node, _ name: String, at place: String) {
        let below = SettingKey.allCases.map(\.rawValue).filter { $0.hasPrefix(name + ".") }
        if below.isEmpty {
            faults.append("\(place): no such setting; \(SettingNames.hint(for: name, .inFile))")
        } else if value.null == nil {
            // Empty it may be: all that stands below may be commented out.
            faults.append(
                "\(place): no setting by itself; there are \(below.joined(separator: ", ")).")
        }
    }
}

extension Set<SettingKey> {
    fileprivate var listed: String { map(\.rawValue).sorted().joined(separator: ", ") }
}
