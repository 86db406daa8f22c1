import Analytics
import ArgumentParser
import Storage

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a site's rollups as text, one line a row.",
        discussion: """
            The same rollups always give the same bytes, so two exports can be compared. Fields \
            are separated by tabs; tabs and line breaks in a value are written \\t and \\n, and \
            before a first =, +, - or @, which spreadsheets take for a formula, stands a backslash.

            Example: footfall export huntprox.com --rollups --sorted > rollups.tsv
            """)

    @Argument(help: "The site's domain.") var domain: String
    @Flag(help: "Export rollups (the only kind of export so far).") var rollups = false
    @Flag(
        help:
            "In a fixed order: day, dimension, value. Always so; for scripts to say what they rely on."
    ) var sorted = false
    @OptionGroup var data: DataOption

    func run() async throws {
        guard rollups else {
            throw Failure("Say what to export: --rollups.", code: Failure.usage)
        }
        let installation = try await Installation.open(data)
        let site = try installation.database.site(named: domain)
        Console.print(Self.header)
        let all = LocalDay(year: 1970, month: 1, day: 1)...LocalDay(year: 9999, month: 12, day: 31)
        var lines: [String] = []
        try installation.database.forEachRow(of: site, on: all) { day, dimension, value, figures in
            lines.append(Self.line(day, dimension, value, figures))
            if lines.count == 1_000 {
                Console.print(lines.joined(separator: "\n"))
                lines.removeAll(keepingCapacity: true)
            }
        }
        if !lines.isEmpty { Console.print(lines.joined(separator: "\n")) }
    }

    private static let header = [
        "day", "dimension", "value", "visitors", "new_visitors", "sessions", "pageviews", "events",
        "bounces", "engaged_sessions", "session_ms", "engaged_ms", "durations", "engagements",
        "scroll_depth_sum", "scrolled_sessions", "takings",
    ].joined(separator: "\t")

    private static func line(
        _ day: LocalDay, _ dimension: Dimension?, _ value: String, _ figures: Figures
    ) -> String {
        let counts = [
            figures.visitors, figures.newVisitors, figures.sessions, figures.pageviews,
            figures.events, figures.bounces, figures.engagedSessions,
            Int(figures.sessionMilliseconds), Int(figures.engagedMilliseconds),
        ].map(String.init)
        let texts = [day.description, dimension?.rawValue ?? "total", escaped(value)]
        let histograms = [figures.durations, figures.engagements].map { hexadecimal($0.encoded) }
        let scrolled = [figures.scrollDepthSum, figures.scrolledSessions].map(String.init)
        let takings = figures.takings.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.orders) \($0.value.minorUnits)" }.joined(separator: ", ")
        return (texts + counts + histograms + scrolled + [takings]).joined(separator: "\t")
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
    }

    private static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\\\").replacing("\t", with: "\\t")
            .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return plain.utf8.first.map("=+-@".utf8.contains) == true ? "\\" + plain : plain
    }
}
