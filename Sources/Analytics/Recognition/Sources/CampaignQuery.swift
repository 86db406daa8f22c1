/// What a page's query tells of the visit, read in one pass: the campaign's tags, a `ref`, and
/// whether an ad's click id is there.
struct CampaignQuery {
    private(set) var tags = CampaignTags.none
    /// Of `source` or else `ref`; "" for neither.
    var reference = ""
    /// The last one in the query: each sender appends its own to the link as it finds it, so the
    /// last is whose link was clicked. `?gclid=…&fbclid=…` is an ad's address shared on Facebook.
    private(set) var click: ClickID?

    private static let names = [
        "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "source", "ref",
    ]
    static let firstClickID = 16

    static let fixedParameters: ByteTable = {
        var table = ByteTable()
        for (index, name) in names.enumerated() { _ = table.insert(Array(name.utf8), value: index) }
        return table
    }()

    init(_ rawQuery: String?, rules: SourceRules) {
        guard let rawQuery, !rawQuery.isEmpty else { return }
        let bytes = Array(rawQuery.utf8)
        var values = [Range<Int>?](repeating: nil, count: Self.names.count)
        for pair in QueryPairs(bytes) {
            guard let parameter = Self.parameter(bytes[pair.name], rules) else { continue }
            if pair.value.isEmpty { continue }
            if parameter >= Self.firstClickID {
                click = rules.clickIDs[parameter - Self.firstClickID]
            } else if values[parameter] == nil {
                values[parameter] = pair.value
            }
        }
        func text(_ parameter: Int) -> String {
            values[parameter].map { Self.text(bytes[$0]) } ?? ""
        }
        tags = CampaignTags(
            source: text(0), medium: text(1), campaign: text(2), content: text(3), term: text(4))
        if tags.source.isEmpty {
            reference = text(5)
            if reference.isEmpty { reference = text(6) }
        }
    }

    var isEmpty: Bool { click == nil && reference.isEmpty && tags == .none }

    private static func parameter(_ name: ArraySlice<UInt8>, _ rules: SourceRules) -> Int? {
        guard (3...32).contains(name.count) else { return nil }
        guard name.contains(where: ASCII.isUpper) else { return rules.parameters.value(of: name) }
        return rules.parameters.value(of: name.map(ASCII.lowercased)[...])
    }

    private static func text(_ value: ArraySlice<UInt8>) -> String {
        let text =
            PercentCoding.needsDecoding(value)
            ? String(
                decoding: PercentCoding.decodedFully(value, plusIsSpace: true, keeping: "".utf8),
                as: UTF8.self)
            : String(decoding: value, as: UTF8.self)
        return Scrubber.scrub(text, limit: CampaignTags.limit).text
    }
}
