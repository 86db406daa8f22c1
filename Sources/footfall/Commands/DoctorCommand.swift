import Analytics
import ArgumentParser
import Foundation
import Storage

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, clock, disk, owners, salts and cron.",
        discussion: """
            Exits with 1 when something is wrong, for monitoring.

            Example: footfall doctor --data /var/lib/footfall
            """)

    @Option(help: "text or json.") var format = TextOrJSON.text
    @OptionGroup var data: DataOption

    func run() async throws {
        let checks = await Self.checks(data)
        switch format {
        case .json: Console.print(JSONText.encode(checks))
        case .text:
            for check in checks {
                Console.print(
                    "\(check.is_well ? "ok   " : "WRONG") \(check.name): \(check.finding)")
            }
        }
        guard checks.allSatisfy(\.is_well) else { throw ExitCode(Failure.failed) }
    }

    private struct Check: Encodable {
        var name: String
        var is_well: Bool
        var finding: String
    }

    private static func checks(_ data: DataOption) async -> [Check] {
        let installation: Installation
        do {
            installation = try await Installation.open(data)
        } catch {
            let text = Failure(error)?.message ?? "\(error)"
            return [Check(name: "configuration", is_well: false, finding: text)]
        }
        var checks = [
            Check(
                name: "configuration", is_well: true,
                finding: "data in \(installation.folder.path)")
        ]
        func check(_ name: String, _ body: () throws -> (Bool, String)) {
            do {
                let (isWell, finding) = try body()
                checks.append(Check(name: name, is_well: isWell, finding: finding))
            } catch {
                let text = Failure(error)?.message ?? "\(error)"
                checks.append(Check(name: name, is_well: false, finding: text))
            }
        }
        let examination = Examination(installation: installation)
        check("recognition", examination.recognition)
        check("clock", examination.clock)
        check("disk", examination.disk)
        check("files", examination.files)
        check("partitions", examination.partitions)
        check("sites", examination.sites)
        check("retention", examination.retention)
        check("losses", examination.losses)
        check("aggregation", examination.aggregation)
        check("salts", examination.salts)
        check("proxy", examination.proxy)
        return checks
    }
}

/// What `doctor` looks at; each answers whether it is well, and what it found.
private struct Examination {
    private static let enoughSpace: UInt64 = 256 * 1_024 * 1_024

    let installation: Installation

    private var now: Instant { installation.clock.now() }

    func recognition() throws -> (Bool, String) {
        let recognition = try installation.recognition()
        let settings = installation.settings
        if settings.tellsCity, settings.geoDatabasePath == nil {
            return (false, "geo-city is yes, but no geo-database is set")
        }
        return (
            true,
            recognition === Recognition.standard
                ? "built-in tables" : "built-in tables and what the data folder or settings add"
        )
    }

    func clock() throws -> (Bool, String) {
        let newest = try EventReader(folder: installation.folder).newestEvent()
        guard let newest, newest > now + .minutes(1) else { return (true, "\(now)") }
        return (false, "\(now) is before the newest event (\(newest)); check the time service")
    }

    func disk() throws -> (Bool, String) {
        let attributes = try FileManager.default.attributesOfFileSystem(
            forPath: installation.folder.path)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.uint64Value ?? 0
        let text = "\(free / 1_024 / 1_024) MiB free"
        return (free >= Self.enoughSpace, free >= Self.enoughSpace ? text : text + "; make room")
    }

    func files() throws -> (Bool, String) {
        let folder = installation.folder
        let paths =
            [folder.path, folder.databasePath, folder.eventsPath, folder.secretPath]
            + (try folder.partitions().map(\.path))
        let owner = geteuid()
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            if status.st_uid != owner {
                return (
                    false,
                    "\(path) belongs to user \(status.st_uid), not \(owner); mend it with chown"
                )
            }
            if access(path, W_OK) != 0 { return (false, "\(path) cannot be written") }
        }
        return (true, "\(paths.count) files and folders belong to user \(owner)")
    }

    func partitions() throws -> (Bool, String) {
        let unreadable = try EventReader(folder: installation.folder).unreadablePartitions()
        guard unreadable.isEmpty else {
            return (false, unreadable.map(\.error.description).joined(separator: " "))
        }
        return (true, "\(try installation.folder.partitions().count) can be read")
    }

    func retention() throws -> (Bool, String) {
        let terms = installation.settings.terms
        let problems = terms.problems(with: try installation.database.sites(), at: now)
        guard problems.isEmpty else { return (false, problems.joined(separator: " ")) }
        return (true, "raw events \(terms.rawDays) days, rollups \(terms.rollupMonths) months")
    }

    /// Told as long as the books hold them, and wrong for as long as the aggregation fails for it.
    func losses() throws -> (Bool, String) {
        let losses = try Losses(in: installation.database)
        guard !losses.days.isEmpty else { return (true, "none") }
        return (
            !losses.areRecent(at: now),
            "deleted before they could be folded, the raw events of \(losses.names)"
        )
    }

    func sites() throws -> (Bool, String) {
        let sites = try installation.database.sites()
        guard !sites.isEmpty else { return (false, "none; add one: footfall site add example.com") }
        let books = try EventReader(folder: installation.folder).installationBooks()
        let unknown = books.dropped[.unknownSite] ?? 0
        let hint =
            unknown > 0 ? "; \(unknown) beacons came for sites that are not registered" : ""
        return (true, "\(sites.count)\(hint)")
    }

    func aggregation() throws -> (Bool, String) {
        let last = try installation.database.note(.lastAggregation)
        let text = last.map { "last run \(Instant(milliseconds: $0))" } ?? "no run yet"
        guard try installation.aggregator.isOverdue() else { return (true, text) }
        return (false, text + "; have cron run 'footfall aggregate --quiet' every hour")
    }

    func salts() throws -> (Bool, String) {
        if let failure = installation.saltFailure { return (false, failure.description) }
        let entries = try installation.salts.entries()
        let sites = try installation.database.sites()
        // Opening the folder destroyed what was due; whatever is overdue now could not be.
        for entry in entries {
            try installation.salts.check(entry)
            guard let site = sites.first(where: { $0.id == entry.site }) else {
                return (
                    false, "a salt of a removed site is left in \(installation.folder.secretPath)"
                )
            }
            let period = site.calendar.saltPeriod(containing: entry.start)
            if now > period.end + .hours(9) {
                return (false, "the salt of \(site.domain) from \(entry.start) should be destroyed")
            }
        }
        return (true, "\(entries.count)")
    }

    func proxy() throws -> (Bool, String) {
        let seen = try installation.database.note(.untrustedProxySeen)
            .map(Instant.init(milliseconds:))
        guard let seen, now - seen < .hours(24) else { return (true, "nothing suspicious") }
        return (
            false,
            """
            all visitors seem to come from your proxy (seen \(seen)); start the collector with \
            --trusted-proxy and its address
            """
        )
    }
}
