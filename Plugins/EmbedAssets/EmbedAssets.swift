import Foundation
import PackagePlugin

/// Embeds readable files in the target that serves them, so that the binary is self-contained and
/// the top-level folders stay the only source.
@main
struct EmbedAssets: BuildToolPlugin {
    /// Which folders, relative to the package, end up in which target.
    static let folders: [String: [String]] = [
        "Analytics": ["Sources/Analytics/Recognition/Tables"],
        "Collector": ["tracker-js/src", "tracker-js/demo"],
        "Dashboard": ["dashboards"],
    ]
    static let extensions: Set<String> = ["js", "html", "css", "yaml", "tsv", "mustache", "svg"]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let folders = Self.folders[target.name] else { return [] }
        let root = context.package.directoryURL
        var inputs: [URL] = []
        for folder in folders {
            let url = root.appending(path: folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            inputs += names.map { url.appending(path: $0) }.filter {
                Self.extensions.contains($0.pathExtension)
            }
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(folders.joined(separator: ", "))",
                executable: try context.tool(named: "EmbedTool").url,
                arguments: [output.path] + inputs.map(\.path),
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }
}
