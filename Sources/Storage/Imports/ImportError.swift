import Analytics

/// Why an import, or taking one back, is not done; nothing was changed.
package enum ImportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another process holds the import's lock; worth trying later.
    case importRuns(path: String)
    case unknownImport(Int64, known: [Int64])

    package var description: String {
        switch self {
        case .importRuns(let path):
            """
            Another import runs on the data folder \(path). Nothing was done; try again when it \
            has ended.
            """
        case .unknownImport(let id, let known):
            known.isEmpty
                ? "There is no import \(id), nor any other."
                : """
                There is no import \(id). There are: \
                \(known.map(String.init).joined(separator: ", ")).
                """
        }
    }
}
