import Analytics
import ArgumentParser
import Storage

/// Folds a day's raw events to totals alone, and prints them; writes nothing.
struct TotalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "totals", abstract: "Fold a day to its totals alone.")

    @Option(help: "The data folder.") var data: String
    @Option(help: "The local day.") var day: String

    func run() throws {
        guard let day = LocalDay(day) else { throw ValidationError("--day is not a day") }
        let folder = try DataFolder(path: data)
        let sites = try MainDatabase(folder: folder).sites()
        let calendar = sites[0].calendar
        let (start, end) = (
            FoldWindow.start(of: day, in: calendar), FoldWindow.end(of: day, in: calendar)
        )
        let reader = EventReader(folder: folder)
        var window = try reader.read(
            sites: sites, from: start, to: end,
            expecting: reader.countOfEvents(from: start, to: end))
        var totals = Figures()
        var vocabularies = SiteVocabularies(window)
        for site in sites {
            let (events, vocabulary) = vocabularies.take(site.id, from: &window)
            let figures = SiteFold(site: site, vocabulary: vocabulary, dimensions: [])
                .figures(of: events, on: day...day)
            for day in figures { totals += day.totals }
        }
        print("\(totals.visitors) visitors, \(totals.sessions) sessions, \(totals.pageviews) pageviews")
    }
}
