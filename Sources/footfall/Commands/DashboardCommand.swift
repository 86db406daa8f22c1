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

            \(FilterOptions.discussion)

            Example: footfall dashboard huntprox.com --period 7d --filter country=LV
            """)

    @Argument(help: "The site's domain.") var domain: String
    @OptionGroup var period: PeriodOption
    @OptionGroup var filters: FilterOptions
    @Option(help: "text or json.") var format = TextOrJSON.text
    @OptionGroup var data: DataOption

    func run() async throws {
        let filter = try filters.parsed()
        let installation = try await Installation.open(data)
        let site = try installation.database.site(named: domain)
        let figures = installation.figures
        let now = installation.clock.now()
        var chosen = try period.parsed()
        if filter != nil, !period.isGiven {
            let days = installation.days(of: chosen, site)
            let foldable = try figures.foldableDays(endingLike: days, of: site)
            if foldable != days { chosen = Period(days: foldable) }
        }
        var bar = ProgressBar(label: "Folding days")
        let report = try DashboardBuilder(
            definition: .overview(), reader: figures, folder: installation.folder,
            database: installation.database
        ).report(
            of: site, period: chosen, filter: filter, now: now,
            notes: installation.dashboardNotes
        ) { bar.update($0, of: $1) }
        bar.finish()
        if case .emptyPeriod = report.state {
            try filters.hint(filter, report.days, site, figures)
        }
        switch format {
        case .json: Console.print(report.json.text)
        case .text: Console.printRaw(Console.renderer.render(report))
        }
    }
}
