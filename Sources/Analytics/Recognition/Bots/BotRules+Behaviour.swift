extension BotRules {
    /// What a browser's script or its headers give away while its user agent does not.
    static func behaviour(_ signals: BotSignals, _ text: UserAgentText) -> BotVerdict? {
        if signals.webdriver { return .webdriver }
        if signals.hints.brands.contains(where: { $0.name.hasPrefix("Headless") }) {
            return .headlessHints
        }
        if contradict(signals.hints, text) { return .contradictingHints }
        // Every browser sends the header; a server that passes a visit on may not.
        if signals.hasAcceptLanguage == false, signals.hasFetchMetadata != false {
            return .noAcceptLanguage
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
