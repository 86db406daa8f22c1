/// Tells browser, system and device from a user agent and client hints, by three tables.
///
/// One pass over the text finds every mark of the tables; the heaviest one of each kind wins. What
/// no name shows, such as an application's bare web view, is told from the engine's claims. Names
/// come from the tables alone, so that no text of a visitor's gets into a report.
package struct ClientRules: Sendable {
    private let index: MarkIndex
    private let keys: [ClientFindings.Key]
    let browsers: [BrowserFact]
    let systems: [SystemFact]
    let devices: [DeviceFact]

    /// - Parameter files: texts by file name that stand in place of the built-in `browsers.tsv`,
    ///   `systems.tsv` and `devices.tsv`.
    /// - Throws: the first row that is wrong, with its line and its mend.
    package init(files: [String: String]) throws(RecognitionTableError) {
        let browsers = try ClientTables.browsers(files)
        let systems = try ClientTables.systems(files)
        let devices = try ClientTables.devices(files)
        index = MarkIndex(browsers.map(\.mark) + systems.map(\.mark) + devices.map(\.mark))
        keys =
            Self.keys(.browser, browsers.map(\.fact.weight))
            + Self.keys(.system, systems.map(\.fact.weight))
            + Self.keys(.device, devices.map(\.fact.weight))
        self.browsers = browsers.map(\.fact)
        self.systems = systems.map(\.fact)
        self.devices = devices.map(\.fact)
    }

    /// The built-in tables.
    package static let standard: ClientRules = {
        do {
            return try ClientRules(files: [:])
        } catch {
            fatalError("The built-in tables are wrong: \(error)")
        }
    }()

    /// - Returns: `Client.unknown` where nothing is known. Work is linear in the texts.
    package func client(userAgent: String, hints: ClientHints = .none) -> Client {
        let text = UserAgentText(userAgent)
        let found = findings(in: text)
        var client = client(of: text, found)
        if hints != .none { read(hints, into: &client, isNamed: isNamed(found)) }
        return client
    }

    /// The client, and where the user agent names a browser of its own; `nil` where it has but the
    /// names of the base that many share.
    func naming(of text: UserAgentText) -> (client: Client, ownName: Range<Int>?) {
        let found = findings(in: text)
        let ownName = isNamed(found) ? found.browser.map { $0.start..<$0.end } : nil
        return (client(of: text, found), ownName)
    }

    func findings(in text: UserAgentText) -> ClientFindings {
        var found = ClientFindings()
        index.forEachMatch(in: text) { row, start, end in
            found.note(keys[row], from: start, to: end, model: text.model)
        }
        return found
    }

    private func client(of text: UserAgentText, _ found: ClientFindings) -> Client {
        var client = Client.unknown
        if let system = found.system {
            client = SystemReading(systems[system.row], in: text, markEnd: system.end).client
        }
        if client.os == "iOS", text.contains("macintosh") {
            // An iPad asks for desktop pages under a Mac's name; its browser's name gave it away.
            client.device = .tablet
        } else if let device = found.device {
            client.device = devices[device.row].device
        } else if ["Android", "HarmonyOS"].contains(client.os),
            text.contains("applewebkit") || text.contains("gecko/")
        {
            // A browser on an Android phone says Mobile, one on a tablet does not.
            client.device = .tablet
        }
        name(&client, by: found.browser, in: text)
        return client
    }

    /// Rows from this weight on are one browser's or application's own names; those below are their
    /// engines', bases' and systems'.
    private static let ownNameWeight = 36

    private func isNamed(_ found: ClientFindings) -> Bool {
        found.browser.map { $0.weight >= Self.ownNameWeight } ?? false
    }

    private static func keys(_ kind: ClientFindings.Key.Kind, _ weights: [Int])
        -> [ClientFindings.Key]
    {
        weights.enumerated().map { ClientFindings.Key(kind: kind, row: $0, weight: $1) }
    }
}
