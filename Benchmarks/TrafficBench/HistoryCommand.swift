import Analytics
import ArgumentParser
import Foundation

/// Writes the access log of many days, in which each of a site's pages is viewed every day, for
/// `footfall import log`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Write the access log of many days.")

    @Option(help: "The last UTC day.") var day: String
    @Option(help: "How many days.") var days = 760
    @Option(help: "How many pages are viewed a day.") var pages = 2_000
    @Option(help: "How many visitors come a day.") var visitors = 700
    @Option(help: "The same seed makes the same log.") var seed: UInt64 = 1
    @Argument(help: "The file.") var path: String

    func run() throws {
        guard let last = LocalDay(day) else { throw ValidationError("--day is not a day") }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw ValidationError("\(path) can't be written") }
        var random = Generator(state: seed)
        let lines = pages + pages / 4
        for back in (0..<days).reversed() {
            var text = ""
            for line in 0..<lines {
                let second = line * 86_400 / lines
                let page = line < pages ? line : random.skewed(below: pages)
                // Some pages of one visitor stand together, as a visit's do.
                let visitor = (line / 4 &* 7_919) % visitors
                let source = random.below(60)
                text += LogLine(
                    day: last.advanced(by: -back), second: second,
                    address: "10.1.\(visitor >> 8).\(visitor & 255)",
                    path: "/shop/\(page % 40)/thing-\(page)",
                    referrer: source < 20 ? "https://source\(source).example/" : "-",
                    chromeVersion: 100 + visitor % 43
                ).text
            }
            try file.write(contentsOf: Data(text.utf8))
        }
        try file.close()
    }
}

/// A pageview in the combined log format.
struct LogLine {
    let day: LocalDay
    /// Of the day, in UTC.
    let second: Int
    let address: String
    let path: String
    let referrer: String
    let chromeVersion: Int

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    var text: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let parts = day.description.split(separator: "-")
        let month = Self.months[Int(parts[1])! - 1]
        let clock = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return """
            \(address) - - [\(parts[2])/\(month)/\(parts[0]):\(clock) +0000] \
            "GET \(path) HTTP/1.1" 200 5120 "\(referrer)" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \
            AppleWebKit/537.36 (KHTML, like Gecko) Chrome/\(chromeVersion).0.0.0 Safari/537.36"\n
            """
    }
}
