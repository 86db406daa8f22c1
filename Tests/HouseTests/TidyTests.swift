import Foundation
import Testing

/// Files that may be long, each with its reason.
private let longFiles: [String: String] = [:]

/// Files that may hold a path which looks like a machine's, each with its reason.
private let pathExceptions: [String: String] = [
    "tracker-js/test/pageview.test.mjs": "a page opened from a folder is one of its cases"
]

private let codeExtensions: Set<String> = ["swift", "js", "mjs", "cjs", "py", "sh"]

@Suite("Tidy")
struct TidyTests {
    let repository = Repository.current

    @Test("no file of code is over the limit without a reason")
    func fileLengths() throws {
        for path in repository.files
        where codeExtensions.contains((path as NSString).pathExtension) {
            let lines = try repository.text(path).split(
                separator: "\n", omittingEmptySubsequences: false
            ).count
            if longFiles[path] == nil {
                #expect(lines <= longestFile, "\(path) has \(lines) lines: split it, or say why")
            } else {
                #expect(lines > longestFile, "\(path) is short again: take it off the list")
            }
        }
    }

    @Test("every exception names a file that is there")
    func exceptionsAreTrue() {
        let files = Set(repository.files)
        let named = Set(longFiles.keys).union(pathExceptions.keys)
        #expect(named.subtracting(files).isEmpty)
    }

    @Test("no function is too long to be read at once")
    func functionLengths() throws {
        try expectNone(under: ["Sources", "Plugins", "Tests"], longFunctions)
    }

    @Test("what the compiler can't check has its invariant above it")
    func trustIsExplained() throws {
        try expectNone(under: ["Sources", "Plugins"], unexplainedTrust)
    }

    @Test("no tracked file holds a path of a machine")
    func noMachinePaths() throws {
        var homes = [repository.root.path, NSHomeDirectory()]
        // A root such as `/app` is a word that texts may hold for reasons of their own.
        homes.removeAll { $0.split(separator: "/").count < 2 }
        var findings: [Finding] = []
        for path in repository.files where pathExceptions[path] == nil {
            findings += try machinePaths(
                in: try repository.text(path), path: path, homes: homes)
        }
        #expect(findings.isEmpty, "\(listed(findings))")
    }

    private func expectNone(
        under folders: [String], _ rule: (String, String) throws -> [Finding]
    ) throws {
        let findings = try repository.files(under: folders, extensions: ["swift"])
            .flatMap { path in try rule(try repository.text(path), path) }
        #expect(findings.isEmpty, "\(listed(findings))")
    }
}

@Suite("Tidy: the rules themselves")
struct TidyRuleTests {
    private static func function(lines: Int, head: String) -> String {
        head + " {\n" + String(repeating: "    work()\n", count: lines - 2) + "}\n"
    }

    @Test(
        "long functions are found",
        arguments: [
            ("func f()", 69, false), ("func f()", 70, true), ("init(x: Int)", 70, true),
            ("init?<T>(x: T) where T: P", 70, true), ("func f(g: () -> Void = {})", 70, true),
            ("func f(\n    x: Int\n) -> [Int]", 69, true), ("struct S", 90, false),
        ])
    func length(head: String, lines: Int, long: Bool) throws {
        let text = Self.function(lines: lines, head: head)
        #expect(try longFunctions(in: text, path: "x").isEmpty != long)
    }

    @Test("a requirement without a body doesn't take the next one's")
    func requirement() throws {
        let text = "protocol P {\n    func f()\n" + Self.function(lines: 80, head: "var x: Int")
        #expect(try longFunctions(in: text + "}\n", path: "x").isEmpty)
    }

    @Test(
        "trust without a reason is found",
        arguments: [
            ("final class C: @unchecked Sendable {}", true),
            ("// Guarded by `lock`.\nfinal class C: @unchecked Sendable {}", false),
            ("let a = 1\nb.withUnsafeBytes { $0.count }", true),
            ("// Stays inside the closure.\nb.withUnsafeBytes { $0.count }", false),
            ("// Stays inside.\nlet n = b\n    .withUnsafeBytes { $0.count }", false),
            ("// One thread.\nunowned(unsafe) let a: A\nunowned(unsafe) let b: B", false),
            ("// Far away.\nlet x = 1\nnonisolated(unsafe) var a = 1", true),
            ("let p = UnsafeMutablePointer<Int>.allocate(capacity: 1)", true),
            ("func f(_ p: UnsafePointer<Int>) {}", false),
            ("let text = \"withUnsafeBytes\"", false),
        ])
    func trust(text: String, found: Bool) throws {
        #expect(try unexplainedTrust(in: text, path: "x").isEmpty != found)
    }

    @Test("paths of a machine are found, addresses and variables are not")
    func paths() throws {
        let slash = "/"
        let cases: [(String, Bool)] = [
            ("see \(slash)work/main/x", true), ("'\(slash)home/ann/footfall'", true),
            ("\(slash)tmp/out.txt", true), ("\(slash)srv/checkout/a", true),
            ("https://shop.test/home/ann/x", false), ("${TMPDIR:-\(slash)tmp}/x", false),
            ("mktemp -d \(slash)tmp", false), ("docs/work/main", false),
        ]
        for (text, found) in cases {
            let findings = try machinePaths(in: text, path: "x", homes: [slash + "srv/checkout"])
            #expect(findings.isEmpty != found, "\(text)")
        }
    }
}
