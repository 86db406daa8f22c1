import Analytics
import Foundation
import Storage

@testable import Exchange

/// A data folder with one site, gone with the test; the clock stands still until it is moved.
final class TestInstallation {
    static let zone = "Europe/Riga"
    /// Noon of a Sunday in November, local time 14:00.
    static let now = Instant("2026-11-22T12:00:00.000Z")!

    let path: String
    let folder: DataFolder
    let database: MainDatabase
    let site: Site
    var now = TestInstallation.now
    var clock: Clock {
        let now = now
        return Clock { now }
    }

    init(
        timeZone: String = zone, rotation: Rotation = .daily,
        settings: SiteSettings = SiteSettings()
    ) throws {
        path = NSTemporaryDirectory() + "exchange-tests-\(UUID().uuidString)"
        folder = try DataFolder(path: path)
        database = try MainDatabase(folder: folder)
        let epoch = SiteEpoch(
            start: Instant("2020-01-01T00:00:00.000Z")!, timeZone: timeZone, rotation: rotation)
        site = try database.addSite(
            Domain("shop.test")!, epoch: epoch, settings: settings, at: Self.now)
    }

    /// What a kill at this moment would leave to the next process.
    init(copyOf other: TestInstallation) throws {
        path = NSTemporaryDirectory() + "exchange-tests-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: other.path, toPath: path)
        folder = try DataFolder(path: path)
        database = try MainDatabase(folder: folder)
        site = try database.site(named: other.site.domain.name)
        now = other.now
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    // MARK: What a person does

    /// Writes lines to a file and imports it.
    @discardableResult
    func importLog(
        _ lines: [String], options: LogImport.Options = LogImport.Options(),
        report: (UnreadableLine) -> Void = { _ in },
        reached: @escaping (ImportStep) throws -> Void = { _ in }
    ) throws -> ImportSummary {
        let file = try write(lines.map { $0 + "\n" }.joined())
        return try importFiles([file], options: options, report: report, reached: reached)
    }

    @discardableResult
    func importFiles(
        _ files: [String], options: LogImport.Options = LogImport.Options(),
        report: (UnreadableLine) -> Void = { _ in },
        reached: @escaping (ImportStep) throws -> Void = { _ in }
    ) throws -> ImportSummary {
        try LogImport(
            site: site, folder: folder, database: database, clock: clock, steps: IngestSteps(),
            options: options
        ).run(files: files, report: report, reached: reached)
    }

    func write(_ text: String, name: String = "access.log") throws -> String {
        try write(Array(text.utf8), name: name)
    }

    func write(_ bytes: [UInt8], name: String = "access.log") throws -> String {
        let inputs = path + "/inputs"
        try FileManager.default.createDirectory(
            atPath: inputs, withIntermediateDirectories: true)
        let file = inputs + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    @discardableResult
    func aggregate(_ mode: Aggregator.Mode = .fold) throws -> AggregationReport {
        try Aggregator(
            folder: folder, database: database, clock: clock, terms: RetentionTerms()
        ).run(mode)
    }

    /// Beacons, as the collector's journal writes them.
    func receiveBeacons(at times: [Instant]) throws {
        // The journal refuses what waited too long, so its clock is at the last beacon.
        let clockTime = times.max() ?? now
        let journal = try Journal(folder: folder, clock: Clock { clockTime })
        let day = site.calendar
        let entries = times.map { time in
            JournalEntry(
                site: site.id, day: day.day(of: time), time: time,
                fate: .kept(
                    Event(
                        site: site.id, visitor: Visitor(value: 7), time: time, kind: .pageview,
                        page: Page(host: "shop.test", path: "/beacon"))))
        }
        journal.submit(entries) { _ in }
        journal.close()
    }

    // MARK: What is there then

    func totals(_ day: String) throws -> Figures {
        let day = LocalDay(day)!
        return try database.totals(of: site, on: day...day)[day] ?? Figures()
    }

    /// The sessions that start on a day, from the raw events.
    func sessions(_ day: String) throws -> [Session] {
        let day = LocalDay(day)!
        let calendar = site.calendar
        let window = try EventReader(folder: folder).read(
            sites: [site], from: FoldWindow.start(of: day, in: calendar),
            to: FoldWindow.end(of: day, in: calendar))
        return SiteFold(site: site, vocabulary: window.vocabulary)
            .sessions(in: window.ordered(site.id), startingOn: day)
    }

    func books(_ day: String) throws -> Books {
        let day = LocalDay(day)!
        return try EventReader(folder: folder).books(of: site, on: day...day)[day] ?? Books()
    }

    /// Names of files that imports made, counted or not.
    func importFileNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.eventsPath)
            .filter { $0.contains("import") }.sorted()
    }

    var drafts: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path + "/imports")) ?? []
    }
}

/// A line of the combined format.
struct TestLine {
    static let chrome =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/142.0.0.0 Safari/537.36"
    static let bot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

    var time: Instant
    var address = "81.198.10.20"
    var target = "/"
    var method = "GET"
    var status = 200
    var referrer = "-"
    var agent = TestLine.chrome
    /// In hours; the line's time is written with it.
    var offset = 2

    init(
        _ time: String, _ target: String = "/", address: String = "81.198.10.20",
        method: String = "GET", status: Int = 200, referrer: String = "-",
        agent: String = TestLine.chrome, offset: Int = 2
    ) {
        self.init(
            at: Instant(time)!, target, address: address, method: method, status: status,
            referrer: referrer, agent: agent, offset: offset)
    }

    init(
        at time: Instant, _ target: String = "/", address: String = "81.198.10.20",
        method: String = "GET", status: Int = 200, referrer: String = "-",
        agent: String = TestLine.chrome, offset: Int = 2
    ) {
        self.time = time
        self.target = target
        self.address = address
        self.method = method
        self.status = status
        self.referrer = referrer
        self.agent = agent
        self.offset = offset
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    var stamp: String {
        let local = (time + TimeSpan.hours(Int64(offset))).description
        let (year, month, day) = (time + TimeSpan.hours(Int64(offset))).utcDay.components
        let clock = local.dropFirst(11).prefix(8)
        let zone = (offset < 0 ? "-" : "+") + abs(offset).padded(to: 2) + "00"
        return "\(day.padded(to: 2))/\(Self.months[month - 1])/\(year):\(clock) \(zone)"
    }

    var common: String {
        "\(address) - - [\(stamp)] \"\(method) \(target) HTTP/1.1\" \(status) 512"
    }

    var combined: String { common + " \"\(referrer)\" \"\(agent)\"" }
}

/// A generator whose seed is printed with a failure, so that it can be had again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// Seeds of property tests: `make test-long` sets how many.
enum Seeds {
    static let isLongRun = ProcessInfo.processInfo.environment["FOOTFALL_SEEDS"] != nil
    static let some: [UInt64] = {
        let count = ProcessInfo.processInfo.environment["FOOTFALL_SEEDS"].flatMap(Int.init) ?? 20
        return (1...UInt64(max(1, count))).map { $0 }
    }()
}
