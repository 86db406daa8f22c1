import Foundation
import Testing

/// Relative targets of the Markdown links in `text`.
func localLinks(in text: String) throws -> [String] {
    try Pattern(#"\]\(([^)\s#]+)(?:#[^)\s]*)?\)"#).all(in: text).map { $0[1] }
        .filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
}

/// The names of the packages that a manifest depends on, as their address ends.
func packages(in manifest: String) throws -> [String] {
    try Pattern(#"\.package\(\s*url:\s*"[^"]*/([^"/]+?)(?:\.git)?""#).all(in: manifest)
        .map { $0[1] }
}

@Suite("Documents")
struct DocumentTests {
    let repository = Repository.current

    @Test("every local link leads somewhere")
    func linksLead() throws {
        let files = repository.files
        for path in files where path.hasSuffix(".md") {
            let folder = repository.root.appending(path: path).deletingLastPathComponent()
            for link in try localLinks(in: try repository.text(path)) {
                let target = folder.appending(path: link).standardizedFileURL.path
                #expect(
                    FileManager.default.fileExists(atPath: target),
                    "\(path) links to \(link), which isn't there")
            }
        }
    }

    @Test("every package that is depended on has a line in docs/dependencies.md")
    func dependenciesAreTold() throws {
        let manifest = try repository.text("Package.swift")
        let names = try packages(in: manifest)
        let told = try repository.text("docs/dependencies.md")
        #expect(!names.isEmpty)
        for name in names {
            #expect(told.contains("| \(name) |"), "docs/dependencies.md has no row for \(name)")
        }
    }

    /// DESIGN's thirteenth invariant: we claim what we can show. Put together from pieces, so that
    /// this file doesn't hold what it looks for.
    @Test("no text claims what nobody can show")
    func noEmptyClaims() throws {
        let claims = [
            ["gdpr", "[- ]", "compliant"], ["no ", "consent ", "(is |banner )?(needed|required)"],
            ["without ", "(any )?", "consent"], ["fully ", "", "anonymous"],
            ["cookie ", "banner ", "(is )?not needed"],
        ].map { $0.joined() }
        let pattern = try Pattern(claims.joined(separator: "|"), ignoringCase: true)
        let shown: Set<String> = ["md", "html", "yaml", "yml", "mustache", "js", "service"]
        for path in repository.files where shown.contains((path as NSString).pathExtension) {
            for (index, line) in try repository.text(path).split(
                separator: "\n", omittingEmptySubsequences: false
            ).enumerated() {
                #expect(pattern.first(in: String(line)) == nil, "\(path):\(index + 1): \(line)")
            }
        }
    }

    @Test("packages are found in a manifest")
    func findsPackages() throws {
        let manifest = """
            .package(url: "https://code.test/a/swift-one", from: "1.0.0"),
            .package(
                url: "https://code.test/b/Two.swift.git", from: "2.0.0", traits: []),
            """
        #expect(try packages(in: manifest) == ["swift-one", "Two.swift"])
    }

    @Test("links are found in Markdown")
    func findsLinks() throws {
        let text = "[a](docs/a.md) [b](https://x.test/b) [c](#c) ![d](d.png) [e](e.md#part)"
        #expect(try localLinks(in: text) == ["docs/a.md", "d.png", "e.md"])
    }
}
