import Analytics
import ArgumentParser
import Dashboard
import Storage

struct ExcludeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exclude",
        abstract: "Leave sessions out of a site's figures: add, list and remove rules.",
        discussion: """
            Today shows a change at once; days that have passed and whose raw events are kept are \
            folded anew by the next 'footfall aggregate', older ones keep their figures. Your own \
            address is better left out with 'footfall site edit --exclude-address'.
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Leave out the sessions that all of these hold for.",
            discussion: """
                In a value * is any text and ? one sign. A page or event is that of any part of \
                the session.

                Example: footfall exclude add huntprox.com --country CN --engaged 0
                """)

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var conditions: ExclusionOptions
        @OptionGroup var data: DataOption

        func run() async throws {
            guard let sessions = conditions.sessions else {
                throw Failure(
                    "Say which sessions, such as --country CN --engaged 0.", code: Failure.usage)
            }
            let installation = try await Installation.open(data)
            var number = 0
            let site = try installation.change(domain) { site, settings in
                if let same = settings.exclusions.first(where: { $0.sessions == sessions }) {
                    throw Failure(
                        "\(site.domain) has that exclusion already: number \(same.number).",
                        code: Failure.usage)
                }
                number = (settings.exclusions.map(\.number).max() ?? 0) + 1
                settings.exclusions.append(Exclusion(number: number, sessions: sessions))
                return nil
            }
            Console.say("Exclusion \(number) of \(site.domain): \(sessions.text).")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a site's exclusions, with how many sessions each hides.",
            discussion: """
                Counted over the days up to 30 whose raw events are kept; a session that two \
                exclusions hide counts in both.

                Example: footfall exclude list huntprox.com
                """)

        @Argument(help: "The site's domain.") var domain: String
        @Option(help: "text or json.") var format = TextOrJSON.text
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            var figures = installation.figures
            figures.showsExcluded = true
            let days = try figures.foldableDays(
                endingLike: installation.days(of: .standard, site), of: site)
            var hidden: [(exclusion: Exclusion, sessions: Int)] = []
            for exclusion in site.settings.exclusions {
                let found = try figures.open(
                    site, days, filter: exclusion.sessions, dimensions: []
                )
                .figures(dimension: nil)
                hidden.append((exclusion, found.totals.sessions))
            }
            switch format {
            case .json: Console.print(Self.json(hidden, site, days).text)
            case .text:
                for (exclusion, sessions) in hidden {
                    Console.print(
                        "\(exclusion.number)  \(PlainText.of(exclusion.sessions.text))  "
                            + "hides \(sessions) sessions since \(days.lowerBound)")
                }
                if hidden.isEmpty { Console.say("\(site.domain) has no exclusions.") }
            }
        }

        private static func json(
            _ hidden: [(exclusion: Exclusion, sessions: Int)], _ site: Site,
            _ days: ClosedRange<LocalDay>
        ) -> JSONValue {
            [
                "site": .string(site.domain.name), "from": .string(days.lowerBound.description),
                "to": .string(days.upperBound.description),
                "exclusions": .array(
                    hidden.map { exclusion, sessions in
                        [
                            "number": .integer(exclusion.number),
                            "conditions": .array(
                                exclusion.sessions.conditions.map { .string($0.text) }),
                            "engaged_seconds": JSONValue(exclusion.sessions.mostEngagedSeconds),
                            "sessions": .integer(sessions),
                        ]
                    }),
            ]
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an exclusion back by its number.",
            discussion: "Example: footfall exclude remove huntprox.com 2")

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The exclusion's number, from 'footfall exclude list'.") var number: Int
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.change(domain) { site, settings in
                settings.exclusions.removeAll { $0.number == number }
                guard settings.exclusions.count < site.settings.exclusions.count else {
                    throw Failure(
                        """
                        \(site.domain) has no exclusion \(number); \
                        'footfall exclude list \(site.domain)' lists them.
                        """, code: Failure.usage)
                }
                return nil
            }
            Console.say("Removed exclusion \(number) of \(site.domain).")
        }
    }
}
