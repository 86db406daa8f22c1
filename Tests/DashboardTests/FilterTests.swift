import Analytics
import Testing

@testable import Dashboard
@testable import Storage

@Suite("Questions with a filter")
struct FilterTests {
    private static let query = Query(
        days: LocalDay("2026-11-01")!...LocalDay("2026-11-22")!, metrics: [.pageviews],
        filter: SessionFilter(dimension: .page, value: "/"))

    private func site() async throws -> TestSite {
        let site = try TestSite()
        try await site.addPageviews([
            (1, "2026-11-12T10:00:00Z", "/"), (1, "2026-11-20T10:00:00Z", "/"),
            (2, "2026-11-22T10:00:00Z", "/Veikals"),
        ])
        return site
    }

    @Test("all days that were asked for, where their raw events are kept")
    func whole() async throws {
        let site = try await site()
        let days = try site.reader.foldableDays(endingLike: Self.query.days, of: site.site)
        #expect(days == Self.query.days)
        #expect(try site.reader.answer(Self.query, of: site.site).totals == [2])
    }

    @Test("else the days since the last one whose raw events are gone")
    func frozen() async throws {
        let site = try await site()
        try site.addRollup("2026-11-05", visitors: 3)
        try site.addRollup("2026-11-10", visitors: 3)
        let gone = Int64(LocalDay("2026-11-11")!.daysSince1970)
        try site.database.setNote(.deletedThrough, gone)
        #expect(throws: StorageError.self) { try site.reader.answer(Self.query, of: site.site) }
        var query = Self.query
        query.days = try site.reader.foldableDays(endingLike: query.days, of: site.site)
        let answer = try site.reader.answer(query, of: site.site)
        // A session of the 12th may reach back two days, to a partition that is gone.
        #expect(answer.days == LocalDay("2026-11-13")!...LocalDay("2026-11-22")!)
        #expect(answer.totals == [1])
    }

    @Test("none where no day is left")
    func nothing() async throws {
        let site = try await site()
        let gone = Int64(LocalDay("2026-11-22")!.daysSince1970)
        try site.database.setNote(.deletedThrough, gone)
        #expect(throws: StorageError.self) {
            try site.reader.foldableDays(endingLike: Self.query.days, of: site.site)
        }
    }

    @Test(
        "a value in other letters is hinted at, and nothing else is",
        arguments: [
            ("/veikals", "page=/Veikals"), ("/VEIKALS", "page=/Veikals"), ("/Veikals", nil),
            ("/veikal", nil), ("/nowhere", nil),
        ] as [(String, String?)])
    func spelling(value: String, hint: String?) async throws {
        let site = try await site()
        let found = try site.reader.knownSpelling(
            of: SessionFilter(dimension: .page, value: value), on: Self.query.days, of: site.site)
        #expect(found == hint)
    }
}
