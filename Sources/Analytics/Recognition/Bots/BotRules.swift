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

    /// - Returns: `nil` for a person's browser, as far as one can tell. Work is linear in the text.
    package func verdict(_ signals: BotSignals) -> BotVerdict? {
        let text = UserAgentText(signals.userAgent)
        if text.isBlank { return BotVerdict(rule: "empty_user_agent", category: .other) }
        var findings = BotFindings()
        index.forEachMatch(in: text) { row, start, end in
            findings.note(row, strengths[row], from: start, to: end, in: text)
        }
        return words(of: text, findings) ?? shape(of: text, findings) ?? behaviour(signals, text)
    }

    /// By name, else by a word that gives a bot away, else, where no person's application may have
    /// left it, by a word that hints at one.
    private func words(of text: UserAgentText, _ findings: BotFindings) -> BotVerdict? {
        if let verdict = first(of: findings.counting(findings.named))
            ?? first(of: findings.counting(findings.sure))
        {
            return verdict
        }
        if !findings.counting(findings.mailboxes).isEmpty {
            return BotVerdict(rule: "contact_address", category: .crawler)
        }
        let hints = findings.namesDevice ? [] : findings.counting(findings.hints)
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
        if findings.namesDevice { return nil }
        let beginsLikeBrowser = text.hasPrefix("mozilla/") || text.hasPrefix("opera/")
        if findings.hasEngine, beginsLikeBrowser {
            // "(compatible; …)" was the word of Netscape's successors; of today's engines only
            // programs that add themselves to Chrome's user agent say it.
            let isProgram =
                text.contains("compatible;") && text.contains(" chrome/")
                && !text.contains("(compatible; u;")
            return isProgram ? BotVerdict(rule: "compatible_word", category: .crawler) : nil
        }
        // Without an engine (Lynx), or with text of its own before one (HipChat Mozilla/5.0 …), it
        // must at least name a browser or an application that the tables know, or a device.
        let (client, ownName) = clients.naming(of: text)
        switch client.device {
        case .mobile, .tablet, .tv, .console, .wearable, .car: return nil
        case .desktop, .other: break
        }
        let isSystemKnown = !client.os.isEmpty && beginsLikeBrowser && !client.browser.isEmpty
        return ownName != nil || isSystemKnown ? nil : BotVerdict(rule: "no_browser", category: .other)
    }

    /// What a browser's script or its headers give away while its user agent does not.
    private func behaviour(_ signals: BotSignals, _ text: UserAgentText) -> BotVerdict? {
        if signals.webdriver { return BotVerdict(rule: "webdriver", category: .headless) }
        if signals.hints.brands.contains(where: { $0.name.hasPrefix("Headless") }) {
            return BotVerdict(rule: "headless_hints", category: .headless)
        }
        if Self.contradict(signals.hints, text) {
            return BotVerdict(rule: "contradicting_hints", category: .headless)
        }
        // Every browser sends the header; a server that passes a visit on may not.
        if signals.hasAcceptLanguage == false, signals.hasFetchMetadata != false {
            return BotVerdict(rule: "no_accept_language", category: .headless)
        }
        return nil
    }

    /// A script's made-up user agent beside the engine's true version: plain Chrome of one major
    /// version, hints of Chromium of another. Browsers built on Chromium, whose two numbers may
    /// differ honestly, name themselves in one of the two.
    private static func contradict(_ hints: ClientHints, _ text: UserAgentText) -> Bool {
        let plain: Set<String> = ["Chromium", "Google Chrome"]
        guard let chromium = hints.chromiumVersion, !chromium.isEmpty,
            hints.brands.allSatisfy({ plain.contains($0.name) }),
            let end = text.end(of: Array(" chrome/".utf8)),
            text.contains("(khtml, like gecko) chrome/"), text.endsLikeChrome
        else { return false }
        return text.version(at: end, parts: 1) != chromium
    }
}
