import Configuration

/// Reads settings as text and gathers every fault, each with its key and mend.
struct SettingReader {
    private let reader: ConfigReader
    var faults: [String]

    /// - Parameter faults: found before.
    init(_ reader: ConfigReader, faults: [String]) {
        self.reader = reader
        self.faults = faults
    }

    /// - Parameter use: takes the text, or says that it is not valid.
    mutating func take(_ key: SettingKey, _ mend: String, _ use: (String) -> Bool) {
        guard let text = text(of: key), !use(text) else { return }
        faults.append("\(key.rawValue): '\(text)' is not valid; \(mend)")
    }

    /// A whole number with its unit behind it: `30d`.
    mutating func number(
        _ key: SettingKey, _ range: ClosedRange<Int>, unit: String = "", _ use: (Int) -> Void
    ) {
        let mend =
            unit.isEmpty
            ? "give a number from \(range.lowerBound) to \(range.upperBound)."
            : "give \(range.lowerBound)\(unit) to \(range.upperBound)\(unit)."
        take(key, mend) { text in
            guard text.hasSuffix(unit), let number = Int(text.dropLast(unit.count)),
                range.contains(number)
            else { return false }
            use(number)
            return true
        }
    }

    mutating func path(_ key: SettingKey, _ use: (String) -> Void) {
        take(key, "give the path of a file or folder.") { text in
            use(text)
            return !text.isEmpty
        }
    }

    /// As text, so that a value of the wrong type is told of and not passed over; a list is
    /// joined by commas.
    private func text(of key: SettingKey) -> String? {
        let configKey = ConfigKey(key.rawValue)
        if let text = reader.string(forKey: configKey) { return text }
        return reader.stringArray(forKey: configKey)?.joined(separator: ",")
    }
}
