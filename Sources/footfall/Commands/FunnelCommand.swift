import Analytics
import ArgumentParser
import Dashboard
import Storage

struct FunnelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "funnel",
        abstract: "Ways through a site, step by step: add, list and remove funnels.",
        discussion: """
            A session comes to a step if it came to the one before and then has such an event or \
            page; others may lie between them. \(GoalOptions.discussion)
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a funnel of 2 to 10 steps.",
            discussion: """
                In a pattern * is any text and ? one sign.

                Example: footfall funnel add huntprox.com Order --step 'page=/product/*' \
                --step page=/cart --step event=purchase
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The funnel's name.") var name: String
        @Option(help: "A step: page=PATTERN or event=PATTERN; in their order.")
        var step: [String] = []
        @OptionGroup var data: DataOption

        func run() async throws {
            var funnel = Funnel(
                name: try GoalOptions.name(name), steps: try step.map(GoalOptions.target))
            guard Funnel.stepCounts.contains(funnel.steps.count) else {
                throw Failure(
                    "A funnel has 2 to 10 steps: --step page=/cart --step event=purchase.",
                    code: Failure.usage)
            }
            let installation = try await Installation.open(data)
            let site = try installation.change(domain) { site, settings in
                guard !settings.funnels.contains(where: { $0.name == funnel.name }) else {
                    throw Failure(
                        "\(site.domain) has a funnel '\(funnel.name)' already; remove it first.",
                        code: Failure.usage)
                }
                guard settings.funnels.count < Funnel.most else {
                    throw Failure("A site has at most \(Funnel.most) funnels.", code: Failure.usage)
                }
                funnel.since = try installation.figures.firstDayOfNewRules(of: site)
                settings.funnels.append(funnel)
                return nil
            }
            Console.say(
                "Funnel '\(funnel.name)' of \(site.domain): \(funnel.steps.count) steps.")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a site's funnels, with how many sessions came to each step.",
            discussion: "Example: footfall funnel list huntprox.com --period 7d")

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var period: PeriodOption
        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let chosen = try period.parsed()
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            let days = installation.days(of: chosen, site)
            let reports = try site.settings.funnels.map { funnel in
                // A name may have meant something else before.
                let known = GoalOptions.days(funnel.since, days)
                return FunnelReport(
                    funnel,
                    try installation.figures.open(site, known, dimensions: [.funnelStep])
                        .figures(dimension: .funnelStep),
                    days)
            }
            switch format {
            case .json: Console.print(FunnelReport.json(reports, of: site.domain, on: days).text)
            case .text:
                Console.printRaw(
                    Console.renderer.render(funnels: reports, of: site.domain, on: days))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a funnel by its name.",
            discussion: "Example: footfall funnel remove huntprox.com Order")

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The funnel's name.") var name: String
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.change(domain) { site, settings in
                settings.funnels.removeAll { $0.name == name }
                guard settings.funnels.count < site.settings.funnels.count else {
                    throw Failure(
                        """
                        \(site.domain) has no funnel '\(name)'; \
                        'footfall funnel list \(site.domain)' lists them.
                        """, code: Failure.usage)
                }
                return nil
            }
            Console.say("Removed funnel '\(name)' of \(site.domain).")
        }
    }
}
