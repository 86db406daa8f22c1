import Foundation
import Testing

/// Files that outputs are compared with, byte for byte. `UPDATE_GOLDEN=1` writes them anew; look
/// at the difference before it is committed.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "Golden")

    static func check(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            return
        }
        let expected = try? String(contentsOf: file, encoding: .utf8)
        if let expected, expected.utf8.elementsEqual(text.utf8) { return }
        Issue.record(
            """
            \(name) differs. Expected:
            \(expected ?? "(no such file: run with UPDATE_GOLDEN=1)")
            Found:
            \(text)
            """, sourceLocation: sourceLocation)
    }
}
