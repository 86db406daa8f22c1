import Analytics
import ArgumentParser
import Foundation
import Storage

struct SiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "Add, list, edit and remove sites.",
        subcommands: [Add.self, List.self, Edit.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a site, so that its beacons are counted.",
            discussion: """
                Without --timezone its days are those of this machine's zone: Etc/UTC on most \
                servers, and in containers.

                Example: footfall site add huntprox.com --timezone Europe/Riga
                """)

        @Argument(help: "The site's domain, without www.") var domain: String
        @OptionGroup var epoch: EpochOptions
        @OptionGroup var options: SiteOptions
        @OptionGroup var data: DataOption

        func run() async throws {
            let name = try Self.siteName(domain)
            let installation = try await Installation.open(data)
            let now = installation.clock.now()
            var settings = SiteSettings()
            try options.apply(to: &settings) { try installation.rules().sources }
            // From the start of time: imports may bring days before today.
            let first = SiteEpoch(start: Instant(milliseconds: 0), timeZone: Self.localZone)
            let site = try installation.database.addSite(
                name, epoch: try epoch.changed(first, installation.settings.terms),
                settings: settings, at: now)
            Console.say("Added \(site.domain).")
            if epoch.timezone == nil { Self.tellZone(of: site) }
            Console.say("Paste this line into its pages, before </head>:")
            Console.print(
                """
                <script defer data-site="\(site.domain)" src="https://YOUR-COLLECTOR/footfall.js"></script>
                """)
        }

        private static func siteName(_ text: String) throws -> Domain {
            if let name = Domain(ofSite: text) { return name }
            if let host = Domain(text).flatMap({ Domain(ofSite: $0.name) }) {
                throw Failure(
                    """
                    '\(text)' names a part of \(host), and a site is a host as a whole. Add it: \
                    footfall site add \(host)
                    """, code: Failure.usage)
            }
            throw Failure(
                "'\(text)' is no domain; write it as in the address bar: example.com",
                code: Failure.usage)
        }

        /// A zone that nobody chose is often not the one of the site's visitors.
        private static func tellZone(of site: Site) {
            Console.say(
                """
                Its days are those of \(site.epochs[0].timeZone), this machine's zone. For \
                another one, from the next midnight on: \
                footfall site edit \(site.domain) --timezone Europe/Riga
                """)
        }

        private static var localZone: String {
            let zone = TimeZone.current.identifier
            return zone == "GMT" ? "UTC" : zone
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the sites.", discussion: "Example: footfall site list --format json")

        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let sites = try installation.database.sites()
            Console.printRaw(SiteList.render(sites, format, at: installation.clock.now()))
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a site's settings.",
            discussion: """
                Changes of time zone, rotation and timeout start at the site's next midnight and \
                never re-cut days that have passed; 'site list' tells them until then. All others \
                are in force within 2 seconds.

                What is repeatable replaces the whole list: give all values, or '' for none.

                Example, to leave your own visits out: \
                footfall site edit huntprox.com --exclude-address 198.51.100.7
                """)

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var epoch: EpochOptions
        @OptionGroup var options: SiteOptions
        @OptionGroup var data: DataOption

        func run() async throws {
            guard epoch.isGiven || options.isGiven else {
                throw Failure(
                    """
                    Say what to change, such as --timezone Europe/Riga; \
                    'footfall site edit --help' lists all settings.
                    """, code: Failure.usage)
            }
            let installation = try await Installation.open(data)
            let now = installation.clock.now()
            let site = try installation.change(domain) { site, settings in
                try options.apply(to: &settings) { try installation.rules().sources }
                let next = try epoch.changed(site.nextEpoch(at: now), installation.settings.terms)
                return epoch.isGiven ? next : nil
            }
            Console.say("Changed \(site.domain).")
            guard epoch.isGiven else { return }
            let changed = try installation.database.site(named: domain)
            if let pending = changed.pendingEpoch(at: now) {
                let day = changed.calendar.day(of: pending.start)
                Console.say("From \(day) (\(pending.start)): \(SiteList.text(pending)).")
            } else {
                Console.say("Time zone, rotation and timeout stay as they are.")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a site with all its figures.",
            discussion: """
                Rollups go at once; raw events leave closed partitions with the next aggregation, \
                and today's partition once it is closed.

                Example: footfall site remove old.example --yes
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Flag(help: "Yes, remove it; there is no way back.") var yes = false
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            guard yes else {
                throw Failure(
                    "This removes \(site.domain) with all its figures. Add --yes if you mean it.",
                    code: Failure.usage)
            }
            try installation.database.removeSite(site)
            try installation.salts.destroyExpired(
                sites: installation.database.sites(), at: installation.clock.now())
            Console.say("Removed \(site.domain).")
        }
    }
}
