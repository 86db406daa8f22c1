import Analytics
import ArgumentParser
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

    private struct Output: Encodable {
        var kept: Bool
        var reason: String?
        var rule: String?
        var category: String?
        var page: String
        var source: String
        var channel: String
        var referrer: String
        var utm: [String: String]
        var browser: String
        var browser_version: String
        var os: String
        var os_version: String
        var device: String
        var country: String?
        var language: String?
    }

    private struct Fault: Encodable {
        var kept = false
        var error: String
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
            return JSONText.encode(Fault(error: "the line is no JSON object of the known form"))
        }
        guard let url = input.url, let page = WebAddress(url) else {
            return JSONText.encode(Fault(error: "url must be an absolute URL with a host"))
        }
        guard let domain = Domain(page.host) else {
            return JSONText.encode(Fault(error: "the url's host is no domain"))
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
        return JSONText.encode(output(steps.run(hit, for: site), steps.enrich(hit, for: site)))
    }

    private static func output(_ outcome: IngestSteps.Outcome, _ event: Event) -> Output {
        let profile = event.profile
        let tags = event.acquisition.tags
        let utm = [
            "source": tags.source, "medium": tags.medium, "campaign": tags.campaign,
            "content": tags.content, "term": tags.term,
        ].filter { !$0.value.isEmpty }
        var output = Output(
            kept: true, page: event.page.path, source: event.acquisition.source,
            channel: event.acquisition.channel, referrer: event.acquisition.referrer, utm: utm,
            browser: profile.client.browser, browser_version: profile.client.browserVersion,
            os: profile.client.os, os_version: profile.client.osVersion,
            device: profile.client.device.rawValue,
            country: profile.country.isEmpty ? nil : profile.country,
            language: profile.language.isEmpty ? nil : profile.language)
        switch outcome {
        case .kept: break
        case .dropped(let reason):
            (output.kept, output.reason) = (false, reason.rawValue)
        case .setAside(_, let verdict):
            (output.kept, output.reason) = (false, DropReason.bot.rawValue)
            output.rule = verdict.rule
            output.category = verdict.category.rawValue
        }
        return output
    }
}
