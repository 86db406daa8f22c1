import Analytics
import ArgumentParser
import Dashboard
import Foundation

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell how beacons would be recorded, and why.",
        discussion: """
            Reads NDJSON from standard input, a beacon a line, and writes a line for each. Needs \
            neither a data folder nor a registered site; nothing is kept.

            Example: echo '{"url":"https://shop.example/?utm_source=x","user_agent":"curl/8"}' | \
            footfall explain
            """)

    /// One beacon by hand: `{"ip","user_agent","url","referrer","time","headers":{…}}`.
    private struct Input: Decodable {
        var ip: String?
        var user_agent: String?
        var url: String?
        var referrer: String?
        var time: String?
        var headers: [String: String]?
    }

    func run() throws {
        let steps = IngestSteps()
        while let line = readLine() {
            guard !line.trimmed.isEmpty else { continue }
            Console.print(Self.explain(line, steps))
        }
    }

    private static func explain(_ line: String, _ steps: IngestSteps) -> String {
        guard let input = try? JSONDecoder().decode(Input.self, from: Data(line.utf8)) else {
            return fault("the line is no JSON object of the known form")
        }
        guard let url = input.url, let page = WebAddress(url) else {
            return fault("url must be an absolute URL with a host")
        }
        guard let domain = Domain(page.host) else {
            return fault("the url's host is no domain")
        }
        var headers: [String: String] = [:]
        for (name, value) in input.headers ?? [:] { headers[name.lowercased()] = value }
        headers["user-agent"] = input.user_agent ?? headers["user-agent"] ?? ""
        var sender = Sender(address: input.ip.flatMap { ClientAddress($0) }) { headers[$0] }
        // Without the request's headers nothing follows from a missing one.
        sender.knowsHeaders = input.headers != nil
        var beacon = Beacon(name: Beacon.nameOfPageview, url: url)
        beacon.referrer = input.referrer
        let time = input.time.flatMap(Instant.init) ?? Instant(milliseconds: 0)
        let site = Site(
            id: 1, domain: domain, settings: SiteSettings(),
            epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "UTC")])
        let hit = Hit(beacon: beacon, page: page, sender: sender, time: time)
        return answer(steps.run(hit, for: site), steps.enrich(hit, for: site)).text
    }

    private static func answer(_ outcome: IngestSteps.Outcome, _ event: Event) -> JSONValue {
        var members = verdict(outcome)
        let (source, profile) = (event.acquisition.value, event.profile.value)
        let tags = source.tags
        let utm = [
            ("source", tags.source), ("medium", tags.medium), ("campaign", tags.campaign),
            ("content", tags.content), ("term", tags.term),
        ]
        members += [
            .init("page", .string(event.page.value.path)),
            .init("source", .string(source.source)),
            .init("channel", .string(source.channel)),
            .init("referrer", .string(source.referrer)),
            .init(
                "utm",
                .object(utm.filter { !$0.1.isEmpty }.map { .init($0.0, .string($0.1)) })),
            .init("browser", .string(profile.client.browser)),
            .init("browser_version", .string(profile.client.browserVersion)),
            .init("os", .string(profile.client.os)),
            .init("os_version", .string(profile.client.osVersion)),
            .init("device", .string(profile.client.device.rawValue)),
            .init("country", known(profile.country)),
            .init("language", known(profile.language)),
        ]
        return .object(members)
    }

    private static func fault(_ message: String) -> String {
        JSONValue.object([.init("kept", false), .init("error", .string(message))]).text
    }

    private static func verdict(_ outcome: IngestSteps.Outcome) -> [JSONValue.Member] {
        switch outcome {
        case .kept: [.init("kept", true)]
        case .dropped(let reason):
            [.init("kept", false), .init("reason", .string(reason.rawValue))]
        case .setAside(_, let verdict):
            [
                .init("kept", false), .init("reason", .string(DropReason.bot.rawValue)),
                .init("rule", .string(verdict.rule)),
                .init("category", .string(verdict.category.rawValue)),
            ]
        }
    }

    private static func known(_ text: String) -> JSONValue {
        text.isEmpty ? .null : .string(text)
    }
}
