import Analytics
import Foundation
import Storage
import Testing

@testable import Exchange

/// A kill leaves what is in the folder at that moment: each test copies the folder at each step
/// and goes on with the copy as the next process would.
@Suite("Killed imports")
struct ImportKillTests {
    private static let lines = [
        TestLine("2026-11-19T10:00:00Z").combined, TestLine("2026-11-19T21:50:00Z").combined,
        TestLine("2026-11-19T22:10:00Z").combined, TestLine("2026-11-20T10:00:00Z").combined,
    ]
    private static let days = ["2026-11-19", "2026-11-20"]

    private func pageviews(_ place: TestInstallation) throws -> [Int] {
        try place.aggregate()
        return try Self.days.map { try place.totals($0).pageviews }
    }

    /// Checks that nothing is left over but what counts.
    private func expectTidy(_ place: TestInstallation, _ title: String) throws {
        #expect(place.drafts.isEmpty, "\(title)")
        let counted = try place.folder.partitions().filter { $0.importID != nil }.map(\.name)
        #expect(try place.importFileNames() == counted.sorted(), "\(title)")
        #expect(try place.database.imports().allSatisfy { $0.completed != nil }, "\(title)")
    }

    @Test("nothing or the whole import is there, and the next one clears up")
    func imported() throws {
        let place = try TestInstallation()
        var copies: [ImportStep: TestInstallation] = [:]
        try place.importLog(
            Self.lines, reached: { copies[$0] = try TestInstallation(copyOf: place) })
        #expect(copies.count == ImportStep.allCases.count)
        for (step, copy) in copies {
            let isRecorded = step == .recorded || step == .cleared
            #expect(try pageviews(copy) == (isRecorded ? [2, 2] : [0, 0]), "\(step)")
            #expect(try copy.aggregate(.verify).problems.isEmpty)
            let summary = try copy.importLog(Self.lines)
            #expect((summary.importID == nil) == isRecorded, "\(step)")
            #expect(try pageviews(copy) == [2, 2], "\(step)")
            try expectTidy(copy, "\(step)")
        }
    }

    @Test("a replaced day has its old figures or its new ones")
    func replaced() throws {
        let place = try TestInstallation()
        try place.importLog(Self.lines)
        try place.aggregate()
        var options = LogImport.Options()
        options.replacesDays = true
        var copies: [ImportStep: TestInstallation] = [:]
        try place.importLog(
            (0..<3).map { TestLine("2026-11-20T1\($0):00:00Z").combined }, options: options,
            reached: { copies[$0] = try TestInstallation(copyOf: place) })
        for (step, copy) in copies {
            let isRecorded = step == .recorded || step == .cleared
            #expect(try pageviews(copy) == (isRecorded ? [2, 3] : [2, 2]), "\(step)")
            #expect(try copy.aggregate(.verify).problems.isEmpty, "\(step)")
            try copy.importLog([])
            try expectTidy(copy, "\(step)")
            #expect(try pageviews(copy) == (isRecorded ? [2, 3] : [2, 2]), "\(step)")
        }
    }

    @Test("an import is there or taken back, as a whole", arguments: [false, true])
    func undone(isFolded: Bool) throws {
        let place = try TestInstallation()
        try place.importLog(Self.lines)
        if isFolded { try place.aggregate() }
        var copies: [ImportUndo.Step: TestInstallation] = [:]
        _ = try ImportUndo(folder: place.folder, database: place.database)
            .run(1) { copies[$0] = try TestInstallation(copyOf: place) }
        #expect(copies.count == ImportUndo.Step.allCases.count)
        for (step, copy) in copies {
            #expect(try pageviews(copy) == (step == .begun ? [2, 2] : [0, 0]), "\(step)")
            try copy.importLog([])
            try expectTidy(copy, "\(step)")
        }
    }

    private struct Fault: Error {}

    @Test("a fault leaves nothing that counts, and is cleared up", arguments: ImportStep.allCases)
    func fault(step: ImportStep) throws {
        let place = try TestInstallation()
        #expect(throws: Fault.self) {
            try place.importLog(Self.lines, reached: { if $0 == step { throw Fault() } })
        }
        let isRecorded = step == .recorded || step == .cleared
        #expect(try pageviews(place) == (isRecorded ? [2, 2] : [0, 0]))
        if step != .recorded, step != .begun { try expectTidy(place, "\(step)") }
        try place.importLog(Self.lines)
        #expect(try pageviews(place) == [2, 2])
        try expectTidy(place, "\(step)")
    }

    @Test("the aggregation's part: what a killed import left is cleared away without another")
    func clearing() throws {
        let place = try TestInstallation()
        var copy: TestInstallation?
        try place.importLog(
            Self.lines, reached: { if $0 == .moved { copy = try TestInstallation(copyOf: place) } })
        let left = try #require(copy)
        #expect(try left.importFileNames().count == 3)
        try ImportLeftovers.clearIfIdle(in: left.folder, left.database)
        #expect(try left.importFileNames().isEmpty)
        #expect(try left.database.imports().isEmpty)
        try expectTidy(left, "cleared")
    }

    @Test("two imports don't run at once, and none publishes while days are folded")
    func locks() throws {
        let place = try TestInstallation()
        var inner: (any Error)?
        try place.importLog(
            Self.lines,
            reached: { step in
                guard step == .drafted else { return }
                do { try place.importLog(Self.lines) } catch { inner = error }
                // An import that runs is not cleared away by the aggregation.
                try ImportLeftovers.clearIfIdle(in: place.folder, place.database)
            })
        #expect(inner as? ImportError == .importRuns(path: place.path))
        #expect(try pageviews(place) == [2, 2])
    }
}
