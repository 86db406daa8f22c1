import Analytics
import Foundation
import GeoDatabase
import Glibc
import Storage

/// What an installation recognises hits by: the built-in tables, those that files of the same names in
/// the data folder stand in place of, the owner's lists, and the database of places.
enum InstalledRecognition {
    /// More than any list that is published; what is larger is no list.
    private static let largestFile = 64 << 20

    /// - Parameter withPlaces: whether the database of places is wanted; reading one of cities takes
    ///   seconds.
    static func load(
        folder: String, _ settings: Settings, withPlaces: Bool = true
    ) throws -> Recognition {
        do {
            let path = withPlaces ? settings.geoDatabasePath : nil
            let geography = try path.map {
                try GeoDatabase(path: $0, tellsCity: settings.tellsCity, scratch: folder)
            }
            let files = try files(in: folder)
            if files.isEmpty, geography == nil { return .standard }
            return try Recognition(files: files, geography: geography)
        } catch let error as RecognitionTableError {
            throw Failure("\(folder)/\(error)", code: Failure.usage)
        } catch let error as GeoDatabaseError {
            throw Failure(error.description, code: Failure.usage)
        }
    }

    private static func files(in folder: String) throws -> [String: String] {
        var files: [String: String] = [:]
        for name in Recognition.fileNames {
            if let text = try text(at: "\(folder)/\(name)") { files[name] = text }
        }
        return files
    }

    /// - Returns: `nil` where there is no such file.
    private static func text(at path: String) throws -> String? {
        // Whoever opens a pipe would wait for its writer.
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        var status = stat()
        if descriptor < 0 {
            let cause = errno
            // A link that leads nowhere is no missing file.
            if cause == ENOENT, lstat(path, &status) != 0 { return nil }
            throw Failure(
                "\(path) cannot be read: \(String(cString: strerror(cause))). Check its rights.",
                code: Failure.usage)
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= largestFile, let bytes = try? handle.readToEnd() ?? Data(),
            let text = String(data: bytes, encoding: .utf8)
        else {
            throw Failure(
                "\(path) is no text in UTF-8 of up to 64 MB. Write it anew, or remove it.",
                code: Failure.usage)
        }
        return text
    }
}

extension Installation {
    func recognition() throws -> Recognition {
        try InstalledRecognition.load(folder: folder.path, settings)
    }

    /// The same without the database of places.
    func rules() throws -> Recognition {
        try InstalledRecognition.load(folder: folder.path, settings, withPlaces: false)
    }
}
