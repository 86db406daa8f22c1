import Testing

/// Which modules a target may import: the arrows of docs/architecture.md, downward only. What is
/// not listed is refused, so a new arrow is a decision that shows up here.
private let layers: [String: Layer] = [
    "Analytics": Layer(own: [], packages: ["Crypto"], toolchain: ["Foundation"]),
    "Storage": Layer(own: ["Analytics"], packages: ["Crypto", "GRDB", "GRDBSQLite"]),
    "Collector": Layer(
        own: ["Analytics", "Storage", "Compression"],
        packages: [
            "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOExtras",
            "NIOHTTP1", "NIOHTTPTypes", "NIOPosix", "NIOSSL", "ServiceLifecycle", "UnixSignals",
        ]),
    "Dashboard": Layer(
        own: ["Analytics", "Storage"], packages: ["HTTPTypes", "Hummingbird", "Yams"]),
    "Exchange": Layer(own: ["Analytics", "Storage", "Compression"], packages: []),
    "Compression": Layer(own: ["CZlib"], packages: []),
    "GeoDatabase": Layer(own: ["Analytics", "CMaxMindDB"], packages: []),
    "CMaxMindDB": Layer(own: [], packages: [], toolchain: []),
    "CZlib": Layer(own: [], packages: [], toolchain: []),
    "CFootfall": Layer(own: [], packages: [], toolchain: []),
    "footfall": Layer(
        own: [
            "Analytics", "Storage", "Collector", "Dashboard", "Exchange", "GeoDatabase",
            "CFootfall",
        ],
        packages: [
            "ArgumentParser", "Configuration", "Hummingbird", "Logging", "ServiceLifecycle",
            "SystemPackage", "UnixSignals", "Yams",
        ]),
    "EmbedTool": Layer(own: [], packages: []),
]

struct Layer {
    let own: Set<String>
    let packages: Set<String>
    /// Modules that come with Swift or the system.
    var toolchain: Set<String> = ["Foundation", "Synchronization", "Dispatch", "Glibc", "Darwin"]

    var allowed: Set<String> { own.union(packages).union(toolchain) }
}

