import ArgumentParser
import Foundation

enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

enum TextJSONOrCSV: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv
}

enum NDJSONOnly: String, ExpressibleByArgument, CaseIterable {
    case ndjson
}

enum JSONText {
    static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encodable structs of plain fields: encoding them can't fail.
        return String(decoding: try! encoder.encode(value), as: UTF8.self)
    }
}
