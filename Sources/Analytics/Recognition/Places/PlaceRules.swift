/// From a browser's time zone to a country, which needs no address. The tables `time_zones.tsv` (the
/// tz database's names, old ones too) and `countries.tsv`.
package struct PlaceRules: Sendable {
    package static let timeZonesFile = "time_zones.tsv"
    package static let countriesFile = "countries.tsv"

    package static let standard: PlaceRules = {
        do {
            return try PlaceRules(files: [:])
        } catch {
            fatalError("The built-in tables are wrong: \(error)")
        }
    }()

    private let zones: [String: String]
    private let names: [String: String]

    /// - Parameter files: texts by file name that stand in place of the built-in ones.
    /// - Throws: the first row that is wrong, with its line and its mend.
    package init(files: [String: String]) throws(RecognitionTableError) {
        func table(_ name: String, _ columns: [String]) throws(RecognitionTableError)
            -> RecognitionTable
        {
            try RecognitionTable(
                name: name, columns: columns, text: files[name] ?? Embedded.files[name] ?? "")
        }
        let countries = try table(Self.countriesFile, ["country", "name", "note"])
        let timeZones = try table(Self.timeZonesFile, ["time zone", "country", "note"])
        var names: [String: String] = [:]
        for row in countries.rows {
            let code = row.fields[0]
            guard code.utf8.count == 2, code.utf8.allSatisfy(ASCII.isUpper), !row.fields[1].isEmpty
            else {
                throw countries.error(
                    row, "'\(code)' is no country's code with a name",
                    "Write two capital letters (ISO 3166-1) and the name")
            }
            guard names.updateValue(row.fields[1], forKey: code) == nil else {
                throw countries.error(
                    row, "'\(code)' stands above already", "Remove one of the two")
            }
        }
        var zones: [String: String] = [:]
        for row in timeZones.rows {
            guard names[row.fields[1]] != nil else {
                throw timeZones.error(
                    row, "'\(row.fields[1])' is no country",
                    "Write a code that \(Self.countriesFile) has")
            }
            guard zones.updateValue(row.fields[1], forKey: row.fields[0].lowercased()) == nil else {
                throw timeZones.error(
                    row, "'\(row.fields[0])' stands above already", "Remove one of the two")
            }
        }
        self.names = names
        self.zones = zones
    }

    /// The country of an IANA time zone, as ISO 3166-1 alpha-2: `LV` of `Europe/Riga`; names in any
    /// case, as the tz database has them unique.
    ///
    /// `nil` for zones of no country (`Etc/UTC`, `EST`), unknown names, and offsets.
    package func country(timeZone: String) -> String? {
        guard timeZone.utf8.count <= 64 else { return nil }
        return zones[timeZone.lowercased()]
    }

    /// The English name of a country, or the code itself when there is none for it.
    package func name(country: String) -> String {
        names[country] ?? country
    }
}
