/// Builds `SourceRules` from its tables, row by row.
struct SourceTableReader {
    private(set) var sources: [KnownSource] = []
    private(set) var hosts = HostTable()
    private(set) var apps = ByteTable()
    private(set) var words = ByteTable()
    private(set) var clickIDs: [ClickID] = []
    private(set) var parameters = CampaignQuery.fixedParameters
    private var indices: [String: Int] = [:]

    /// What a word stands for that names something else too often to mean a source: `care`, `mix`.
    static let nobody = -1
    /// A host's own label counts as a word from this length on: `reddit`, not `vk`.
    private static let shortestWord = 3

    mutating func readSources(_ table: RecognitionTable) throws(RecognitionTableError) {
        for row in table.rows {
            let name = row.fields[0]
            guard !name.isEmpty, indices.updateValue(sources.count, forKey: name) == nil else {
                throw table.error(row, "'\(name)' stands above already", "Remove one of the two")
            }
            sources.append(KnownSource(name: name, category: try table.word(row, 1)))
        }
    }

    /// Words come before names and hosts, so that a row can take a word from either.
    mutating func readWords(_ table: RecognitionTable) throws(RecognitionTableError) {
        for row in table.rows {
            let word = SourceRules.squeezed(row.fields[0])
            let index = row.fields[1] == "-" ? Self.nobody : try source(row, table)
            guard !word.isEmpty, words.insert(word, value: index) else {
                throw table.error(
                    row, "'\(row.fields[0])' stands above already, or has no letters",
                    "Remove one of the two")
            }
        }
        for (index, source) in sources.enumerated() {
            _ = words.insert(SourceRules.squeezed(source.name), value: index)
        }
    }

    private func source(_ row: RecognitionTable.Row, _ table: RecognitionTable)
        throws(RecognitionTableError) -> Int
    {
        guard let index = indices[row.fields[1]] else {
            throw table.error(
                row, "'\(row.fields[1])' is no source",
                "Add it to \(SourceRules.sourcesFile), or mend its name")
        }
        return index
    }

    mutating func readHosts(_ table: RecognitionTable) throws(RecognitionTableError) {
        for row in table.rows {
            try readHost(row, try source(row, table), table)
        }
    }

    private mutating func readHost(
        _ row: RecognitionTable.Row, _ index: Int, _ table: RecognitionTable
    ) throws(RecognitionTableError) {
        let host = row.fields[0]
        let appScheme = "android-app://"
        if host.hasPrefix(appScheme) {
            let app = host.dropFirst(appScheme.count)
            guard app.contains("."), app.lowercased() == app else {
                throw table.error(
                    row, "'\(app)' is no app's name", "Write it in lower case, as com.example.app")
            }
            guard apps.insert(Array(app.utf8), value: index) else {
                throw table.error(row, "'\(host)' stands above already", "Remove one of the two")
            }
            return
        }
        switch hosts.add(host, value: index) {
        case .added: break
        case .notAHost:
            throw table.error(
                row, "'\(host)' is no host",
                "Write it in lower case without www., as example.com, example.* or example.**")
        case .repeated:
            throw table.error(row, "'\(host)' stands above already", "Remove one of the two")
        }
        guard let label = Self.ownLabel(of: host) else { return }
        let word = SourceRules.squeezed(label)
        // The first row's host keeps the word where two share it (ebay.de, ebay.fr).
        if word.count >= Self.shortestWord { _ = words.insert(word, value: index) }
    }

    /// The label that its owner registered: `reddit` of `reddit.com`, `mobile` of none.
    private static func ownLabel(of host: String) -> String? {
        if host.hasSuffix(".**") { return nil }
        let labels = host.split(separator: ".")
        let shared: Set<Substring> = ["co", "com", "net", "org", "ne", "or", "ac"]
        switch labels.count {
        case 2: return String(labels[0])
        case 3 where labels[2].utf8.count == 2 && shared.contains(labels[1]):
            return String(labels[0])
        default: return nil
        }
    }

    mutating func readClickIDs(_ table: RecognitionTable) throws(RecognitionTableError) {
        for row in table.rows {
            let index = try source(row, table)
            let name = row.fields[0]
            let value = CampaignQuery.firstClickID + clickIDs.count
            guard !name.isEmpty, name.lowercased() == name,
                parameters.insert(Array(name.utf8), value: value)
            else {
                throw table.error(
                    row, "'\(name)' is no new parameter",
                    "Write each once, in lower case, and none that a tag has")
            }
            let medium = row.fields[2] == "-" ? "" : row.fields[2]
            clickIDs.append(ClickID(parameter: name, source: sources[index], medium: medium))
        }
    }
}
