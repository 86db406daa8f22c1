package import Analytics

extension TextRenderer {
    /// What was taken for bots: rule, category and beacons, with a bar for each; a star marks rules
    /// that the site allows.
    package func render(_ bots: [CaughtBots], of site: Domain, on days: ClosedRange<LocalDay>)
        -> String
    {
        let head = heading("Taken for bots", site, days)
        guard let largest = bots.first?.beacons else {
            return text(of: [head, paragraph("Nothing was taken for a bot.", .faint)])
        }
        let total = bots.reduce(0) { $0 + $1.beacons }
        func count(_ number: Int) -> String { Wording.count(Double(number)) }
        func name(_ bots: CaughtBots) -> String { bots.rule + (bots.isAllowed ? " *" : "") }
        let rules = min(
            28, (bots.map(name) + ["total"]).map { TextWidth.columns(of: $0) }.max() ?? 0)
        let categories = bots.map { $0.category?.words.count ?? 0 }.max() ?? 0
        let numbers = count(total).count
        let barWidth = max(0, min(30, width - rules - categories - numbers - 6))
        func line(_ rule: String, _ category: String, _ number: Int, _ style: TextStyle)
            -> StyledLine
        {
            var line = StyledLine(
                TextWidth.truncated(plain(rule), to: rules, ellipsis: glyphs.ellipsis), style)
            line.pad(to: rules + 2)
            line.append(category, .faint)
            line.append(count(number), style, endingAt: rules + 2 + categories + 2 + numbers)
            return line
        }
        var table = bots.map { bots in
            var line = line(name(bots), bots.category?.words ?? "", bots.beacons, .plain)
            line.append("  ")
            line.append(
                glyphs.bar(Double(bots.beacons) / Double(max(1, largest)), width: barWidth), .bar)
            return line
        }
        table.append(line("total", "", total, .strong))
        guard bots.contains(where: \.isAllowed) else { return text(of: [head, table]) }
        let note = "* allowed: they count, and what came since was not set aside."
        return text(of: [head, table, paragraph(note, .faint)])
    }
}

extension BotCategory {
    /// Plain words: `AI crawler`.
    var words: String {
        switch self {
        case .crawler: "crawler"
        case .aiCrawler: "AI crawler"
        case .aiFetcher: "AI fetcher"
        case .spam: "referrer spam"
        case .seo: "SEO"
        case .advertising: "advertising"
        case .archiver: "archiver"
        case .feed: "feed reader"
        case .preview: "link preview"
        case .monitor: "monitor"
        case .scanner: "scanner"
        case .headless: "scripted browser"
        case .library: "library or tool"
        case .other: "other"
        }
    }
}

extension CaughtBots {
    /// `{"site","from","to","rules":[{"rule","category","beacons","allowed"}]}`, the largest first;
    /// `category` is `null` for a rule of another version.
    package static func json(
        _ bots: [CaughtBots], of site: Domain, on days: ClosedRange<LocalDay>
    ) -> JSONValue {
        [
            "site": .string(site.name), "from": .string(days.lowerBound.description),
            "to": .string(days.upperBound.description),
            "rules": .array(
                bots.map { bots in
                    [
                        "rule": .string(bots.rule), "category": JSONValue(bots.category?.rawValue),
                        "beacons": .integer(bots.beacons), "allowed": .bool(bots.isAllowed),
                    ]
                }),
        ]
    }
}
