/// The way of one hit through the steps, in words: for who asks why a beacon was recorded as it was.
package struct IngestTrace: Sendable {
    package struct Step: Hashable, Sendable {
        /// `bot`.
        package var name: String
        /// What came of it: `set aside`.
        package var verdict: String
        /// By which rule: `gptbot (AI crawler)`.
        package var rule: String
        /// Whether the hit goes no further as a visit.
        package var stops = false
    }

    package let steps: [Step]
    package let outcome: IngestSteps.Outcome
    package let event: Event

    /// The names of `IngestSteps.admission`, with what lets a hit pass.
    private static let admission = [
        ("excluded", "the address is in no network left out"),
        ("host", "the site counts the page's host"),
        ("prefetch", "not fetched ahead of a visit"),
        ("opt-out", "no GPC or DNT that the site heeds"),
    ]

    package init(_ hit: Hit, for site: Site, by ingest: IngestSteps) {
        outcome = ingest.run(hit, for: site)
        event = ingest.enrich(hit, for: site)
        let recognition = ingest.recognition
        var steps: [Step] = []
        for ((name, passing), question) in zip(Self.admission, IngestSteps.admission) {
            let reason = question(hit, site)
            steps.append(
                Step(
                    name: name, verdict: reason == nil ? "passes" : "dropped",
                    rule: reason?.rawValue ?? passing, stops: reason != nil))
        }
        steps.append(Self.bot(ingest.verdict(on: hit, for: site), on: site))
        steps.append(Self.page(hit, event.page.value, site))
        steps += Self.source(hit, event.acquisition.value, site, recognition)
        let client = event.profile.value.client
        steps.append(
            Step(
                name: "client",
                verdict: client.browser.isEmpty ? "unknown" : Self.words(client),
                rule: hit.sender.hintHeaders == .none
                    ? "user agent" : "user agent and client hints"))
        steps.append(Self.place(hit, event.profile.value, recognition))
        self.steps = steps
    }

    private static func words(_ client: Client) -> String {
        [client.browser, client.browserVersion, "on", client.os, client.osVersion]
            .filter { !$0.isEmpty }.joined(separator: " ") + ", " + client.device.rawValue
    }

    private static func bot(_ verdict: BotVerdict?, on site: Site) -> Step {
        guard let verdict else {
            return Step(name: "bot", verdict: "passes", rule: "no rule takes it for a bot")
        }
        let rule = "\(verdict.rule) (\(verdict.category.rawValue))"
        return site.settings.allowedBots.contains(verdict.rule)
            ? Step(name: "bot", verdict: "passes", rule: rule + ", which the site allows")
            : Step(name: "bot", verdict: "set aside", rule: rule, stops: true)
    }

    private static func page(_ hit: Hit, _ page: Page, _ site: Site) -> Step {
        let marks = PageAddress(cleaning: hit.page, policy: site.settings.addresses).scrubbed
        let rule =
            marks > 0
            ? "\(marks) \(marks == 1 ? "part" : "parts") that may identify a person: •"
            : hit.page.rawQuery == nil || page.path.contains("?")
                ? "cleaned" : "cleaned, its query left out"
        return Step(name: "page", verdict: page.path, rule: rule)
    }

    private static func source(
        _ hit: Hit, _ acquisition: Acquisition, _ site: Site, _ recognition: Recognition
    ) -> [Step] {
        let evidence = recognition.sources.finding(
            page: hit.page, referrer: hit.beacon.referrer, of: site
        ).evidence
        let rule =
            switch evidence {
            case .nothing where hit.beacon.referrer?.isEmpty == false:
                hit.beacon.referrer.flatMap(SourceRules.address(referring:)) == nil
                    ? "the referrer is no address of a page"
                    : "the referrer is the site's own, or one that only passes visitors on"
            case .nothing: "no tag, no click id, no referrer"
            default: "by " + evidence.rawValue
            }
        let own = site.ownChannel(of: acquisition)
        return [
            Step(name: "source", verdict: acquisition.source, rule: rule),
            Step(
                name: "channel", verdict: own ?? acquisition.channel,
                rule: own == nil
                    ? "by Google Analytics' default channel group" : "a channel of the site's own"),
        ]
    }

    private static func place(
        _ hit: Hit, _ profile: ClientProfile, _ recognition: Recognition
    ) -> Step {
        let parts = [profile.country, profile.region, profile.city].filter { !$0.isEmpty }
        let rule =
            if recognition.place(of: hit.sender.address) != nil {
                "by the address, from the database of places"
            } else if let zone = hit.beacon.timeZone {
                parts.isEmpty ? "the time zone \(zone) is no country's" : "by the time zone \(zone)"
            } else {
                "no time zone was sent"
            }
        return Step(
            name: "place", verdict: parts.isEmpty ? "unknown" : parts.joined(separator: " · "),
            rule: rule)
    }
}
