import Analytics
import Dispatch
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Synchronization
import Testing

@testable import Dashboard

@Suite("GET /SITE.txt")
struct DashboardRoutesTests {
    private struct Setup {
        let site: TestSite
        let token: String
        let other: String
        let application: Application<RouterResponder<BasicRequestContext>>
    }

    private func setUp() throws -> Setup {
        let site = try TestSite()
        try site.addRollup("2026-11-20", visitors: 12, pages: ["/slepena": 12])
        let other = try site.database.addSite(
            try #require(Domain("other.test")),
            epoch: SiteEpoch(start: site.now, timeZone: "UTC"), settings: SiteSettings(),
            at: site.now)
        let router = Router(context: BasicRequestContext.self)
        try DashboardRoutes(
            folder: site.folder, database: site.database, reader: site.reader, clock: site.clock,
            notes: { [Note("a note of the caller")] }
        ).add(to: router)
        return Setup(
            site: site,
            token: try site.database.createToken(for: site.site, random: .system, at: site.now),
            other: try site.database.createToken(for: other, random: .system, at: site.now),
            application: Application(router: router))
    }

    @Test("with a token of the site: text, not for caches")
    func figures() async throws {
        let setup = try setUp()
        try await setup.application.test(.router) { client in
            for scheme in ["Bearer", "bearer", "BEARER "] {
                let headers: HTTPFields = [.authorization: "\(scheme) \(setup.token)"]
                try await client.execute(uri: "/shop.test.txt", method: .get, headers: headers) {
                    let text = String(buffer: $0.body)
                    #expect($0.status == .ok)
                    #expect(text.hasPrefix("shop.test"))
                    #expect(text.contains("/slepena") && text.contains("a note of the caller"))
                    #expect(!text.contains("\u{1B}"))
                    #expect($0.headers[.contentType] == "text/plain; charset=utf-8")
                    #expect($0.headers[.cacheControl] == "no-store")
                    #expect($0.headers[.xContentTypeOptions] == "nosniff")
                }
            }
        }
    }

    @Test("without one: no figures, and no hint which sites there are")
    func unauthorized() async throws {
        let setup = try setUp()
        try await setup.application.test(.router) { client in
            var answers: Set<String> = []
            let cases: [(String, String?)] = [
                ("/shop.test.txt", nil), ("/shop.test.txt", ""), ("/shop.test.txt", "Bearer"),
                ("/shop.test.txt", "Bearer "), ("/shop.test.txt", "Bearer \(setup.other)"),
                ("/shop.test.txt", "Bearer \(setup.token)A"),
                ("/shop.test.txt", "Bearer \(setup.token.prefix(20))"),
                ("/shop.test.txt", "Basic \(setup.token)"), ("/shop.test.txt", setup.token),
                ("/shop.test.txt?token=\(setup.token)", nil),
                ("/shop.test.txt?period=nonsense&width=1", nil),
                ("/unknown.test.txt", "Bearer \(setup.token)"), ("/unknown.test.txt", nil),
                ("/shop.test.evil.txt", "Bearer \(setup.token)"),
                ("/%1b.txt", "Bearer \(setup.token)"),
            ]
            for (uri, authorization) in cases {
                var headers: HTTPFields = [:]
                if let authorization { headers[.authorization] = authorization }
                try await client.execute(uri: uri, method: .get, headers: headers) {
                    #expect($0.status == .unauthorized, "\(uri) \(authorization ?? "")")
                    #expect($0.headers[.wwwAuthenticate] == "Bearer")
                    #expect($0.headers[.cacheControl] == "no-store")
                    answers.insert("\($0.headers) \(String(buffer: $0.body))")
                }
            }
            #expect(answers.count == 1)
        }
    }

    @Test(
        "a site's name may be written as beacons may write it",
        arguments: ["/SHOP.Test.txt", "/www.shop.test.txt", "/WWW.SHOP.TEST.txt"])
    func forms(uri: String) async throws {
        let setup = try setUp()
        try await setup.application.test(.router) { client in
            let headers: HTTPFields = [.authorization: "Bearer \(setup.token)"]
            try await client.execute(uri: uri, method: .get, headers: headers) {
                #expect($0.status == .ok)
                #expect(String(buffer: $0.body).hasPrefix("shop.test"))
            }
        }
    }

    @Test("robots are asked to stay away, with no token needed")
    func robots() async throws {
        let setup = try setUp()
        try await setup.application.test(.router) { client in
            try await client.execute(uri: "/robots.txt", method: .get) {
                #expect($0.status == .ok)
                #expect($0.headers[.contentType] == "text/plain; charset=utf-8")
                #expect(String(buffer: $0.body) == "User-agent: *\nDisallow: /\n")
            }
        }
    }

    @Test(
        "wishes",
        arguments: [
            ("period=today", 200), ("period=2026-11", 200), ("width=40", 200), ("width=200", 200),
            ("colour=1", 200), ("colour=0", 200), ("unknown=1", 200), ("period=", 400),
            ("period=nonsense%1b[31m", 400), ("width=39", 400), ("width=201", 400),
            ("width=wide", 400), ("width=", 400), ("colour=yes", 400),
        ])
    func wishes(query: String, status: Int) async throws {
        let setup = try setUp()
        try await setup.application.test(.router) { client in
            let headers: HTTPFields = [.authorization: "Bearer \(setup.token)"]
            try await client.execute(
                uri: "/shop.test.txt?\(query)", method: .get, headers: headers
            ) {
                let text = String(buffer: $0.body)
                #expect($0.status.code == status)
                #expect($0.headers[.contentType] == "text/plain; charset=utf-8")
                #expect(text.contains("\u{1B}") == (query == "colour=1"))
                #expect(text.replacing("\u{1B}[0m", with: "").hasSuffix(".\n"))
            }
        }
    }
}

/// How many run now, and how many ran at once at most.
private final class Counter: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func count<Value>(_ body: () -> Value) -> Value {
        state.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        defer { state.withLock { $0.now -= 1 } }
        return body()
    }
}

@Suite("Waiting room")
struct WaitingRoomTests {
    @Test("never more run at once than may, all that are taken are answered")
    func bounds() async throws {
        let room = WaitingRoom(mostRunning: 2, mostWaiting: 100)
        let counter = Counter()
        let results = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<60 {
                group.addTask {
                    try await room.run {
                        counter.count { (0..<2_000).reduce(number) { $0 ^ $1 ^ $1 } }
                    }
                }
            }
            return try await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(results.compactMap(\.self).sorted() == Array(0..<60))
        #expect(counter.most <= 2)
    }

    @Test("who would wait in too long a line is turned away; errors come through")
    func refusal() async throws {
        struct Failure: Error {}
        let room = WaitingRoom(mostRunning: 1, mostWaiting: 0)
        let (entered, leave) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let first = room.run {
            entered.signal()
            leave.wait()
            return 1
        }
        // The only place is taken from here on.
        await Task.detached { waitFor(entered) }.value
        #expect(try await room.run { 2 } == nil)
        leave.signal()
        #expect(try await first == 1)
        #expect(try await WaitingRoom().run { 3 } == 3)
        await #expect(throws: Failure.self) {
            _ = try await WaitingRoom().run { () throws -> Int in throw Failure() }
        }
    }
}

/// A semaphore may not be waited for in an asynchronous function itself.
private func waitFor(_ semaphore: DispatchSemaphore) { semaphore.wait() }
