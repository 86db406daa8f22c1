/// Who sends visitors, as tables that a maintainer extends by a line: `sources.tsv` (names and
/// kinds), `source_hosts.tsv` (their hosts), `source_words.tsv` (what tags call them),
/// `click_ids.tsv` (what advertisers append to links).
///
/// What a visit's source is follows in `SourceRules+Acquisition.swift`.
package struct SourceRules: Sendable {
    package static let sourcesFile = "sources.tsv"
    package static let hostsFile = "source_hosts.tsv"
    package static let wordsFile = "source_words.tsv"
    package static let clickIDsFile = "click_ids.tsv"

    /// The tables that come with the program.
    package static let standard: SourceRules = {
        do {
            return try SourceRules(files: [:])
        } catch {
            fatalError("The built-in tables are wrong: \(error)")
        }
    }()

    /// Behind one reference, so that handing the rules on copies nothing.
    private let tables: SourceTables

    var clickIDs: [ClickID] { tables.clickIDs }
    var parameters: ByteTable { tables.parameters }

    /// Whether a parameter's value tells an advertiser who clicked.
    package func isClickID(_ parameter: String) -> Bool {
        clickIDs.contains { $0.parameter == parameter.lowercased() }
    }

    /// - Parameter files: texts by file name that stand in place of the built-in ones.
    /// - Throws: the first row that is wrong, with its line and its mend.
    package init(files: [String: String]) throws(RecognitionTableError) {
        tables = try SourceTables(files: files)
    }

    /// The source that a referring address belongs to.
    package func source(referring address: WebAddress) -> KnownSource? {
        let host = Array(address.host.utf8)
        let index =
            address.scheme == "android-app"
            ? tables.apps.value(of: host[...]) : tables.hosts.find(host)
        return index.map { tables.sources[$0] }
    }

    /// The source that a `utm_source` names, by its name, one of its hosts, or a word for it.
    ///
    /// A service's own host names the company here (`mail.yahoo.com` in a tag is Yahoo, as in
    /// Google's table): nobody is sent by reading mail there when a tag says so.
    /// - Returns: and whether the tag says that it was an ad: `facebook_ads`, `googleads`.
    package func source(tagged tag: String) -> (source: KnownSource, isAd: Bool)? {
        if tag.utf8.contains(0x2E), let host = Self.host(in: tag) {
            let bytes = Array(host.utf8)
            let found =
                tables.hosts.find(bytes) { !isService(tables.sources[$0].category) }
                ?? tables.hosts.find(bytes) ?? tables.apps.value(of: bytes[...])
            if let found { return (tables.sources[found], false) }
        }
        let squeezed = Self.squeezed(tag)
        if let index = tables.words.value(of: squeezed[...]) {
            return index >= 0 ? (tables.sources[index], false) : nil
        }
        for ending in ["ads", "ad"] where squeezed.count > ending.utf8.count + 1 {
            let stem = squeezed.dropLast(ending.utf8.count)
            guard squeezed[stem.endIndex...].elementsEqual(ending.utf8),
                let index = tables.words.value(of: stem), index >= 0
            else { continue }
            return (tables.sources[index], true)
        }
        return nil
    }

    private func isService(_ category: SourceCategory) -> Bool {
        category == .mail || category == .passage
    }

    /// The host that a tag is or begins with: `www.Example.com/page` is `example.com`.
    static func host(in tag: String) -> String? {
        guard tag.utf8.contains(0x2E), !tag.utf8.contains(0x20) else { return nil }
        let address = WebAddress(tag) ?? WebAddress("https://" + tag)
        guard let host = address?.host, host.utf8.contains(0x2E) else { return nil }
        return host
    }

    /// In lower case, without what people write differently: `Google_Shopping`, `google shopping`.
    static func squeezed(_ text: String) -> [UInt8] {
        text.lowercased().utf8.filter { ASCII.isAlphanumeric($0) || $0 >= 0x80 || $0 == 0x2B }
    }
}

/// A parameter that an advertiser or a mailer appends to links; its value is never kept.
package struct ClickID: Hashable, Sendable {
    package let parameter: String
    /// Whose it is.
    package let source: KnownSource
    /// What it proves: `cpc`, `display`, `email`, `affiliate`; "" when only who sent the visitor.
    package let medium: String
}
