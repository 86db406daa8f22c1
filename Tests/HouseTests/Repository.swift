import Foundation

/// The working tree that these tests read: every file that git tracks or would track.
struct Repository {
    let root: URL

    /// Found from this very file: `ROOT/Tests/HouseTests/Repository.swift`.
    static let current = Repository(
        root: URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())

    /// Folders that hold nothing of ours; only asked where git can't be.
    static let ignoredFolders: Set<String> = [
        ".git", ".build", "data", "node_modules", ".venv", "__pycache__",
    ]

    /// Paths relative to the root, sorted.
    func files() throws -> [String] {
        try (listedByGit() ?? walked()).filter { path in
            FileManager.default.fileExists(atPath: root.appending(path: path).path)
        }
    }

    /// The paths under `folders` with one of `extensions`.
    func files(under folders: [String], extensions: Set<String>) throws -> [String] {
        try files().filter { path in
            extensions.contains((path as NSString).pathExtension)
                && folders.contains { path.hasPrefix($0 + "/") }
        }
    }

    func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// `nil` where git is missing or the tree is no repository (a downloaded archive).
    private func listedByGit() -> [String]? {
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
        return Set(bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }).sorted()
    }

    private func walked() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { path in
            Self.ignoredFolders.isDisjoint(with: path.split(separator: "/").map(String.init))
                && !isFolder(path)
        }.sorted()
    }

    private func isFolder(_ path: String) -> Bool {
        var folder: ObjCBool = false
        let exists = FileManager.default.fileExists(
            atPath: root.appending(path: path).path, isDirectory: &folder)
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
