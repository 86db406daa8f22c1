import Foundation

/// The working tree that these tests read: every file that git tracks or would track.
struct Repository: Sendable {
    let root: URL
    /// Paths relative to the root, sorted.
    let files: [String]

    /// Found from this very file: `ROOT/Tests/HouseTests/Repository.swift`. Listed once.
    static let current = Repository(
        root: URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())

    private init(root: URL) {
        self.root = root
        files = (Self.listedByGit(root) ?? Self.walked(root)).filter { path in
            let place = root.appending(path: path).path
            return FileManager.default.fileExists(atPath: place) && !Self.isFolder(place)
        }.sorted()
    }

    /// The paths under `folders` with one of `extensions`.
    func files(under folders: [String], extensions: Set<String>) -> [String] {
        files.filter { path in
            extensions.contains((path as NSString).pathExtension)
                && folders.contains { path.hasPrefix($0 + "/") }
        }
    }

    func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// `nil` where git is missing or the tree is no repository (a downloaded archive).
    private static func listedByGit(_ root: URL) -> [String]? {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = [
            // A checkout that another user owns is read all the same: nothing of it is executed.
            "git", "-c", "safe.directory=*", "-C", root.path,
            "ls-files", "-z", "--cached", "--others", "--exclude-standard",
        ]
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return nil }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return nil }
        return Array(Set(bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }))
    }

    /// Folders that hold nothing of ours; only asked where git can't be.
    private static let ignoredFolders: Set<String> = [
        ".git", ".build", "data", "node_modules", ".venv", "__pycache__",
    ]

    private static func walked(_ root: URL) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
        var paths: [String] = []
        while let path = walk.nextObject() as? String {
            if ignoredFolders.contains((path as NSString).lastPathComponent) {
                walk.skipDescendants()
            } else {
                paths.append(path)
            }
        }
        return paths
    }

    private static func isFolder(_ place: String) -> Bool {
        var folder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: place, isDirectory: &folder)
        return exists && folder.boolValue
    }
}

/// One breach of a house rule; its description is what a failing test shows.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}

/// Findings one a line, for a test's message.
func listed(_ findings: [Finding]) -> String {
    findings.map(\.description).joined(separator: "\n")
}
