package import Analytics

/// What the data folder refuses, as whole sentences that name the thing and the mend.
package enum StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    case folder(path: String, cause: String)
    case database(path: String, cause: String)
    /// Another process holds a database longer than we wait.
    case locked(path: String)
    /// A partition that the collector can't write, since its content is at fault.
    case damagedPartition(path: String, cause: String)
    /// Written by a newer Footfall.
    case newerVersion(path: String, found: Int, known: Int)
    /// A lock that another process holds.
    case collectorRuns(path: String)
    case aggregationRuns(path: String)
    case notSynchronous(path: String)
    case unknownSite(String, known: [String])
    case siteExists(Domain)
    /// Its settings are not those that a change began from.
    case siteChanged(Domain)
    case invalidSetting(String)
    /// A day whose raw events are not all there any more.
    case frozenDay(LocalDay, answerableFrom: LocalDay?)
    /// A file of raw events that a question or a fold needs.
    case unreadablePartition(path: String, cause: String)
    case saltUnavailable(String)

    package var description: String {
        switch self {
        case .folder(let path, let cause):
            """
            The folder or file \(path) cannot be used: \(cause.withoutEnd). Check that it exists \
            and who owns it.
            """
        case .database(let path, let cause):
            "The database \(path) failed: \(cause.withoutEnd)."
        case .locked(let path):
            """
            The database \(path) is locked by another process. Try again later, or end the program \
            that holds it.
            """
        case .damagedPartition(let path, let cause):
            """
            The partition \(path) is damaged: \(cause.withoutEnd). Move it and what is named like \
            it out of that folder, or restore it from a backup; 'footfall doctor' tells which \
            files cannot be read.
            """
        case .newerVersion(let path, let found, let known):
            """
            \(path) was written by a newer Footfall (format \(found), this one knows up to \
            \(known)). Install that version again, or restore a backup made before the update.
            """
        case .collectorRuns(let path):
            """
            Another collector runs on the data folder \(path). Stop it first, or give this one a \
            folder of its own with --data.
            """
        case .aggregationRuns(let path):
            "Another aggregation runs on the data folder \(path). Nothing was done; try again later."
        case .notSynchronous(let path):
            """
            SQLite does not sync \(path) on commit (PRAGMA synchronous is not FULL), so no event \
            could be acknowledged honestly.
            """
        case .unknownSite(let name, let known):
            known.isEmpty
                ? "There is no site '\(name)', nor any other. Add it: footfall site add \(name)"
                : """
                There is no site '\(name)'. There are: \(known.joined(separator: ", ")). \
                Add it: footfall site add \(name)
                """
        case .siteExists(let domain):
            "The site \(domain) exists. Change it with: footfall site edit \(domain)"
        case .siteChanged(let domain):
            "Another command changed \(domain) meanwhile. Nothing was done; try again."
        case .invalidSetting(let message): message
        case .frozenDay(let day, let from):
            """
            The raw events that \(day) needs are not kept any more. \
            \(from.map { "The first day that can be answered is \($0)." } ?? "No day can be answered.")
            """
        case .unreadablePartition(let path, let cause):
            """
            The raw events in \(path) cannot be read: \(cause). Restore the file from a backup, or \
            move it and what is named like it out of that folder: its days then keep the figures \
            that they have.
            """
        case .saltUnavailable(let cause): "The salt cannot be made or read: \(cause)."
        }
    }
}

extension String {
    /// The system's causes come with a full stop, and without.
    fileprivate var withoutEnd: String { hasSuffix(".") ? String(dropLast()) : self }
}
