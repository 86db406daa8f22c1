import Analytics
import ArgumentParser
import Dashboard
import Storage

struct BooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "books", abstract: "What was received, kept and dropped, and why.",
        discussion: """
            Exits with 1 when received is not kept + dropped.

            Example: footfall books huntprox.com --period 7d
            """)

    @Argument(help: "The site's domain.") var domain: String
    @OptionGroup var period: PeriodOption
    @Option(help: "text or json.") var format = TextOrJSON.text
    @OptionGroup var data: DataOption

    func run() async throws {
        let chosen = try period.parsed()
        let installation = try await Installation.open(data)
        let site = try installation.database.site(named: domain)
        let books = try installation.figures
            .books(of: site, on: installation.days(of: chosen, site))
            .values.reduce(into: Books(), +=)
        switch format {
        case .json: Console.print(books.json.text)
        case .text: Console.printRaw(Console.renderer.render(books))
        }
        guard books.balances else {
            throw Failure("The books of \(site.domain) do not balance; see 'footfall aggregate'.")
        }
    }
}
