import Analytics
import ArgumentParser
import Dashboard
import Storage

struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "A site's overview as text.",
        discussion: """
            Shows today's traffic before cron has ever run. Colour only on a terminal; NO_COLOR \
            is honoured.

            Example: footfall dashboard huntprox.com --period 30d
            """)

    @Argument(help: "The site's domain.") var domain: String
    @OptionGroup var period: PeriodOption
    @Option(help: "text or json.") var format = TextOrJSON.text
    @OptionGroup var data: DataOption

    func run() async throws {
        let chosen = try period.parsed()
        let installation = try await Installation.open(data)
        let site = try installation.database.site(named: domain)
        let report = try DashboardBuilder(
            definition: .overview(), reader: installation.figures, folder: installation.folder,
            database: installation.database
        ).report(
            of: site, period: chosen, now: installation.clock.now(),
            notes: installation.dashboardNotes)
        switch format {
        case .json: Console.print(report.json.text)
        case .text: Console.printRaw(Console.renderer.render(report))
        }
    }
}
