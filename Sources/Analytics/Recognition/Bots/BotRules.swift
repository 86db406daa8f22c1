/// Tells programs from people's browsers: by name, by words, by shape, by what a beacon shows.
///
/// In this order; the first that speaks is the verdict. Where nothing is certain a visitor counts:
/// a person lost is worse than a bot kept, and a bot that says it is Chrome and behaves like it
/// can't be told from Chrome here.
package struct BotRules: Sendable {
    private let index: MarkIndex
    private let facts: [BotFact]
    private let strengths: [BotStrength]
    private let clients: ClientRules

    /// - Parameters:
    ///   - files: texts by file name that stand in place of the built-in `bots.tsv` and
    ///     `bot-words.tsv`.
    ///   - clients: knows the browsers and systems of people.
    /// - Throws: the first row that is wrong, with its line and its mend.
    package init(files: [String: String], clients: ClientRules = .standard)
        throws(RecognitionTableError)
    {
        let rows = try BotTables.names(files) + BotTables.words(files)
        index = MarkIndex(rows.map(\.mark))
        facts = rows.map(\.fact)
        strengths = rows.map(\.fact.strength)
        self.clients = clients
    }

    /// The built-in tables.
    package static let standard: BotRules = {
        do {
            return try BotRules(files: [:])
        } catch {
            fatalError("The built-in tables are wrong: \(error)")
        }
    }()

    /// Every verdict that can be given, by rule: what an owner may let in again.
    package var verdicts: [BotVerdict] {
        let named = facts.compactMap { fact in
            fact.category.map { BotVerdict(rule: fact.rule, category: $0) }
        }
        return Set(named + BotVerdict.ofNoTable).sorted { $0.rule < $1.rule }
    }

    /// - Returns: `nil` for a person's browser, as far as one can tell. Work is linear in the text.
    package func verdict(_ signals: BotSignals) -> BotVerdict? {
        let text = UserAgentText(signals.userAgent)
        if text.isBlank { return .emptyUserAgent }
        var findings = BotFindings()
        index.forEachMatch(in: text) { row, start, end in
            findings.note(row, strengths[row], from: start, to: end, in: text)
        }
        return words(of: text, findings) ?? shape(of: text, findings)
            ?? Self.behaviour(signals, text)
    }

    /// By name, else by a word that gives a bot away, else, where no person's application may have
    /// left it, by a word that hints at one.
    private func words(of text: UserAgentText, _ findings: BotFindings) -> BotVerdict? {
        if let verdict = first(of: findings.counting(findings.named))
            ?? first(of: findings.counting(findings.sure))
        {
            return verdict
        }
        if !findings.counting(findings.mailboxes).isEmpty { return .contactAddress }
        let hints = findings.countingHints
        if hints.isEmpty { return nil }
        // A browser may have such a word in its name: Presearch, AlipayClient, Battle.net.
        let ownName = clients.naming(of: text).ownName
        return first(of: hints.filter { hint in ownName?.overlaps(hint.place) != true })
    }

    /// A crawler that uses curl is that crawler. Of equal ones the first in the text counts, and
    /// there the longest, which is found last.
    private func first(of hits: [BotFindings.Hit]) -> BotVerdict? {
        var best: (verdict: BotVerdict, rank: Int, start: Int)?
        for hit in hits {
            guard let category = facts[hit.row].category else { continue }
            let rank = Self.rank(category)
            let start = hit.place.lowerBound
            if let best, rank < best.rank || rank == best.rank && start != best.start { continue }
            best = (BotVerdict(rule: facts[hit.row].rule, category: category), rank, start)
        }
        return best?.verdict
    }

    private static func rank(_ category: BotCategory) -> Int {
        switch category {
        case .library, .other: 0
        case .headless: 1
        default: 2
        }
    }

    /// What no name and no word tells: text that is not a browser's, or is wrapped around one.
    private func shape(of text: UserAgentText, _ findings: BotFindings) -> BotVerdict? {
        let beginsLikeBrowser = text.hasPrefix("mozilla/") || text.hasPrefix("opera/")
        if findings.hasEngine, beginsLikeBrowser {
            // "(compatible; …)" was the word of Netscape's successors; of today's engines only
            // programs that add themselves to Chrome's user agent say it.
            let isProgram =
                text.contains("compatible;") && !text.contains("(compatible; u;")
                && (text.contains(" chrome/") || text.contains(" safari/"))
            return isProgram ? .compatibleWord : nil
        }
        if findings.namesDevice { return nil }
        // Without an engine (Lynx), or with text of its own before one (HipChat Mozilla/5.0 …), it
        // must at least name a browser or an application that the tables know, or a device.
        let (client, ownName) = clients.naming(of: text)
        switch client.device {
        case .mobile, .tablet, .tv, .console, .wearable, .car: return nil
        case .desktop, .other: break
        }
        let isSystemKnown = !client.os.isEmpty && beginsLikeBrowser && !client.browser.isEmpty
        return ownName != nil || isSystemKnown ? nil : .noBrowser
    }
}
