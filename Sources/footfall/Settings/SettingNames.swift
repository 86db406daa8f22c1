import Dashboard

/// The names that settings have in `footfall.yaml` and in the environment, and what is said of
/// those that are misspelt.
enum SettingNames {
    enum Place {
        case inFile
        case inEnvironment
    }

    private static let prefix = "FOOTFALL_"
    /// Variables that are no settings: where the data is, and what scripts and tests use.
    private static let otherVariables: Set<String> = [
        "FOOTFALL_DATA", "FOOTFALL_BINARY", "FOOTFALL_SEED", "FOOTFALL_SEEDS", "FOOTFALL_VENV",
    ]
    private static let otherPrefixes = ["FOOTFALL_TEST_", "FOOTFALL_BENCH_"]

    /// A fault for each variable with our prefix that nothing reads, by name.
    static func faults(in environment: [String: String]) -> [String] {
        let known = Set(names(.inEnvironment)).union(otherVariables)
        return environment.keys.sorted()
            .filter { name in
                name.hasPrefix(prefix) && !known.contains(name)
                    && !otherPrefixes.contains { name.hasPrefix($0) }
            }
            .map { "\($0): no such environment variable; \(hint(for: $0, .inEnvironment))" }
    }

    /// The known name that is nearest to a misspelt one, else where all of them are told.
    static func hint(for name: String, _ place: Place) -> String {
        let ownPart = name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name[...]
        // Two slips in a short name, three in a long one: more is another word.
        let most = ownPart.count > 8 ? 3 : 2
        let near = names(place).map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
            .min { $0.1 < $1.1 }
        guard let near, near.1 <= most else {
            return "'footfall serve --help' lists all settings."
        }
        return "did you mean \(near.0)?"
    }

    private static func names(_ place: Place) -> [String] {
        SettingKey.allCases.map { place == .inFile ? $0.rawValue : $0.environmentName }
            + (place == .inEnvironment ? ["FOOTFALL_DATA"] : [])
    }
}
