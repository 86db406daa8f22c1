/// Where a table's row takes a version from.
enum VersionSource: Hashable {
    case none
    /// The number behind the row's own mark.
    case after
    /// The number behind this text, wherever it stands; behind the mark where it does not.
    case behind([UInt8])
    case fixed(String)

    init(_ text: String) {
        switch text {
        case "after": self = .after
        case "none": self = .none
        case let text where text.hasPrefix("="): self = .fixed(String(text.dropFirst()))
        default: self = .behind(Array(text.utf8))
        }
    }

    func version(in text: UserAgentText, markEnd: Int, parts: Int) -> String {
        switch self {
        case .none: ""
        case .fixed(let version): version
        case .after: text.version(at: markEnd, parts: parts)
        case .behind(let mark):
            text.version(at: text.end(of: mark) ?? markEnd, parts: parts)
        }
    }
}

/// A row of `browsers.tsv`.
struct BrowserFact {
    let name: String
    let version: VersionSource
    let weight: Int
}

/// A row of `systems.tsv`.
struct SystemFact {
    let name: String
    let version: VersionSource
    let weight: Int
    let device: Device
}

/// A row of `devices.tsv`.
struct DeviceFact {
    let device: Device
    let weight: Int
}

/// Reads the three tables that `ClientRules` is made of.
enum ClientTables {
    private static let weights = 1...99

    static func browsers(_ files: [String: String])
        throws(RecognitionTableError) -> [(mark: Mark, fact: BrowserFact)]
    {
        let table = try RecognitionTable(
            name: "browsers.tsv", columns: ["mark", "browser", "version", "weight", "note"],
            files: files)
        return try facts(of: table) { row throws(RecognitionTableError) in
            BrowserFact(
                name: try name(row, table), version: try version(row, table),
                weight: try table.number(row, 3, weights))
        }
    }

    static func systems(_ files: [String: String])
        throws(RecognitionTableError) -> [(mark: Mark, fact: SystemFact)]
    {
        let table = try RecognitionTable(
            name: "systems.tsv", columns: ["mark", "os", "version", "weight", "device", "note"],
            files: files)
        return try facts(of: table) { row throws(RecognitionTableError) in
            SystemFact(
                name: try name(row, table), version: try version(row, table),
                weight: try table.number(row, 3, weights), device: try table.word(row, 4))
        }
    }

    static func devices(_ files: [String: String])
        throws(RecognitionTableError) -> [(mark: Mark, fact: DeviceFact)]
    {
        let table = try RecognitionTable(
            name: "devices.tsv", columns: ["mark", "device", "weight", "note"], files: files)
        return try facts(of: table) { row throws(RecognitionTableError) in
            DeviceFact(device: try table.word(row, 1), weight: try table.number(row, 2, weights))
        }
    }

    private static func facts<Fact>(
        of table: RecognitionTable,
        _ read: (RecognitionTable.Row) throws(RecognitionTableError) -> Fact
    ) throws(RecognitionTableError) -> [(mark: Mark, fact: Fact)] {
        var seen: [String: Int] = [:]
        var facts: [(Mark, Fact)] = []
        for row in table.rows {
            facts.append((try table.mark(row, seen: &seen), try read(row)))
        }
        return facts
    }

    private static func name(_ row: RecognitionTable.Row, _ table: RecognitionTable)
        throws(RecognitionTableError) -> String
    {
        guard (1...40).contains(row.fields[1].count) else {
            throw table.error(
                row, "the \(table.columns[1])'s name is empty or long",
                "Write 1 to 40 characters")
        }
        return row.fields[1]
    }

    private static func version(_ row: RecognitionTable.Row, _ table: RecognitionTable)
        throws(RecognitionTableError) -> VersionSource
    {
        guard !row.fields[2].isEmpty else {
            throw table.error(
                row, "the version is empty",
                "Write 'after', 'none', '=' and a version, or the text that it stands behind")
        }
        return VersionSource(row.fields[2])
    }
}
