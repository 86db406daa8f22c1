import Analytics
import HTTPTypes
package import Hummingbird
package import Storage

/// `GET /SITE.txt`: the text dashboard, for who sends one of the site's tokens as
/// `Authorization: Bearer TOKEN`; the site's name in any form that beacons may use. And
/// `GET /robots.txt`, which asks robots to stay away: there is nothing to index.
///
/// Query: `period` (as on the command line), `width` (40 to 200 columns, 80 unless said), `colour`
/// (1 for ANSI colours). Answers: 200; 401 without a right token, and for sites that there aren't,
/// so that nobody learns which there are; 400 for a query that can't be understood; 503 when too
/// many wait, or another process holds the database.
package struct DashboardRoutes: Sendable {
    private let database: MainDatabase
    private let clock: Clock
    private let builder: DashboardBuilder
    private let notes: @Sendable () -> [Note]
    private let room = WaitingRoom()

    /// - Parameter notes: what every dashboard should say besides, such as a proxy that nobody
    ///   named; asked for at each request.
    /// - Throws: what is wrong with the dashboard's file.
    package init(
        folder: DataFolder, database: MainDatabase, reader: FigureReader, clock: Clock,
        notes: @escaping @Sendable () -> [Note] = { [] }
    ) throws(DefinitionError) {
        self.database = database
        self.clock = clock
        self.notes = notes
        builder = DashboardBuilder(
            definition: try .overview(), reader: reader, folder: folder, database: database)
    }

    package func add<Context: RequestContext>(to router: Router<Context>) {
        router.get("/robots.txt") { request, context in
            var response = "User-agent: *\nDisallow: /\n".response(from: request, context: context)
            response.headers[.contentType] = "text/plain; charset=utf-8"
            return response
        }
        router.get("/{site}.txt") { request, context in
            let name = try context.parameters.require("site")
            let token = Self.token(in: request)
            let query = request.uri.queryParameters
            let wishes = Wishes(
                period: query["period"].map(String.init), width: query["width"].map(String.init),
                colour: query["colour"].map(String.init))
            let answer = try await room.run { try self.answer(name, token, wishes) } ?? .busy
            var response = answer.text.response(from: request, context: context)
            response.status = answer.status
            for field in Self.headers(of: response.status) {
                response.headers[field.name] = field.value
            }
            return response
        }
    }

    // MARK: The answer

    private struct Answer: Sendable {
        var status: HTTPResponse.Status
        var text: String

        static let busy = Answer(
            status: .serviceUnavailable, text: "Too many ask for figures now; try again soon.\n")
        static let locked = Answer(
            status: .serviceUnavailable,
            text: "Another process holds the database now; try again soon.\n")
        static let unauthorized = Answer(
            status: .unauthorized,
            text: """
                Figures are shown to who sends a token of the site:
                    curl -H 'Authorization: Bearer TOKEN' ADDRESS
                A token is made with: footfall token create SITE

                """)
    }

    /// The query as it came.
    private struct Wishes: Sendable {
        var period: String?
        var width: String?
        var colour: String?
    }

    private func answer(
        _ name: String, _ token: String?, _ wishes: Wishes
    ) throws(StorageError) -> Answer {
        do {
            return try report(name, token, wishes)
        } catch {
            guard case .locked = error else { throw error }
            return .locked
        }
    }

    private func report(
        _ name: String, _ token: String?, _ wishes: Wishes
    ) throws(StorageError) -> Answer {
        guard let token, let site = try site(named: name), try database.isToken(token, of: site)
        else { return .unauthorized }
        let period: Period
        let renderer: TextRenderer
        do {
            period = try Self.period(wishes.period)
            renderer = try Self.renderer(wishes)
        } catch {
            return Answer(status: .badRequest, text: PlainText.of(error.description) + "\n")
        }
        let report = try builder.report(of: site, period: period, now: clock.now(), notes: notes())
        return Answer(status: .ok, text: renderer.render(report))
    }

    private func site(named name: String) throws(StorageError) -> Site? {
        guard let domain = Domain(name) else { return nil }
        return try database.sites().first { $0.domain == domain }
    }

    private struct BadWish: Error, CustomStringConvertible {
        var description: String
    }

    private static func period(_ text: String?) throws(BadWish) -> Period {
        guard let text else { return .standard }
        do {
            return try Period(text)
        } catch {
            throw BadWish(description: error.description)
        }
    }

    private static func renderer(_ wishes: Wishes) throws(BadWish) -> TextRenderer {
        let widths = TextRenderer.widths
        guard let width = Int(wishes.width ?? "80"), widths.contains(width) else {
            throw BadWish(
                description: "width is a number from \(widths.lowerBound) to \(widths.upperBound).")
        }
        guard let usesColour = ["0": false, "1": true][wishes.colour ?? "0"] else {
            throw BadWish(description: "colour is 0 or 1.")
        }
        return TextRenderer(width: width, usesColour: usesColour, usesASCII: false)
    }

    // MARK: Headers

    /// The token of `Authorization: Bearer TOKEN` (RFC 6750 §2.1); the scheme in any case.
    private static func token(in request: Request) -> String? {
        guard let field = request.headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].drop { $0 == " " }.isEmpty ? nil : String(parts[1].drop { $0 == " " })
    }

    private static func headers(of status: HTTPResponse.Status) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if status == .serviceUnavailable { headers[.retryAfter] = "5" }
        return headers
    }
}
