import Analytics
import Foundation
import Storage
import Testing

@testable import Exchange

/// A made-up log and what is true of it, worked out person by person by the definitions alone.
private struct TruthLog {
    struct Hit {
        var person: Int
        var seconds: Int64
        var page: String
    }

    struct Visit: Hashable {
        var start: Int64
        var end: Int64
        var entryPage: String
        var exitPage: String
        var pageviews: Int
    }

    struct Day: Equatable {
        var visitors = 0
        var sessions = 0
        var pageviews = 0
        var bounces = 0
        var sessionMilliseconds: Int64 = 0
    }

    /// 00:00 in Riga on 17 November 2026, the first of four days.
    static let firstMidnight = Instant("2026-11-16T22:00:00Z")!.milliseconds / 1_000
    static let dayCount = 4

    var hits: [Hit] = []

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for person in 0..<30 {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                var time = Self.start(&random)
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    guard (0..<Int64(Self.dayCount) * 86_400).contains(time - Self.firstMidnight)
                    else { break }
                    hits.append(
                        Hit(
                            person: person, seconds: time,
                            page: "/p\(Int.random(in: 0..<9, using: &random))"))
                    time += [30, 400, 1_799, 1_800, 1_801, 3_000].randomElement(using: &random)!
                }
            }
        }
        // Servers write at the end of a request: nearly in order.
        hits.sort { $0.seconds < $1.seconds }
        for index in stride(from: 0, to: hits.count - 1, by: 3)
        where hits[index].seconds != hits[index + 1].seconds {
            hits.swapAt(index, index + 1)
        }
    }

    /// Half of the visits begin within the hour before a midnight.
    private static func start(_ random: inout SeededGenerator) -> Int64 {
        let day = Int64.random(in: 0..<Int64(dayCount), using: &random) * 86_400
        let second =
            Bool.random(using: &random)
            ? Int64.random(in: 82_800..<86_400, using: &random)
            : Int64.random(in: 0..<86_400, using: &random)
        return firstMidnight + day + second
    }

    var lines: [String] {
        hits.map { hit in
            TestLine(
                at: Instant(milliseconds: hit.seconds * 1_000), hit.page,
                // Two people a network, told apart by their browsers.
                address: "81.198.10.\(hit.person / 2)",
                agent: TestLine.chrome + (hit.person % 2 == 0 ? "" : " Edg/142.0.0.0"),
                offset: hit.person % 3
            ).combined
        }
    }

    private func day(of seconds: Int64) -> Int { Int((seconds - Self.firstMidnight) / 86_400) }

    /// Sessions by the day on which they start, and each day's figures.
    func truth() -> (visits: [[Visit]], days: [Day]) {
        var visits: [[Visit]] = Array(repeating: [], count: Self.dayCount)
        var days = Array(repeating: Day(), count: Self.dayCount)
        for (_, hits) in Dictionary(grouping: hits, by: \.person) {
            var sessions: [[Hit]] = []
            // Sorting by time and place keeps the lines' order within a second.
            for hit in hits.enumerated().sorted(by: {
                ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset)
            }).map(\.element) {
                if let last = sessions.last?.last, hit.seconds - last.seconds <= 1_800 {
                    sessions[sessions.count - 1].append(hit)
                } else {
                    sessions.append([hit])
                }
            }
            // A session keeps the visitor of the day it began on, wherever it ends.
            var seen: Set<[Int]> = []
            for session in sessions {
                let (first, last) = (session[0], session[session.count - 1])
                let start = day(of: first.seconds)
                visits[start].append(
                    Visit(
                        start: first.seconds, end: last.seconds, entryPage: first.page,
                        exitPage: last.page, pageviews: session.count))
                days[start].sessions += 1
                days[start].bounces += session.count == 1 ? 1 : 0
                days[start].sessionMilliseconds += (last.seconds - first.seconds) * 1_000
                for hit in session {
                    days[day(of: hit.seconds)].pageviews += 1
                    if seen.insert([day(of: hit.seconds), start]).inserted {
                        days[day(of: hit.seconds)].visitors += 1
                    }
                }
            }
        }
        return (visits, days)
    }
}

@Suite("Truth of an import")
struct ImportTruthTests {
    @Test("every session and every day's figures are those of the log", arguments: Seeds.some)
    func truth(seed: UInt64) throws {
        let log = TruthLog(seed: seed)
        let truth = log.truth()
        let place = try TestInstallation()
        try place.importLog(log.lines)
        let report = try place.aggregate()
        #expect(report.problems.isEmpty, "seed \(seed)")
        for index in 0..<TruthLog.dayCount {
            let day = "2026-11-\(17 + index)"
            let found = try place.sessions(day).map { session in
                TruthLog.Visit(
                    start: session.start.milliseconds / 1_000,
                    end: session.end.milliseconds / 1_000, entryPage: session.entryPage ?? "",
                    exitPage: session.exitPage ?? "", pageviews: session.pageviews)
            }
            #expect(
                counted(found) == counted(truth.visits[index]), "sessions of \(day), seed \(seed)")
            let totals = try place.totals(day)
            let figures = TruthLog.Day(
                visitors: totals.visitors, sessions: totals.sessions,
                pageviews: totals.pageviews, bounces: totals.bounces,
                sessionMilliseconds: totals.sessionMilliseconds)
            #expect(figures == truth.days[index], "\(day), seed \(seed)")
        }
        #expect(try place.aggregate(.verify).problems.isEmpty, "seed \(seed)")
    }

    private func counted(_ visits: [TruthLog.Visit]) -> [TruthLog.Visit: Int] {
        visits.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}

@Suite("A big import", .enabled(if: Seeds.isLongRun, "a long run (FOOTFALL_SEEDS)"))
struct BigImportTests {
    /// Ever new visitors, pages and referrers are the worst for every cache and dictionary.
    @Test("memory stays bounded")
    func memory() throws {
        let place = try TestInstallation()
        let path = try place.write("")
        let file = try #require(FileHandle(forWritingAtPath: path))
        let lineCount = 3_000_000
        for block in 0..<(lineCount / 10_000) {
            var text = ""
            for number in (block * 10_000)..<((block + 1) * 10_000) {
                let time = Instant("2026-11-01T00:00:00Z")! + .seconds(Int64(number) / 2)
                text +=
                    TestLine(
                        at: time, "/page/\(number)",
                        address: "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)",
                        referrer: "https://site-\(number).example/"
                    ).combined + "\n"
            }
            file.write(Data(text.utf8))
        }
        try file.close()
        let before = Self.residentBytes()
        var peak = before
        var options = LogImport.Options()
        options.rowsInMemory = 500_000
        let summary = try LogImport(
            site: place.site, folder: place.folder, database: place.database, clock: place.clock,
            steps: IngestSteps(), options: options
        ).run(files: [path], progress: { _ in peak = max(peak, Self.residentBytes()) })
        #expect(summary[.pageview] == lineCount)
        // Rows, three caches, the visitors of a day and 500,000 texts of a kind.
        #expect(peak - before < 1_000_000_000, "\((peak - before) / 1_000_000) MB")
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096
    }
}
