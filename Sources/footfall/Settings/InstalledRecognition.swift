import Analytics
import Foundation
import GeoDatabase
import Storage

/// What an installation recognises hits by: the built-in tables, those that files of the same names in
/// the data folder stand in place of, the owner's lists, and the database of places.
enum InstalledRecognition {
    /// More than any list that is published; what is larger is no list.
    private static let largestFile = 64 << 20

    static func load(folder: String, _ settings: Settings) throws -> Recognition {
        do {
            let geography = try settings.geoDatabasePath.map {
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
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            guard let handle = FileHandle(forReadingAtPath: path),
                let bytes = try? handle.read(upToCount: largestFile + 1)
            else {
                throw Failure("\(path) cannot be read. Check its rights.", code: Failure.usage)
            }
            guard bytes.count <= largestFile, let text = String(data: bytes, encoding: .utf8) else {
                throw Failure(
                    "\(path) is no text in UTF-8 of up to 64 MB. Write it anew, or remove it.",
                    code: Failure.usage)
            }
            files[name] = text
        }
        return files
    }
}

extension Installation {
    func recognition() throws -> Recognition {
        try InstalledRecognition.load(folder: folder.path, settings)
    }
}
