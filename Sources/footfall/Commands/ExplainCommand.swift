import Analytics
import ArgumentParser
import Dashboard
import Foundation
import Storage

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell how beacons would be recorded, and why.",
        discussion: """
            With --url one beacon by hand: its way through the steps, each with its verdict and \
            the rule. Without, reads NDJSON from standard input, a beacon a line, and writes a \
            line for each: what would be kept, or what is wrong with the line.

            Needs neither a data folder nor a registered site; where there are, their tables, \
            lists, places and settings count. Nothing is kept.

            Example: footfall explain --url 'https://shop.example/?utm_source=x' \
            --user-agent curl/8
            Example: echo '{"url":"https://shop.example/?utm_source=x","user_agent":"curl/8"}' | \
            footfall explain
            Members besides: ip, referrer, time, tz (a browser's time zone), webdriver (true or \
            false) and headers.
            """)

    @Option(help: "The page's address.") var url: String?
    @Option(help: "The address of the page that sent the visitor.") var referrer: String?
    @Option(help: "The browser's user agent.") var userAgent: String?
    @Option(help: "The visitor's IP address.") var ip: String?
    @Option(help: "The browser's time zone, such as Europe/Riga.") var tz: String?
    @Flag(help: "The browser says that a program drives it.") var webdriver = false
    @Option(help: ArgumentHelp("A header of the request (repeatable).", valueName: "name: value"))
    var header: [String] = []
    @OptionGroup var data: DataOption

    /// One beacon by hand:
    /// `{"ip","user_agent","url","referrer","time","tz","webdriver","headers":{…}}`.
    private struct Input: Decodable {
        var ip: String?
        var user_agent: String?
        var url: String?
        var referrer: String?
        var time: String?
        var tz: String?
        var webdriver: Bool?
        var headers: [String: String]?
    }

    /// Why a line can't be explained.
    private struct Fault: Error {
        var message: String

        init(_ message: String) {
            self.message = message
        }
    }

    func run() async throws {
        let bench = try await Bench(data)
        guard let url else {
            guard [referrer, userAgent, ip, tz].allSatisfy({ $0 == nil }), header.isEmpty,
                !webdriver
            else {
                throw Failure("Give the page's address as well: --url.", code: Failure.usage)
            }
            return explainLines(bench)
        }
        let input = Input(
            ip: ip, user_agent: userAgent, url: url, referrer: referrer, time: nil, tz: tz,
            webdriver: webdriver, headers: header.isEmpty ? nil : try headers())
        do {
            let (hit, site) = try Self.hit(input, bench)
            let trace = IngestTrace(hit, for: site, by: bench.steps)
            Console.printRaw(Console.renderer.render(trace))
            if !bench.knows(site) {
                Console.say(
                    "\(site.domain) is no site of \(data.path): standard settings were used.")
            }
        } catch let fault as Fault {
            throw Failure("\(fault.message).", code: Failure.usage)
        }
    }

    private func headers() throws -> [String: String] {
        var headers: [String: String] = [:]
        for text in header {
            guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
                throw Failure(
                    "'\(PlainText.of(text))' is no header; give 'name: value'.", code: Failure.usage
                )
            }
            headers[String(text[..<colon])] = String(text[text.index(after: colon)...]).trimmed
        }
        return headers
    }

    private func explainLines(_ bench: Bench) {
        while let line = readLine() {
            let answer: JSONValue
            do {
                let (hit, site) = try Self.hit(try Self.input(of: line), bench)
                answer = Self.answer(
                    bench.steps.run(hit, for: site), bench.steps.enrich(hit, for: site), site)
            } catch {
                let message = (error as? Fault)?.message ?? "\(error)"
                answer = .object([.init("kept", false), .init("error", .string(message))])
            }
            Console.print(answer.text)
        }
    }

    /// What beacons are put through: of the data folder, where there is one.
    private struct Bench {
        let steps: IngestSteps
        private var sites: [Domain: Site] = [:]

        init(_ data: DataOption) async throws {
            guard FileManager.default.fileExists(atPath: data.path) else {
                steps = IngestSteps()
                return
            }
            guard FileManager.default.fileExists(atPath: data.path + "/footfall.sqlite") else {
                let settings = try await Settings.load(data: data.path, flags: [:])
                steps = IngestSteps(
                    recognition: try InstalledRecognition.load(folder: data.path, settings))
                return
            }
            let installation = try await Installation.open(data)
            steps = IngestSteps(recognition: try installation.recognition())
            for site in try installation.database.sites() { sites[site.domain] = site }
        }

        func knows(_ site: Site) -> Bool { sites[site.domain] != nil }

        func site(of domain: Domain) -> Site {
            sites[domain] ?? sites.values.first { $0.isOwn(host: domain.name) }
                ?? Site(
                    id: 1, domain: domain, settings: SiteSettings(),
                    epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "UTC")])
        }
    }

    private static func input(of line: String) throws -> Input {
        guard !line.trimmed.isEmpty else { throw Fault("the line is blank") }
        do {
            return try JSONDecoder().decode(Input.self, from: Data(line.utf8))
        } catch DecodingError.typeMismatch(_, let context) {
            guard let field = context.codingPath.first?.stringValue else {
                throw Fault("the line is no JSON object")
            }
            throw Fault("\(field) has the wrong type of value")
        } catch {
            throw Fault("the line is no JSON object")
        }
    }

    private static func hit(_ input: Input, _ bench: Bench) throws -> (Hit, Site) {
        guard let url = input.url, let page = WebAddress(url) else {
            throw Fault("url must be an absolute URL with a host")
        }
        guard url.utf8.count <= BeaconLimits.url else {
            throw Fault("url is over \(BeaconLimits.url) bytes: the collector answers 400")
        }
        guard (input.tz?.utf8.count ?? 0) <= BeaconLimits.timeZone else {
            throw Fault("tz is over \(BeaconLimits.timeZone) bytes: the collector answers 400")
        }
        guard let domain = Domain(page.host) else { throw Fault("the url's host is no domain") }
        let time = try input.time.map { text in
            guard let time = Instant(text) else {
                throw Fault("time must be a time with its zone, such as 2026-11-22T10:00:00Z")
            }
            return time
        }
        let address = try input.ip.map { text in
            guard let address = ClientAddress(text) else {
                throw Fault("ip must be an IPv4 or IPv6 address")
            }
            return address
        }
        var headers: [String: String] = [:]
        for (name, value) in input.headers ?? [:] { headers[name.lowercased()] = value }
        headers["user-agent"] = input.user_agent ?? headers["user-agent"] ?? ""
        var sender = Sender(address: address) { headers[$0.name] }
        // Without the request's headers nothing follows from a missing one.
        sender.knowsHeaders = input.headers != nil
        var beacon = Beacon(name: Beacon.nameOfPageview, url: url)
        beacon.referrer = input.referrer
        beacon.timeZone = input.tz
        beacon.isAutomated = input.webdriver ?? false
        let hit = Hit(
            beacon: beacon, page: page, sender: sender,
            time: time ?? Instant(milliseconds: 0))
        return (hit, bench.site(of: domain))
    }

    private static func answer(
        _ outcome: IngestSteps.Outcome, _ event: Event, _ site: Site
    ) -> JSONValue {
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
            .init("channel", .string(site.ownChannel(of: source) ?? source.channel)),
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
            .init("region", known(profile.region)),
            .init("city", known(profile.city)),
            .init("language", known(profile.language)),
        ]
        return .object(members)
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
