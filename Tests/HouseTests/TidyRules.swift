import Foundation

/// The longest a file may be before it needs a reason (a table of data has one).
let longestFile = 400
/// A function stays under this many lines, signature and braces included.
let longestFunction = 70

/// Findings for functions of `longestFunction` lines or more.
func longFunctions(in text: String, path: String) throws -> [Finding] {
    let source = SwiftSource(text)
    let start = try Pattern(#"(?<![.\w])(?:func\s+[^\s(<]+|init[?!]?\s*(?=[(<]))"#)
    let declaration = try Pattern(
        #"^\s*(?:\w+(?:\([a-z]+\))?\s+)*(?:func|var|let|init|case|typealias)\b"#)
    return source.code.indices.compactMap { index in
        guard let name = start.first(in: source.code[index])?[0],
            let rest = start.rest(after: source.code[index]),
            let length = bodyLength(
                [String(rest)] + source.code[(index + 1)...], next: declaration),
            length >= longestFunction
        else { return nil }
        return Finding(
            path: path, line: index + 1,
            what: "\(name) has \(length) lines; under \(longestFunction) are allowed")
    }
}

/// Lines from a declaration's first to the one with the brace that closes its body; `nil` when it
/// has no body (a protocol's requirement) or is no declaration (a call of `init`).
///
/// `code` starts right after the declaration's name; `next` tells a line that declares something
/// else.
private func bodyLength(_ code: [String], next: Pattern) -> Int? {
    var parentheses = 0
    var braces = 0
    for (index, text) in code.enumerated() {
        if index > 0 && braces == 0 && parentheses == 0 && next.first(in: text) != nil {
            return nil
        }
        for character in text.utf8 {
            switch Character(UnicodeScalar(character)) {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{" where parentheses == 0: braces += 1
            case "}" where parentheses == 0:
                braces -= 1
                if braces <= 0 { return braces < 0 ? nil : index + 1 }
            default: break
            }
            if parentheses < 0 { return nil }
        }
    }
    return nil
}

/// Where the compiler is told to trust us; each such line needs its invariant in a comment above.
private let trust = [
    #"@unchecked\s+Sendable"#, #"(nonisolated|unowned)\(unsafe\)"#, #"\bwithUnsafe\w*"#,
    #"\b(withMemoryRebound|assumingMemoryBound|bindMemory|unsafelyUnwrapped|Unmanaged)\b"#,
    #"\bunsafe(BitCast|Downcast)\b"#, #"\bUnsafe\w*Pointer(<[^>]*>)?(\(|\.allocate)"#,
].joined(separator: "|")

/// Findings for lines that ask for trust without a comment right above.
///
/// Lines of trust that follow each other share one comment, and a line that continues a statement
/// has it above the statement's first line.
func unexplainedTrust(in text: String, path: String) throws -> [Finding] {
    let source = SwiftSource(text)
    let pattern = try Pattern(trust)
    return source.code.indices.compactMap { index in
        guard let match = pattern.first(in: source.code[index]) else { return nil }
        guard !hasCommentAbove(index, source, pattern) else { return nil }
        return Finding(
            path: path, line: index + 1, what: "'\(match[0])' needs its reason in a comment above")
    }
}

private func hasCommentAbove(_ index: Int, _ source: SwiftSource, _ trust: Pattern) -> Bool {
    var line = index
    while line > 0 {
        let above = source.lines[line - 1].trimmingCharacters(in: .whitespaces)
        if above.hasPrefix("//") { return true }
        let here = source.code[line].trimmingCharacters(in: .whitespaces)
        let codeAbove = source.code[line - 1].trimmingCharacters(in: .whitespaces)
        let continues =
            here.hasPrefix(".") || here.hasPrefix("?") || here.hasPrefix(")")
            || ["(", ",", "=", "?", ":"].contains { codeAbove.hasSuffix($0) }
        let isAttribute = codeAbove.hasPrefix("@") && !codeAbove.contains(" ")
        guard continues || isAttribute || trust.first(in: codeAbove) != nil else { return false }
        line -= 1
    }
    return false
}

/// Paths that only exist on somebody's machine.
///
/// `homes` are folders of this machine, such as the package's own; besides these, the usual places
/// for a person's files.
func machinePaths(in text: String, path: String, homes: [String]) throws -> [Finding] {
    // Put together here, so that this file doesn't hold what it looks for.
    let roots = ["work", "farm", "root", "opt/swift", "opt/wheels"].map { "/" + $0 + "/" }
    let people = ["home", "Users"].map { "/" + $0 + #"/[a-z][\w.-]*/"# }
    let temporary = "/" + #"tmp/[\w]"#
    let known = (roots + homes.map { $0 + "/" }).map(NSRegularExpression.escapedPattern(for:))
    let pattern = try Pattern(
        #"(?<![\w.}\-])(?:"# + (known + people + [temporary]).joined(separator: "|") + ")")
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .compactMap { index, line in
            pattern.first(in: String(line)).map { match in
                Finding(path: path, line: index + 1, what: "a path of a machine: '\(match[0])'")
            }
        }
}
