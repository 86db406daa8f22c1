import Foundation

/// Writes one Swift file that holds the given text files as string literals:
/// `EmbedTool OUTPUT INPUT…`. Scripts are minified on the way by Debian's esbuild.
@main
struct EmbedTool {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else { fail("usage: EmbedTool OUTPUT INPUT…") }
        var code = "enum Embedded {\n    static let files: [String: String] = [\n"
        for path in arguments.dropFirst() {
            let url = URL(fileURLWithPath: path)
            let text =
                url.pathExtension == "js"
                ? try minify(path) : try String(contentsOf: url, encoding: .utf8)
            code += "        \"\(url.lastPathComponent)\": \(literal(text)),\n"
        }
        if arguments.count == 1 { code += "        :\n" }
        code += "    ]\n}\n"
        // A file that is written again, though equal, would have its target compiled again.
        guard (try? String(contentsOfFile: output, encoding: .utf8)) != code else { return }
        try code.write(toFile: output, atomically: true, encoding: .utf8)
    }

    /// A string literal with enough `#` that nothing inside it can end or escape it.
    static func literal(_ text: String) -> String {
        var fence = "#"
        while text.contains("\"" + fence) || text.contains("\\" + fence) { fence += "#" }
        return "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
    }

    static func minify(_ path: String) throws -> String {
        let minifier = Process()
        minifier.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        minifier.arguments = ["esbuild", "--minify", "--target=es2017", path]
        let pipe = Pipe()
        minifier.standardOutput = pipe
        try minifier.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        minifier.waitUntilExit()
        guard minifier.terminationStatus == 0, let text = String(data: bytes, encoding: .utf8)
        else {
            fail("esbuild could not minify \(path): install it with 'apt-get install esbuild'.")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }
}
