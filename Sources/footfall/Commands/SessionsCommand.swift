import Analytics
import ArgumentParser
import Dashboard
import Storage

struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Each session that starts on a day, with start and end.",
        discussion: """
            One JSON object a line, by start; the day's raw events must still be there.

            Example: footfall sessions huntprox.com --day 2026-11-22
            """)

    @Argument(help: "The site's domain.") var domain: String
    @Option(help: "A local day of the site, such as 2026-11-22 (today).") var day: String?
    @Option(help: "ndjson.") var format = NDJSONOnly.ndjson
    @OptionGroup var data: DataOption

    func run() async throws {
        let chosen = try day.map(Arguments.day)
        let installation = try await Installation.open(data)
        let site = try installation.database.site(named: domain)
        let sessions = try installation.figures.sessions(
            of: site, on: chosen ?? installation.today(of: site))
        for session in sessions { Console.print(session.json.text) }
    }
}
