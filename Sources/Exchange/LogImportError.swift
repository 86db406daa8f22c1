/// Why a log is not imported; nothing was changed.
package enum LogImportError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(file: String, cause: String)
    /// Its gzip data is broken or ends in the middle.
    case damaged(file: String, cause: String)
    case standardInputTwice

    package var description: String {
        switch self {
        case .unreadable(let file, let cause):
            "\(Self.shown(file)) cannot be read: \(cause). Nothing was imported."
        case .damaged(let file, let cause):
            """
            \(Self.shown(file)) cannot be unpacked: \(cause). Nothing was imported; give the log \
            again when the file is whole.
            """
        case .standardInputTwice: "Standard input ('-') can be given once only."
        }
    }

    /// A file's name for a message: bounded, and without signs that move a terminal's cursor.
    static func shown(_ name: String) -> String {
        let limit = 200
        let plain = name.unicodeScalars.map { scalar -> Character in
            let isControl = scalar.properties.generalCategory == .control
            let isFormat = scalar.properties.generalCategory == .format
            return isControl || isFormat ? "\u{FFFD}" : Character(scalar)
        }
        return plain.count > limit ? String(plain.prefix(limit)) + "…" : String(plain)
    }
}
