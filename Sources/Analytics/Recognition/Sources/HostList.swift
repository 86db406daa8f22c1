/// Hosts that the owner lists, each with all hosts below it: referrer spam, payment providers.
package struct HostList: Sendable {
    private var table = HostTable()
    package private(set) var isEmpty = true

    /// One host a line; empty lines and comments behind `#` or `!` are passed over. What published
    /// lists write around a host is, too: `www.`, `*.`, a scheme, a path, the `||…^` of a blocker's
    /// list, the `0.0.0.0` of a hosts file.
    /// - Parameter name: the file's, for errors.
    package init(name: String, text: String) throws(RecognitionTableError) {
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let entry = String(line.prefix { $0 != "#" }).trimmed
            if entry.isEmpty || entry.hasPrefix("!") { continue }
            guard let host = HostList.host(of: entry) else {
                throw RecognitionTableError(
                    table: name, line: number, problem: "'\(entry.prefix(80))' is no host",
                    mend: "Write one host a line, such as spam.example")
            }
            // A line of `com` or `co.uk` would take everybody.
            guard !HostTable.isSuffix(Array(host.utf8)) else {
                throw RecognitionTableError(
                    table: name, line: number,
                    problem: "'\(entry.prefix(80))' is no site's host",
                    mend: "Write the host with its domain, such as spam.example")
            }
            // Lists of spam repeat themselves; that does no harm.
            _ = table.add(host, value: 0)
            isEmpty = false
        }
    }

    package init(_ hosts: [String]) {
        for host in hosts.compactMap(HostList.host(of:)) {
            _ = table.add(host, value: 0)
            isEmpty = false
        }
    }

    /// - Parameter host: as `WebAddress.host` has it.
    package func contains(_ host: String) -> Bool {
        table.find(Array(host.utf8)) != nil
    }

    private static func host(of entry: String) -> String? {
        var fields = entry.split(whereSeparator: \.isWhitespace)
        if fields.count == 2, ClientAddress(fields[0]) != nil { fields.removeFirst() }
        guard fields.count == 1 else { return nil }
        let name = fields[0].drop { "|*.".contains($0) }.filter { $0 != "^" }
        return (WebAddress(name) ?? WebAddress("https://" + name))?.host
    }
}
