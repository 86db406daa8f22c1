import Analytics
import ArgumentParser
import Dashboard
import Foundation
import Storage

/// Where the data is; every command that needs it has this option.
struct DataOption: ParsableArguments {
    @Option(help: ArgumentHelp("Data folder.", discussion: "Also FOOTFALL_DATA.", valueName: "dir"))
    var data: String?

    var path: String {
        data ?? ProcessInfo.processInfo.environment["FOOTFALL_DATA"] ?? "data"
    }
}

/// The data folder, opened: what every command works on.
struct Installation {
    let settings: Settings
    let folder: DataFolder
    let database: MainDatabase
    let clock: Clock
    /// Why salts whose time is over could not be destroyed.
    private(set) var saltFailure: StorageError?

    /// Opens the folder, making it if need be. The first act is to destroy salts whose time is
    /// over (I5); where that fails, a command goes on, and says so.
    static func open(
        _ option: DataOption, flags: [SettingKey: String] = [:],
        patience: Duration = MainDatabase.standardPatience
    ) async throws -> Installation {
        let settings = try await Settings.load(data: option.path, flags: flags)
        let folder = try DataFolder(path: option.path, secretPath: settings.secretPath)
        // What SQLite puts aside while it rewrites a file holds visitors' events: it stays in the
        // folder, where there is room for it. Nothing else reads the environment yet.
        setenv("SQLITE_TMPDIR", folder.path, 1)
        let database = try MainDatabase(folder: folder, patience: patience)
        var installation = Installation(
            settings: settings, folder: folder, database: database, clock: Self.clock)
        let sites = try database.sites()
        do throws(StorageError) {
            try installation.salts.destroyExpired(sites: sites, at: installation.clock.now())
        } catch {
            installation.saltFailure = error
            Console.error(error.description)
        }
        return installation
    }

    /// A store of its own each time: the collector's parts share one, see `SaltStore`.
    var salts: SaltStore { SaltStore(folder: folder) }

    var figures: FigureReader {
        FigureReader(folder: folder, database: database, clock: clock)
    }

    /// What a dashboard says besides the figures.
    var dashboardNotes: [Note] {
        guard let seen = try? database.note(.untrustedProxySeen),
            clock.now() - Instant(milliseconds: seen) < .hours(24)
        else { return [] }
        return [
            Note(
                """
                All visitors seem to come from your proxy: start the collector with \
                --trusted-proxy and its address.
                """, isWarning: true)
        ]
    }

    var aggregator: Aggregator {
        Aggregator(folder: folder, database: database, clock: clock, terms: settings.terms)
    }

    /// Tests move the clock of a running process by a file that holds an offset in ms.
    static var clock: Clock {
        guard let path = ProcessInfo.processInfo.environment["FOOTFALL_TEST_CLOCK_FILE"] else {
            return .system
        }
        return .shifted(byFileAt: path)
    }

    func today(of site: Site) -> LocalDay { site.calendar.day(of: clock.now()) }

    func days(of period: Period, _ site: Site) -> ClosedRange<LocalDay> {
        period.days(today: today(of: site))
    }
}
