/// All that a hit is recognised by: the tables that come with the program or stand in their place,
/// the owner's lists, and a database of places where there is one.
// A class: each beacon takes it by reference.
package final class Recognition: Sendable {
    /// Networks of data centres, one a line.
    package static let dataCentersFile = "data_centers.txt"
    /// Hosts that spam reports of sources, one a line.
    package static let referrerSpamFile = "referrer_spam.txt"

    private static let botFiles = ["bots.tsv", "bot-words.tsv"]
    private static let clientFiles = ["browsers.tsv", "systems.tsv", "devices.tsv"]
    private static let sourceFiles = [
        SourceRules.sourcesFile, SourceRules.hostsFile, SourceRules.wordsFile,
        SourceRules.clickIDsFile,
    ]
    private static let placeFiles = [PlaceRules.timeZonesFile, PlaceRules.countriesFile]

    /// The files that an owner may put into the data folder.
    package static let fileNames =
        botFiles + clientFiles + sourceFiles + placeFiles + [dataCentersFile, referrerSpamFile]

    /// The built-in tables, and no lists.
    package static let standard = Recognition()

    package let bots: BotRules
    package let clients: ClientRules
    package let sources: SourceRules
    package let places: PlaceRules
    package let dataCenters: NetworkSet
    package let referrerSpam: HostList
    package let geography: (any Geography)?

    private init() {
        bots = .standard
        clients = .standard
        sources = .standard
        places = .standard
        dataCenters = NetworkSet()
        referrerSpam = HostList([])
        geography = nil
    }

    /// - Parameters:
    ///   - files: texts by names of `fileNames`; a table stands in place of the built-in one.
    ///   - geography: finds the place of an address; `nil` leaves the browser's time zone.
    /// - Throws: the first row that is wrong, with its line and its mend.
    package init(
        files: [String: String], geography: (any Geography)? = nil
    ) throws(RecognitionTableError) {
        // Reading all tables takes some 30 ms, so those that nobody replaced are read once.
        func replaces(_ names: [String]) -> Bool { names.contains { files[$0] != nil } }
        clients =
            replaces(Self.clientFiles) ? try ClientRules(files: files) : .standard
        bots =
            replaces(Self.botFiles + Self.clientFiles)
            ? try BotRules(files: files, clients: clients) : .standard
        sources = replaces(Self.sourceFiles) ? try SourceRules(files: files) : .standard
        places = replaces(Self.placeFiles) ? try PlaceRules(files: files) : .standard
        dataCenters = try NetworkSet(
            name: Self.dataCentersFile, text: files[Self.dataCentersFile] ?? "")
        referrerSpam = try HostList(
            name: Self.referrerSpamFile, text: files[Self.referrerSpamFile] ?? "")
        self.geography = geography
    }

    /// What the owner's lists say of a hit that no rule of the tables takes for a bot's.
    package func listed(address: ClientAddress?) -> BotVerdict? {
        guard !dataCenters.isEmpty, let address, dataCenters.contains(address) else { return nil }
        return .dataCenter
    }

    /// The same of who is said to have sent it: the referrer, or a tag that is a host.
    package func listed(page: WebAddress, referrer: String?) -> BotVerdict? {
        guard !referrerSpam.isEmpty,
            sources.hostsSending(to: page, referrer: referrer).contains(
                where: referrerSpam.contains)
        else { return nil }
        return .referrerSpam
    }

    /// `nil` where no database knows the address.
    package func place(of address: ClientAddress?) -> Place? {
        guard let geography, let address else { return nil }
        return geography.place(of: address)
    }
}
