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
            discussion: "Example: footfall site add huntprox.com --timezone Europe/Riga")

        @Argument(help: "The site's domain, without www.") var domain: String
        @OptionGroup var epoch: EpochOptions
        @OptionGroup var options: SiteOptions
        @OptionGroup var data: DataOption

        func run() async throws {
            guard let name = Domain(domain) else {
                throw Failure(
                    "'\(domain)' is no domain; write it as in the address bar: example.com",
                    code: Failure.usage)
            }
            let installation = try await Installation.open(data)
            let now = installation.clock.now()
            var settings = SiteSettings()
            try options.apply(to: &settings)
            // From the start of time: imports may bring days before today.
            let first = SiteEpoch(start: Instant(milliseconds: 0), timeZone: Self.localZone)
            let site = try installation.database.addSite(
                name, epoch: try epoch.changed(first, installation.settings.terms),
                settings: settings, at: now)
            Console.say("Added \(site.domain). Paste this line into its pages, before </head>:")
            Console.print(
                """
                <script defer data-site="\(site.domain)" src="https://YOUR-COLLECTOR/footfall.js"></script>
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
                never re-cut days that have passed; all others are in force within 2 seconds.

                Example, to leave your own visits out: \
                footfall site edit huntprox.com --exclude-address 198.51.100.7
                """)

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var epoch: EpochOptions
        @OptionGroup var options: SiteOptions
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            let now = installation.clock.now()
            var settings = site.settings
            try options.apply(to: &settings)
            let calendar = site.calendar
            let current = calendar.epoch(at: now)
            var next = try epoch.changed(current, installation.settings.terms)
            next.start = calendar.end(of: calendar.day(of: now))
            let isChanged = epoch.isGiven
            try installation.database.updateSite(
                site, settings: settings, nextEpoch: isChanged ? next : nil, at: now)
            Console.say(
                isChanged
                    ? "Changed \(site.domain); time zone, rotation and timeout from \(next.start)."
                    : "Changed \(site.domain).")
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
