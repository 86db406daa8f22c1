/// What the tables of sources say, ready to be asked.
final class SourceTables: Sendable {
    let sources: [KnownSource]
    let hosts: HostTable
    let apps: ByteTable
    /// Texts that a tag may hold, squeezed; `SourceTableReader.nobody` for those kept free.
    let words: ByteTable
    let clickIDs: [ClickID]
    /// The names of the parameters that `CampaignQuery` reads, in lower case.
    let parameters: ByteTable

    init(files: [String: String]) throws(RecognitionTableError) {
        func table(_ name: String, _ columns: [String]) throws(RecognitionTableError)
            -> RecognitionTable
        {
            try RecognitionTable(
                name: name, columns: columns, text: files[name] ?? Embedded.files[name] ?? "")
        }
        var reader = SourceTableReader()
        try reader.readSources(table(SourceRules.sourcesFile, ["source", "category", "note"]))
        try reader.readWords(table(SourceRules.wordsFile, ["word", "source", "note"]))
        try reader.readHosts(table(SourceRules.hostsFile, ["host", "source", "note"]))
        try reader.readClickIDs(
            table(SourceRules.clickIDsFile, ["parameter", "source", "medium", "note"]))
        sources = reader.sources
        hosts = reader.hosts
        apps = reader.apps
        words = reader.words
        clickIDs = reader.clickIDs
        parameters = reader.parameters
    }
}

/// Reads the tables of sources, row by row.
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
        let bytes = Array(host.utf8)
        if bytes.suffix(3).elementsEqual(".**".utf8) { return nil }
        let end = HostTable.endBeforeCountry(bytes) ?? bytes.lastIndex(of: 0x2E) ?? 0
        let name = bytes[..<end]
        return name.contains(0x2E) ? nil : String(decoding: name, as: UTF8.self)
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
