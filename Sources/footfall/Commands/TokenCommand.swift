import Analytics
import ArgumentParser
import Storage

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke tokens for reading figures over HTTP.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; it is shown once.",
            discussion: """
                Example: footfall token create huntprox.com
                Use it: curl -H "Authorization: Bearer TOKEN" http://127.0.0.1:8080/huntprox.com.txt
                Query: period=7d, width=120 (40 to 200 columns), colour=1 (for a terminal).
                """)

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            let token = try installation.database.createToken(
                for: site, random: .system, at: installation.clock.now())
            Console.say("This token reads the figures of \(site.domain). It is not shown again:")
            Console.print(token)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a site's tokens by number.",
            discussion: "Example: footfall token list huntprox.com")

        @Argument(help: "The site's domain.") var domain: String
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            for token in try installation.database.tokens(of: site) {
                Console.print("\(token.id)  made \(token.created)")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a token by its number.",
            discussion: "Example: footfall token revoke huntprox.com 3")

        @Argument(help: "The site's domain.") var domain: String
        @Argument(help: "The token's number, from 'footfall token list'.") var number: Int
        @OptionGroup var data: DataOption

        func run() async throws {
            let installation = try await Installation.open(data)
            let site = try installation.database.site(named: domain)
            guard try installation.database.revokeToken(Int64(number), of: site) else {
                throw Failure("\(site.domain) has no token \(number).", code: Failure.usage)
            }
            Console.say("Revoked token \(number) of \(site.domain).")
        }
    }
}
