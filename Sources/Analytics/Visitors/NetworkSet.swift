/// Many networks, such as those of data centres, in which an address is found by some 16 comparisons
/// whatever their number.
package struct NetworkSet: Sendable {
    // First and last addresses of ranges that don't touch, in their order.
    private var starts: [UInt128] = []
    private var ends: [UInt128] = []

    package init() {}

    package init(_ networks: [Network]) {
        for range in networks.flatMap(\.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ends.last, range.lowerBound <= last {
                ends[ends.count - 1] = max(last, range.upperBound)
            } else {
                starts.append(range.lowerBound)
                ends.append(range.upperBound)
            }
        }
    }

    /// One network a line in CIDR form, or an address; empty lines and `#` comments are passed over.
    /// - Parameter name: the file's, for errors.
    package init(name: String, text: String) throws(RecognitionTableError) {
        var networks: [Network] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let entry = String(line.prefix { $0 != "#" }).trimmed
            if entry.isEmpty { continue }
            guard let network = Network(entry) else {
                throw RecognitionTableError(
                    table: name, line: number, problem: "'\(entry.prefix(80))' is no network",
                    mend: "Write one network a line, such as 192.0.2.0/24 or 2001:db8::/32")
            }
            guard !network.isEveryAddress else {
                throw RecognitionTableError(
                    table: name, line: number, problem: "'\(entry)' is every address",
                    mend: "Write the networks that are meant")
            }
            networks.append(network)
        }
        self.init(networks)
    }

    package var isEmpty: Bool { starts.isEmpty }

    package func contains(_ address: ClientAddress) -> Bool {
        let value = UInt128(address)
        var (low, high) = (0, starts.count)
        // The first range that starts behind the address is at `high`.
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return high > 0 && value <= ends[high - 1]
    }
}

extension UInt128 {
    /// The 16 bytes of an address as a number.
    init(_ address: ClientAddress) {
        self = UInt128(address.high) << 64 | UInt128(address.low)
    }
}
