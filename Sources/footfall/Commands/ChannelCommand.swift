import Analytics
import ArgumentParser
import Dashboard
import Storage

struct ChannelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel",
        abstract: "A site's own channels: add, list and remove them.",
        discussion: """
            They stand before the standard channels wherever channels are told: 'footfall query \
            SITE --dimension channel', filters, exclusions, dashboards. \(GoalOptions.discussion)
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a channel: the sessions that all of these hold for.",
            discussion: """
                A field is source, channel (the standard one), referrer, utm_source, utm_medium, \
                utm_campaign, utm_content or utm_term. In a pattern * is any text and ? one sign, \
                capital and small letters alike; (none) finds sessions that have no such value, \
                ?* those that have any.

                Of several channels that fit, the one that was added first counts. A standard \
                channel's name, such as Email, adds to that channel what fits.

                Example: footfall channel add huntprox.com Newsletter --if 'utm_source=news*' \
                --if utm_medium=mail
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The channel's name.") var name: String
        @Option(
            name: .customLong("if"),
            help: ArgumentHelp(
                "A condition, such as 'utm_source=news*'; repeatable, all must hold.",
                valueName: "field=pattern"))
        var conditions: [String] = []
        @OptionGroup var data: DataOption

        func run() async throws {
            var channel = try CustomChannel(
                name: try GoalOptions.name(name), conditions: conditions)
            let installation = try await Installation.open(data)
            let site = try installation.change(domain) { site, settings in
                channel.since = try installation.figures.firstDayOfNewRules(of: site)
                try settings.channels.add(channel, to: site.domain)
                return nil
            }
            Console.say(
                "Channel '\(channel.name)' of \(site.domain): "
                    + channel.conditions.map(\.text).joined(separator: " and ") + ".")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a site's own channels, with how many sessions each had.",
            discussion: """
                In their order: of several that fit, the first counts. One with a standard \
                channel's name has that channel's sessions, too.

                Example: footfall channel list huntprox.com --period 7d
                """)

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var period: PeriodOption
        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let chosen = try period.parsed()
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            let days = installation.days(of: chosen, site)
            // Most were added while the same days were known.
            var figures: [ClosedRange<LocalDay>: RangeFigures] = [:]
            let reports = try site.settings.channels.map { channel in
                // A name may have meant something else before.
                let known = GoalOptions.days(channel.since, days)
                let found =
                    try figures[known]
                    ?? installation.figures.open(site, known, dimensions: [.channel])
                    .figures(dimension: .channel)
                figures[known] = found
                return ChannelReport(channel, found, days)
            }
            switch format {
            case .json: Console.print(ChannelReport.json(reports, of: site.domain, on: days).text)
            case .text:
                Console.printRaw(
                    Console.renderer.render(channels: reports, of: site.domain, on: days))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a channel by its name.",
            discussion: "Example: footfall channel remove huntprox.com Newsletter")

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The channel's name.") var name: String
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            var removed = ""
            let site = try installation.change(domain) { site, settings in
                guard let index = settings.channels.index(named: name.trimmed) else {
                    throw Failure(
                        """
                        \(site.domain) has no channel '\(name)' of its own; \
                        'footfall channel list \(site.domain)' lists them.
                        """, code: Failure.usage)
                }
                removed = settings.channels.remove(at: index).name
                return nil
            }
            Console.say("Removed channel '\(removed)' of \(site.domain).")
            // A standard one has sessions without the site's rule, too.
            guard !Channel.names.contains(removed) else { return }
            for exclusion in site.settings.exclusions
            where exclusion.sessions.conditions.contains(where: { $0.asks(forChannel: removed) }) {
                Console.say(
                    """
                    Exclusion \(exclusion.number) asks for that channel, which no session has any \
                    more: footfall exclude remove \(site.domain) \(exclusion.number)
                    """)
            }
        }
    }
}

extension FilterCondition {
    fileprivate func asks(forChannel name: String) -> Bool {
        dimension == .channel && (value == name || comparison == .like && Glob(value).matches(name))
    }
}
