import Analytics
import ArgumentParser
import Dashboard
import Storage

struct GoalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "goal",
        abstract: "What visitors shall do on a site: add, list and remove goals.",
        discussion: """
            'footfall query SITE --dimension goal --metrics conversions,conversion_rate' tells how \
            often they are reached. \(GoalOptions.discussion)
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a goal: an event, or pages.",
            discussion: """
                In a pattern * is any text and ? one sign. With a value each conversion is worth \
                that much, without one the revenue that its event brings.

                Example: footfall goal add huntprox.com Newsletter --event signup --value 2.50 \
                --currency EUR
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The goal's name.") var name: String
        @Option(help: "A pattern for the event's name.") var event: String?
        @Option(help: "A pattern for the page's path.") var page: String?
        @Option(help: "What a conversion is worth, such as 2.50.") var value: String?
        @Option(help: "The value's currency, such as EUR.") var currency: String?
        @OptionGroup var data: DataOption

        func run() async throws {
            var goal = Goal(
                name: try GoalOptions.name(name), target: try target(), value: try worth())
            let installation = try await Installation.open(data)
            let site = try installation.change(domain) { site, settings in
                guard !settings.goals.contains(where: { $0.name == goal.name }) else {
                    throw Failure(
                        "\(site.domain) has a goal '\(goal.name)' already; remove it first.",
                        code: Failure.usage)
                }
                guard settings.goals.count < Goal.most else {
                    throw Failure("A site has at most \(Goal.most) goals.", code: Failure.usage)
                }
                goal.since = try installation.figures.firstDayOfNewRules(of: site)
                settings.goals.append(goal)
                return nil
            }
            Console.say("Goal '\(goal.name)' of \(site.domain): \(goal.target.text).")
        }

        private func target() throws -> GoalTarget {
            switch (event, page) {
            case (let event?, nil): return try GoalOptions.target(.event, event)
            case (nil, let page?): return try GoalOptions.target(.page, page)
            default:
                throw Failure(
                    "Say what reaches the goal: --event signup, or --page '/thanks*'.",
                    code: Failure.usage)
            }
        }

        private func worth() throws -> Revenue? {
            guard value != nil || currency != nil else { return nil }
            guard let value, let currency, let worth = Revenue(currency: currency, amount: value),
                worth.minorUnits >= 0
            else {
                throw Failure(
                    "A value needs an amount and a currency: --value 2.50 --currency EUR.",
                    code: Failure.usage)
            }
            return worth
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a site's goals, with how often each was reached.",
            discussion: "Example: footfall goal list huntprox.com --period 7d")

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var period: PeriodOption
        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let chosen = try period.parsed()
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            let days = installation.days(of: chosen, site)
            let reports = try site.settings.goals.map { goal in
                // A name may have meant something else before.
                let known = GoalOptions.days(goal.since, days)
                return GoalReport(
                    goal,
                    try installation.figures.open(site, known, dimensions: [.goal])
                        .figures(dimension: .goal),
                    days)
            }
            switch format {
            case .json: Console.print(GoalReport.json(reports, of: site.domain, on: days).text)
            case .text:
                Console.printRaw(Console.renderer.render(goals: reports, of: site.domain, on: days))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a goal by its name.",
            discussion: "Example: footfall goal remove huntprox.com Newsletter")

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The goal's name.") var name: String
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.change(domain) { site, settings in
                settings.goals.removeAll { $0.name == name }
                guard settings.goals.count < site.settings.goals.count else {
                    throw Failure(
                        """
                        \(site.domain) has no goal '\(name)'; \
                        'footfall goal list \(site.domain)' lists them.
                        """, code: Failure.usage)
                }
                return nil
            }
            Console.say("Removed goal '\(name)' of \(site.domain).")
        }
    }
}
