/// Hosts that the owner lists, each with all hosts below it: referrer spam, payment providers.
package struct HostList: Sendable {
    private var table = HostTable()
    package private(set) var isEmpty = true

    /// One host a line; empty lines and `#` comments are passed over. A `www.`, a dot, a scheme or
    /// a path around the host is, too, so that published lists can be used as they are.
    /// - Parameter name: the file's, for errors.
    package init(name: String, text: String) throws(RecognitionTableError) {
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let entry = String(line.prefix { $0 != "#" }).trimmed
            if entry.isEmpty { continue }
            guard let host = HostList.host(of: entry) else {
                throw RecognitionTableError(
                    table: name, line: number, problem: "'\(entry.prefix(80))' is no host",
                    mend: "Write one host a line, such as spam.example")
            }
            // A line of `com` would take everybody.
            guard host.utf8.contains(0x2E) else {
                throw RecognitionTableError(
                    table: name, line: number,
                    problem: "'\(entry.prefix(80))' is no host, but all of a top-level domain's",
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
        let name = entry.drop { $0 == "." }
        return (WebAddress(String(name)) ?? WebAddress("https://" + name))?.host
    }
}
