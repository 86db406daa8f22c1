import Analytics
import ArgumentParser
import Dashboard
import Storage

struct BotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bots",
        abstract: "What was taken for bots, and by which rule; let a rule's bots in.",
        discussion: """
            Bots are in no figure; they are set aside as long as raw events are kept. \
            'footfall explain' tells what a rule says of one request.

            Example: footfall bots huntprox.com --period 7d
            """,
        subcommands: [List.self, Allow.self, Disallow.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the rules with how many beacons each caught.",
            discussion: "Example: footfall bots huntprox.com --period 7d")

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var period: PeriodOption
        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let chosen = try period.parsed()
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            let days = installation.days(of: chosen, site)
            let bots = try EventReader(folder: installation.folder).caughtBots(
                of: site, on: days, verdicts: try installation.rules().bots.verdicts)
            switch format {
            case .json: Console.print(CaughtBots.json(bots, of: site.domain, on: days).text)
            case .text: Console.printRaw(Console.renderer.render(bots, of: site.domain, on: days))
            }
        }
    }

    struct Allow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Count what some rules catch like people's visits.",
            discussion: """
                From now on, and what was set aside: today shows it at once, days that have passed \
                and whose raw events are kept are folded anew by the next 'footfall aggregate'.

                Example: footfall bots allow huntprox.com uptimerobot
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The rules' names, from 'footfall bots SITE'.") var rules: [String]
        @OptionGroup var data: DataOption

        func run() async throws {
            try await BotsCommand.change(domain, data) { site, installation in
                for rule in try BotsCommand.unknown(rules, installation, site) {
                    throw Failure(
                        """
                        There is no rule '\(PlainText.of(rule))'; 'footfall bots \(site.domain)' \
                        lists those that caught something.
                        """, code: Failure.usage)
                }
                return site.settings.allowedBots + rules
            }
            Console.say("\(domain) counts what is taken for \(list(rules)).")
        }
    }

    struct Disallow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take rules for bots again that were allowed.",
            discussion: """
                What was set aside before they were allowed leaves the figures again, as far as its \
                days can be folded; what came in the meantime was kept as visits, and stays.

                Example: footfall bots disallow huntprox.com uptimerobot
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The rules' names.") var rules: [String]
        @OptionGroup var data: DataOption

        func run() async throws {
            try await BotsCommand.change(domain, data) { site, _ in
                let allowed = site.settings.allowedBots
                for rule in rules where !allowed.contains(rule) {
                    throw Failure(
                        "\(site.domain) does not allow '\(PlainText.of(rule))'.",
                        code: Failure.usage)
                }
                return allowed.filter { !rules.contains($0) }
            }
            Console.say("\(domain) sets aside what is taken for \(list(rules)).")
        }
    }

    private static func change(
        _ domain: String, _ data: DataOption,
        _ allowed: (Site, Installation) throws -> [String]
    ) async throws {
        let installation = try await Installation.open(data)
        try installation.change(domain) { site, settings in
            settings.allowedBots = try allowed(site, installation)
            return nil
        }
    }

    /// Those that are neither rules of this version, nor of the owner's tables, nor caught something
    /// before a table changed.
    private static func unknown(
        _ rules: [String], _ installation: Installation, _ site: Site
    ) throws -> [String] {
        let verdicts = try installation.rules().bots.verdicts
        let others = rules.filter { rule in !verdicts.contains { $0.rule == rule } }
        if others.isEmpty { return [] }
        let today = installation.today(of: site)
        let caught = try EventReader(folder: installation.folder).caughtBots(
            of: site, on: today.advanced(by: -Period.mostDays)...today, verdicts: verdicts)
        return others.filter { rule in !caught.contains { $0.rule == rule } }
    }
}

private func list(_ rules: [String]) -> String { rules.joined(separator: ", ") }
