import Analytics
import ArgumentParser
import Dashboard

import Exchange
import Foundation
import Storage

/// How a command ends when it could not do its work.
struct Failure: Error {
    static let failed: Int32 = 1
    static let usage: Int32 = 64
    static let tryLater: Int32 = 75

    var message: String
    var code: Int32

    init(_ message: String, code: Int32 = Self.failed) {
        // What a message quotes may hold signs that a terminal obeys.
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        self.message = lines.map { PlainText.of(String($0)) }.joined(separator: "\n")
        self.code = code
    }

    /// `nil` for errors of the argument parser, help and version among them.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as StorageError: self.init(error.description, code: Self.code(of: error))
        case let error as ImportError:
            if case .importRuns = error {
                self.init(error.description, code: Self.tryLater)
            } else {
                self.init(error.description, code: Self.usage)
            }
        case let error as LogImportError: self.init(error.description)
        case let error as DefinitionError: self.init(error.description)
        case let error as CustomChannelError: self.init(error.description, code: Self.usage)
        case let error as Period.ParseError: self.init(error.description, code: Self.usage)
        case is ExitCode, is ValidationError, is CleanExit: return nil
        default:
            // The parser's own errors have their own text and exit code.
            guard Footfall.exitCode(for: error) == .failure else { return nil }
            self.init("\(error)")
        }
    }

    private static func code(of error: StorageError) -> Int32 {
        switch error {
        case .collectorRuns, .aggregationRuns, .locked: tryLater
        case .unknownSite, .siteExists, .invalidSetting, .frozenDay: usage
        default: failed
        }
    }
}
