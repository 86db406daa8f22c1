/// Whether a partition's files are still those that its connection opened.
///
/// SQLite goes on with files that have no name any more: what it commits to them is gone when the
/// connection closes, and was acknowledged.
enum PartitionPlace: Sendable {
    case asOpened
    /// The main file was deleted, moved away or replaced by another.
    case fileGone
    /// The main file is there; its write-ahead log, or the log's index, is gone or another.
    case logGone
}

/// The files of a partition as a connection opened them.
struct PartitionIdentities: Hashable, Sendable {
    private let path: String
    private let file: FileIdentity?
    private let log: FileIdentity?
    private let index: FileIdentity?

    /// - Parameter path: of the main file, which a connection has just opened.
    init(path: String) {
        self.path = path
        file = FileIdentity(path: path)
        log = FileIdentity(path: path + "-wal")
        index = FileIdentity(path: path + "-shm")
    }

    var place: PartitionPlace {
        let now = PartitionIdentities(path: path)
        if now == self { return .asOpened }
        return file == nil || now.file != file ? .fileGone : .logGone
    }

    /// The names beside the main file that still stand for what belonged to it.
    var leftNames: [String] {
        let now = PartitionIdentities(path: path)
        return [(path + "-wal", log, now.log), (path + "-shm", index, now.index)]
            .filter { $0.1 != nil && $0.1 == $0.2 }.map(\.0)
    }
}
