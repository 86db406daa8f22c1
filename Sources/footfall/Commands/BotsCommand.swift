import Analytics
import ArgumentParser
import Dashboard
import Storage

struct BotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bots", abstract: "What was taken for bots, and by which rule.",
        discussion: """
            Bots are in no figure; they are set aside as long as raw events are kept. \
            'footfall explain' tells what a rule says of one request.

            Example: footfall bots huntprox.com --period 7d
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
        let bots = try EventReader(folder: installation.folder).caughtBots(of: site, on: days)
        switch format {
        case .json: Console.print(CaughtBots.json(bots, of: site.domain, on: days).text)
        case .text: Console.printRaw(Console.renderer.render(bots, of: site.domain, on: days))
        }
    }
}
