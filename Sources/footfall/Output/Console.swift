import CFootfall
import Dashboard
import Foundation

/// Standard output holds the result and nothing else; all that is said about the work goes to
/// standard error.
enum Console {
    static func print(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    static func printRaw(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    static func say(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    static func error(_ text: String) {
        say("footfall: " + text)
    }

    /// A reader that has gone (`| head`) ends the command without complaint.
    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            // The system copies the bytes before it returns.
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                exit(errno == EPIPE ? 0 : 1)
            }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Renders for where standard output goes.
    static var renderer: TextRenderer {
        TextRenderer(width: columns, usesColour: usesColour, usesASCII: usesASCII)
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The width to render for: the terminal's, or `COLUMNS`, or 80.
    static var columns: Int {
        let terminal = Int(footfall_terminal_columns())
        if terminal > 0 { return terminal }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
    }

    /// Colour only on a terminal, and not against the user's wish (no-color.org).
    static var usesColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
            && environment["TERM"] != "dumb"
    }

    static var usesASCII: Bool {
        let environment = ProcessInfo.processInfo.environment
        let locale =
            environment["LC_ALL"].nonEmpty ?? environment["LC_CTYPE"].nonEmpty
            ?? environment["LANG"].nonEmpty
        guard let locale else { return isTerminal }
        let charset = locale.uppercased()
        return !charset.contains("UTF-8") && !charset.contains("UTF8")
    }
}

extension String? {
    fileprivate var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}

/// A bar on standard error for long work, on a terminal only.
struct ProgressBar {
    private let label: String
    private let isShown: Bool
    private var lastPercent = -1

    init(label: String, isQuiet: Bool = false) {
        self.label = label
        isShown = Console.errorIsTerminal && !isQuiet
    }

    mutating func update(_ done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        let percent = min(100, done * 100 / total)
        guard percent != lastPercent else { return }
        lastPercent = percent
        let filled = percent * 30 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
        FileHandle.standardError.write(Data("\r\(label) [\(bar)] \(percent) %".utf8))
    }

    func finish() {
        guard isShown, lastPercent >= 0 else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
    }
}
