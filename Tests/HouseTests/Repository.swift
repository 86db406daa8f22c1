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
    ///
    /// By popen: Foundation's Process waits on a run loop, which among many busy threads has been
    /// seen to miss the end of its child and to wait for ever.
    private static func listedByGit(_ root: URL) -> [String]? {
        let quoted = root.path.replacing("'", with: #"'\''"#)
        // A checkout that another user owns is read all the same: nothing of it is executed.
        let command = """
            git -c 'safe.directory=*' -C '\(quoted)' \
            ls-files -z --cached --others --exclude-standard 2>/dev/null
            """
        guard let git = popen(command, "r") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, git), count > 0 {
            bytes += buffer[..<count]
        }
        guard pclose(git) == 0 else { return nil }
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
