import Analytics
import ArgumentParser
import Foundation
import GeoDatabase

/// Puts beacons through the steps between decoding and journal, in memory: what the recognition of
/// page, source, client and place costs, known and never seen.
struct EnrichCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrich", abstract: "Time the steps that recognise a beacon.")

    @Option(help: "Beacons of a kind.") var beacons = 100_000
    @Option(help: "A file to write the user agents to, a line each.") var agents: String?
    @Option(help: "A database of places; then lists of networks and of spam are read, too.")
    var places: String?
    @Option(help: "The same seed makes the same beacons.") var seed: UInt64 = 1

    func run() throws {
        var random = Generator(state: seed)
        let agents = (0..<beacons).map { Self.agent($0, &random) }
        if let path = self.agents {
            try Data((agents.joined(separator: "\n") + "\n").utf8)
                .write(to: URL(fileURLWithPath: path))
        }
        let (known, pages, referrers) = (
            Array(agents.prefix(100)), (0..<500).map { "/veikals/prece-\($0)?utm_source=news" },
            (0..<50).map { "https://source\($0).example/a/b" }
        )
        // Tables are read at the first beacon; that is no part of one.
        _ = Self.microseconds(1, .standard) { _ in (known[0], pages[0], referrers[0]) }
        let kinds: [(name: String, texts: (Int) -> (String, String, String))] = [
            ("known", { (known[$0 % 100], pages[$0 % 500], referrers[$0 % 50]) }),
            ("user agent never seen", { (agents[$0], pages[$0 % 500], referrers[$0 % 50]) }),
            ("page never seen", { (known[$0 % 100], "/veikals/lampa-nr\($0)", referrers[$0 % 50]) }),
            (
                "source never seen",
                { (known[$0 % 100], pages[$0 % 500], "https://blog\($0).example/raksts/\($0)") }
            ),
        ]
        func report(_ name: String, _ cost: Double) {
            print("\(name)\t\(String(format: "%.2f", cost))")
        }
        for kind in kinds {
            report(kind.name, Self.microseconds(beacons, .standard, kind.texts))
        }
        guard let places else { return }
        let recognition = try Self.recognition(places)
        report(
            "known, with places and lists",
            Self.microseconds(beacons, recognition, kinds[0].texts))
    }

    /// With as many rows as providers and lists of spam have.
    private static func recognition(_ places: String) throws -> Recognition {
        let networks = (0..<50_000).map { "100.\($0 >> 8).\($0 & 0xff).64/26" }
        let hosts = (0..<5_000).map { "spam\($0).example" }
        return try Recognition(
            files: [
                Recognition.dataCentersFile: networks.joined(separator: "\n"),
                Recognition.referrerSpamFile: hosts.joined(separator: "\n"),
            ],
            geography: try GeoDatabase(
                path: places, tellsCity: true,
                scratch: FileManager.default.temporaryDirectory.path))
    }

    private static let site = Site(
        id: 1, domain: Domain("shop.test")!, settings: SiteSettings(),
        epochs: [SiteEpoch(start: Instant(milliseconds: 0), timeZone: "Europe/Riga")])

    /// CPU time a beacon; what is known was seen once before.
    private static func microseconds(
        _ count: Int, _ recognition: Recognition,
        _ texts: (Int) -> (agent: String, page: String, referrer: String)
    ) -> Double {
        let steps = IngestSteps(recognition: recognition)
        var memory: IngestMemory? = IngestMemory(
            fingerprinter: Fingerprinter(key: Array(repeating: 7, count: 16)))
        let hits = (0..<count).map { hit(texts($0), from: $0) }
        // Only what comes again finds itself there.
        for hit in hits.suffix(500) { _ = steps.run(hit, for: site, &memory) }
        let start = clock()
        for hit in hits.dropLast(500) { _ = steps.run(hit, for: site, &memory) }
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        return seconds * 1e6 / Double(max(1, count - 500))
    }

    private static func hit(
        _ texts: (agent: String, page: String, referrer: String), from number: Int
    ) -> Hit {
        var beacon = Beacon(name: Beacon.nameOfPageview, url: "https://shop.test" + texts.page)
        beacon.referrer = texts.referrer
        beacon.timeZone = "Europe/Riga"
        beacon.title = "Veikals"
        return Hit(
            beacon: beacon, page: WebAddress(beacon.url)!,
            sender: Sender(
                address: ClientAddress("81.198.\(number >> 8 & 0xff).\(number & 0xff)"),
                userAgent: texts.agent),
            time: Instant(milliseconds: 0))
    }

    /// Of the forms that visitors' browsers have, each with a version of its own.
    private static func agent(_ number: Int, _ random: inout Generator) -> String {
        let (major, minor, build) = (100 + number % 43, number / 43 % 10, number)
        let gecko = "AppleWebKit/537.36 (KHTML, like Gecko)"
        switch random.below(6) {
        case 0:
            return "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(gecko) "
                + "Chrome/\(major).0.\(build).\(minor) Safari/537.36"
        case 1:
            return "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(gecko) "
                + "Chrome/\(major).0.0.0 Safari/537.36 Edg/\(major).0.\(build).\(minor)"
        case 2:
            return "Mozilla/5.0 (iPhone; CPU iPhone OS 17_\(minor) like Mac OS X) "
                + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.\(minor) Mobile/15E\(build) "
                + "Safari/604.1"
        case 3:
            return "Mozilla/5.0 (Linux; Android 14; SM-S9\(build)B) \(gecko) "
                + "SamsungBrowser/\(major / 5).0 Chrome/\(major).0.0.0 Mobile Safari/537.36"
        case 4:
            return "Mozilla/5.0 (X11; Linux x86_64; rv:\(major).\(build)) Gecko/20100101 "
                + "Firefox/\(major).\(build)"
        default:
            return "Mozilla/5.0 (iPhone; CPU iPhone OS 17_\(minor) like Mac OS X) "
                + "AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram \(build).0.0.\(minor) "
                + "(iPhone14,5; iOS 17_\(minor); lv_LV)"
        }
    }
}
