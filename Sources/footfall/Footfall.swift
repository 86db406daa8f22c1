import ArgumentParser
import Foundation

/// `footfall`: one file a subcommand, wiring, no rules.
@main
struct Footfall: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "footfall",
        abstract: "Web analytics that a site runs itself.",
        discussion: """
            Exit codes: 0 done, 1 failed, 64 wrong usage, 75 try again later.

            Settings come from flags, then FOOTFALL_* environment variables, then footfall.yaml \
            in the data folder, then defaults; 'footfall serve --help' lists them. A relative path \
            in a setting starts at the data folder.
            """,
        version: version,
        subcommands: [
            ServeCommand.self, AggregateCommand.self, DashboardCommand.self, QueryCommand.self,
            SessionsCommand.self, BooksCommand.self, BotsCommand.self, GoalCommand.self,
            FunnelCommand.self, ChannelCommand.self, ExcludeCommand.self, SiteCommand.self,
            TokenCommand.self, ImportCommand.self, ExportCommand.self, ExplainCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        ProcessSafety.apply()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Our own errors are whole sentences on standard error with an exit code; the parser's keep
    /// its form.
    private static func end(with error: any Error) -> Never {
        guard let failure = Failure(error) else { exit(withError: error) }
        Console.error(failure.message)
        Foundation.exit(failure.code)
    }
}