/// The imports of `text` that `layer` doesn't allow.
func forbiddenImports(in text: String, path: String, layer: Layer) throws -> [Finding] {
    let attributes = #"(?:@\w+(?:\([^)]*\))?\s+)*"#
    let access = #"(?:(?:package|internal|public|private|fileprivate)\s+)?"#
    let kind = #"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?"#
    let pattern = try Pattern(#"^\s*"# + attributes + access + #"import\s+"# + kind + #"(\w+)"#)
    return SwiftSource(text).code.enumerated().compactMap { index, line in
        guard let module = pattern.first(in: line)?[1] else { return nil }
        guard !layer.allowed.contains(module) else { return nil }
        return Finding(path: path, line: index + 1, what: "may not import \(module)")
    }
}

/// What reaches past values: clocks, random sources, files, sockets, processes, and what the
/// machine is set to. Such things come into the domain as arguments.
private let impure: [(name: String, pattern: String)] = [
    ("the clock", #"\bDate\s*\(\s*\)|\bDate\.now\b|\btimeIntervalSinceNow\b"#),
    ("the clock", #"\b(ContinuousClock|SuspendingClock|DispatchTime)\b"#),
    ("the clock", #"\b(clock_gettime|gettimeofday|CFAbsoluteTimeGetCurrent)\s*\("#),
    ("the clock", #"\b(Task\.sleep|Timer|usleep|nanosleep)\b"#),
    ("a random source", #"\b(SystemRandomNumberGenerator|arc4random\w*|getrandom|getentropy)\b"#),
    ("a random source", #"\.random\s*\(\s*(\)|in:(?!.*\busing:))|(?<![.\w])random\s*\("#),
    ("a random source", #"\.(randomElement|shuffled|shuffle)\s*\(\s*\)|\bUUID\s*\(\s*\)"#),
    ("a random source", #"\bSymmetricKey\s*\(\s*size:|Nonce\s*\(\s*\)|\bPrivateKey\s*\(\s*\)"#),
    ("a file", #"\b(FileManager|FileHandle|FileDescriptor|FilePath|Bundle)\b"#),
    ("a file", #"\b(InputStream|OutputStream)\b"#),
    ("a file", #"\b(String|Data|Dictionary|Array)\(contentsOf(File)?:"#),
    ("a file", #"\.write\s*\(\s*to(File)?:|(?<![.\w])(fopen|creat|mmap|unlink)\s*\(|\bO_[A-Z]+\b"#),
    ("a socket", #"\b(URLSession|URLRequest|Socket\w*|NWConnection)\b"#),
    ("a socket", #"(?<![.\w])(socket|connect|bind|getaddrinfo)\s*\("#),
    ("a process", #"\b(Process|ProcessInfo|CommandLine|Pipe|Thread|DispatchQueue)\b"#),
    ("a process", #"(?<![.\w])(getenv|setenv|fork|exit)\s*\("#),
    ("the terminal", #"(?<![.\w])(print|debugPrint|dump|readLine|NSLog)\s*\("#),
    ("the machine's settings", #"\b(TimeZone|Locale|Calendar)\.(current|autoupdatingCurrent)\b"#),
    ("the machine's settings", #"\bNSHomeDirectory\b"#),
]

/// The lines of `text` that reach past values.
func impurities(in text: String, path: String) throws -> [Finding] {
    let patterns = try impure.map { ($0.name, try Pattern($0.pattern)) }
    return SwiftSource(text).code.enumerated().flatMap { index, line in
        patterns.compactMap { name, pattern in
            // A function of ours may share a name with one of the system's.
            guard let match = pattern.first(in: line), !line.contains("func " + match[0]) else {
                return nil
            }
            return Finding(
                path: path, line: index + 1,
                what: "the domain may not reach \(name): '\(match[0])'")
        }
    }
}

@Suite("Architecture")
struct ArchitectureTests {
    let repository = Repository.current

    @Test("every target imports only what lies below it")
    func importsDownward() throws {
        var findings: [Finding] = []
        for path in repository.files(under: ["Sources"], extensions: ["swift"]) {
            let target = String(path.split(separator: "/")[1])
            guard let layer = layers[target] else { continue }
            findings += try forbiddenImports(
                in: try repository.text(path), path: path, layer: layer)
        }
        #expect(findings.isEmpty, "\(listed(findings))")
    }

    @Test("every folder of Sources has its row of allowed imports, and every row its folder")
    func everyTargetListed() {
        let folders = Set(
            repository.files.filter { $0.hasPrefix("Sources/") }
                .map { String($0.split(separator: "/")[1]) })
        #expect(folders == Set(layers.keys))
    }

    @Test("no row allows a way back up")
    func noCycle() {
        for (name, layer) in layers {
            for lower in layer.own {
                #expect(
                    layers[lower]?.own.contains(name) == false,
                    "\(name) and \(lower) may import each other")
            }
        }
    }

    @Test("the domain has no clock, random source, file, socket or process")
    func domainIsPure() throws {
        var findings: [Finding] = []
        for path in repository.files(under: ["Sources/Analytics"], extensions: ["swift"]) {
            findings += try impurities(in: try repository.text(path), path: path)
        }
        #expect(findings.isEmpty, "\(listed(findings))")
    }
}

@Suite("Architecture: the rules themselves")
struct ArchitectureRuleTests {
    @Test(
        "an import that isn't allowed is found",
        arguments: [
            ("import Foundation", nil),
            ("package import Crypto", nil),
            ("// import GRDB", nil),
            ("import GRDB", "GRDB"),
            ("internal import Storage", "Storage"),
            ("@preconcurrency import NIOCore", "NIOCore"),
            ("@_spi(Internal) package import Hummingbird", "Hummingbird"),
            ("import struct Glibc.timespec", "Glibc"),
        ])
    func findsImport(text: String, module: String?) throws {
        let domain = try #require(layers["Analytics"])
        let found = try forbiddenImports(in: text, path: "x", layer: domain).map(\.what)
        #expect(found == (module.map { ["may not import \($0)"] } ?? []))
    }

    @Test(
        "what reaches past values is found, what doesn't is left alone",
        arguments: [
            ("let now = Date()", true), ("let now = Date.now", true),
            ("let day = Date(timeIntervalSince1970: 0)", false),
            ("let n = Int.random(in: 0..<3)", true),
            ("let n = Int.random(in: 0..<3, using: &source)", false),
            ("let first = names.randomElement()", true),
            ("let first = names.randomElement(using: &source)", false),
            ("names.shuffled()", true), ("let id = UUID()", true),
            ("let id = UUID(uuidString: text)", false),
            ("SymmetricKey(size: .bits256)", true), ("SymmetricKey(data: salt)", false),
            ("FileManager.default", true), ("String(contentsOf: url)", true),
            ("try data.write(to: url)", true), ("Process()", true),
            ("struct Processing {}", false), ("print(x)", true), ("printer.print(x)", false),
            ("TimeZone.current", true), ("TimeZone(identifier: name)", false),
            ("let text = \"Date() in a FileManager\"", false),
            ("// Date() would be a clock", false), ("let text = \"\\(Date())\"", true),
            ("let session = try open(key)", false), ("rows.append(contentsOf: more)", false),
            ("let f = open(path, O_RDONLY)", true),
        ])
    func findsImpurity(text: String, impure: Bool) throws {
        #expect(try impurities(in: text, path: "x").isEmpty != impure)
    }
}
