import Analytics
import Foundation
import Storage
import Testing

@testable import Exchange

@Suite("Days of an import")
struct ImportDaysTests {
    private static let both = [
        TestLine("2026-11-19T10:00:00Z").combined, TestLine("2026-11-20T10:00:00Z").combined,
        TestLine("2026-11-20T11:00:00Z").combined,
    ]

    private func replacing() -> LogImport.Options {
        var options = LogImport.Options()
        options.replacesDays = true
        return options
    }

    @Test("a day is imported once")
    func once() throws {
        let place = try TestInstallation()
        try place.importLog(Self.both)
        try place.aggregate()
        let again = try place.importLog(
            Self.both + [TestLine("2026-11-18T10:00:00Z").combined, TestLine.chrome])
        #expect(
            again.leftAlone == [
                .init(day: LocalDay("2026-11-19")!, obstacle: .imported, lines: 1),
                .init(day: LocalDay("2026-11-20")!, obstacle: .imported, lines: 2),
            ])
        #expect(again.days.map(\.day) == [LocalDay("2026-11-18")!])
        try place.aggregate()
        #expect(try place.totals("2026-11-18").pageviews == 1)
        #expect(try place.totals("2026-11-19").pageviews == 1)
        #expect(try place.totals("2026-11-20").pageviews == 2)
    }

    @Test("a day with beacons is left alone, replacing or not, folded or not")
    func beacons() throws {
        let place = try TestInstallation()
        // 00:30 in Riga of the 20th, on the UTC day before.
        try place.receiveBeacons(at: [Instant("2026-11-19T22:30:00Z")!])
        for isFolded in [false, true] {
            if isFolded { try place.aggregate() }
            for options in [LogImport.Options(), replacing()] {
                let summary = try place.importLog(
                    [TestLine("2026-11-20T10:00:00Z").combined], options: options)
                #expect(summary.leftAlone.map(\.obstacle) == [.beacons])
                #expect(summary.importID == nil)
            }
        }
        let day = try place.importLog([TestLine("2026-11-19T10:00:00Z").combined])
        #expect(day.importID != nil)
        try place.aggregate()
        #expect(try place.totals("2026-11-20").pageviews == 1)
        #expect(try place.totals("2026-11-19").pageviews == 1)
    }

    @Test("a day that was folded has had beacons, also when they are past their term")
    func foldedDay() throws {
        let place = try TestInstallation()
        let then = place.now
        place.now = Instant("2026-10-01T12:00:00Z")!
        try place.receiveBeacons(at: [Instant("2026-10-01T10:00:00Z")!])
        place.now = Instant("2026-10-03T12:00:00Z")!
        try place.aggregate()
        place.now = then
        // A witness of the clock: another import.
        try place.importLog([TestLine("2026-11-20T10:00:00Z").combined])
        #expect(try place.aggregate().deletedPartitions == ["2026-10-01.sqlite"])
        let summary = try place.importLog(
            [TestLine("2026-10-01T10:00:00Z", offset: 3).combined], options: replacing())
        #expect(summary.leftAlone.map(\.obstacle) == [.beacons])
    }

    @Test("replacing swaps a day and leaves the import's other days", arguments: [false, true])
    func replace(isFolded: Bool) throws {
        let place = try TestInstallation()
        // A session over the midnight between the two days is cut where the replaced day begins.
        try place.importLog(
            Self.both + [
                TestLine("2026-11-19T21:50:00Z", address: "81.198.10.9").combined,
                TestLine("2026-11-19T22:10:00Z", address: "81.198.10.9").combined,
            ])
        if isFolded {
            try place.aggregate()
            #expect(try place.totals("2026-11-19").bounces == 1)
        }
        let again = (0..<5).map { TestLine("2026-11-20T1\($0):00:00Z").combined }
        let summary = try place.importLog(again, options: replacing())
        #expect(summary.replaced == [LocalDay("2026-11-20")!])
        try place.aggregate()
        #expect(try place.aggregate(.verify).problems.isEmpty)
        #expect(try place.totals("2026-11-20").pageviews == 5)
        #expect(try place.totals("2026-11-20").visitors == 1)
        #expect(try place.totals("2026-11-19").pageviews == 2)
        #expect(try place.totals("2026-11-19").bounces == 2)
        #expect(
            try place.database.imports().map(\.days) == [
                [LocalDay("2026-11-19")!], [LocalDay("2026-11-20")!],
            ])
        // Both days have a part on the UTC day of the 19th.
        #expect(
            try place.importFileNames() == [
                "2026-11-19.import-1.2026-11-19.sqlite", "2026-11-20.import-2.2026-11-20.sqlite",
            ])
        try place.importLog(Array(again.prefix(1)), options: replacing())
        #expect(try place.database.imports().map(\.id) == [1, 3])
    }

    @Test("an old day is replaced although its raw events are gone")
    func replaceOldDay() throws {
        let place = try TestInstallation()
        let line = TestLine("2026-08-20T10:00:00Z", offset: 3).combined
        let near = TestLine("2026-08-21T10:00:00Z", offset: 3).combined
        try place.importLog([line, near])
        try place.aggregate()
        #expect(try place.importFileNames().isEmpty)
        try place.importLog([line, line], options: replacing())
        let report = try place.aggregate()
        #expect(report.problems.isEmpty)
        #expect(try place.totals("2026-08-20").pageviews == 2)
        #expect(try place.totals("2026-08-21").pageviews == 1)
        #expect(try place.importFileNames().isEmpty)
    }

    @Test("undo takes back one import", arguments: [false, true])
    func undo(isFolded: Bool) throws {
        let place = try TestInstallation()
        try place.importLog([Self.both[0]])
        try place.importLog(Array(Self.both[1...]))
        if isFolded { try place.aggregate() }
        let outcome = try ImportUndo(folder: place.folder, database: place.database).run(2)
        #expect(outcome.removed == [LocalDay("2026-11-20")!])
        #expect(outcome.domain == place.site.domain)
        #expect(try place.importFileNames() == ["2026-11-19.import-1.2026-11-19.sqlite"])
        let report = try place.aggregate()
        #expect(report.problems.isEmpty)
        #expect(try place.totals("2026-11-19").pageviews == 1)
        #expect(
            try place.database.rollupDays(of: place.site).keys.sorted() == [
                LocalDay("2026-11-19")!
            ])
        #expect(try place.importLog(Self.both).days.map(\.day) == [LocalDay("2026-11-20")!])
        #expect(throws: ImportError.unknownImport(9, known: [1, 3])) {
            try ImportUndo(folder: place.folder, database: place.database).run(9)
        }
    }

    @Test("undo of an old day takes its figures, though its raw events are gone")
    func undoOldDay() throws {
        let place = try TestInstallation()
        try place.importLog([TestLine("2026-08-20T10:00:00Z", offset: 3).combined])
        try place.aggregate()
        #expect(try place.totals("2026-08-20").pageviews == 1)
        _ = try ImportUndo(folder: place.folder, database: place.database).run(1)
        #expect(try place.database.rollupDays(of: place.site).isEmpty)
    }

    @Test("undo leaves the beacons that came after an import of the unfinished day")
    func undoMixedDay() throws {
        let place = try TestInstallation()
        var options = LogImport.Options()
        options.includesToday = true
        try place.importLog([TestLine("2026-11-22T11:00:00Z").combined], options: options)
        try place.receiveBeacons(at: [Instant("2026-11-22T13:00:00Z")!])
        place.now = Instant("2026-11-23T12:00:00Z")!
        try place.aggregate()
        #expect(try place.totals("2026-11-22").pageviews == 2)
        options.replacesDays = true
        let again = try place.importLog(
            [TestLine("2026-11-22T11:00:00Z").combined], options: options)
        #expect(again.leftAlone.map(\.obstacle) == [.beacons])
        let outcome = try ImportUndo(folder: place.folder, database: place.database).run(1)
        #expect(outcome.refolded == [LocalDay("2026-11-22")!])
        try place.aggregate()
        #expect(try place.totals("2026-11-22").pageviews == 1)
    }

    @Test("of a mixed day whose beacons are past their term nothing is guessed")
    func frozenMixedDay() throws {
        let place = try TestInstallation()
        var options = LogImport.Options()
        options.includesToday = true
        try place.importLog([TestLine("2026-11-22T11:00:00Z").combined], options: options)
        try place.receiveBeacons(at: [Instant("2026-11-22T13:00:00Z")!])
        for day in ["2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15", "2026-12-20"] {
            place.now = Instant(day + "T12:00:00Z")!
            try place.aggregate()
        }
        place.now = Instant("2026-12-25T12:00:00Z")!
        #expect(try place.aggregate().deletedPartitions.count == 2)
        options.replacesDays = true
        let again = try place.importLog(
            [TestLine("2026-11-22T11:00:00Z").combined], options: options)
        #expect(again.leftAlone.map(\.obstacle) == [.beacons])
        let outcome = try ImportUndo(folder: place.folder, database: place.database).run(1)
        #expect(outcome.frozen == [LocalDay("2026-11-22")!])
        try place.aggregate()
        #expect(try place.totals("2026-11-22").pageviews == 2)
    }
}
