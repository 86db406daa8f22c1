/// A range of addresses in CIDR form: `192.0.2.0/24`, `2001:db8::/32`, or one address; without a
/// port, brackets or zone.
package struct Network: Hashable, Sendable {
    /// As written, for the owner to recognise; the owner chose it, it comes from no beacon.
    package let text: String
    private let high: UInt64
    private let low: UInt64
    private let prefix: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts[0].contains(where: { "[]%".contains($0) }),
            let address = ClientAddress(parts[0])
        else { return nil }
        let colons = parts[0].utf8.count { $0 == UInt8(ascii: ":") }
        // One parts an IPv4 address from a port.
        guard colons != 1 else { return nil }
        let isIPv6 = colons > 1
        var prefix = 128
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...(isIPv6 ? 128 : 32)).contains(length) else {
                return nil
            }
            prefix = isIPv6 ? length : length + 96
            // IPv4 written within IPv6 (NAT64, too) is taken for IPv4: so short a prefix would hold
            // all of it.
            guard !address.isIPv4 || !isIPv6 || prefix > 96 else { return nil }
        }
        self.text = text
        self.prefix = prefix
        high = address.high & Self.mask(prefix)
        low = address.low & Self.mask(prefix - 64)
    }

    /// Whether it is all of IPv6 or all of IPv4.
    var isEveryAddress: Bool { prefix == 0 || prefix == 96 && high == 0 && low == 0xFFFF << 32 }

    package func contains(_ address: ClientAddress) -> Bool {
        address.high & Self.mask(prefix) == high && address.low & Self.mask(prefix - 64) == low
            && (mayHoldIPv4 || !address.isIPv4)
    }

    /// An IPv6 network holds no IPv4 address, though `::/64` holds the numbers that stand for them;
    /// `::/0` is every address.
    private var mayHoldIPv4: Bool {
        prefix == 0 || prefix >= 96 && high == 0 && low >> 32 == 0xFFFF
    }

    /// From its first address to its last, as numbers; two ranges where IPv4 lies between.
    var ranges: [ClosedRange<UInt128>] {
        let first = UInt128(high) << 64 | UInt128(low)
        let mask = UInt128(Self.mask(prefix)) << 64 | UInt128(Self.mask(prefix - 64))
        let last = first | ~mask
        let mapped: ClosedRange<UInt128> = 0xFFFF_0000_0000...0xFFFF_FFFF_FFFF
        guard !mayHoldIPv4, first < mapped.lowerBound, last > mapped.upperBound else {
            return [first...last]
        }
        return [first...(mapped.lowerBound - 1), (mapped.upperBound + 1)...last]
    }

    /// The mask of the first `bits` of a word; all of them from 64 on, none below 1.
    private static func mask(_ bits: Int) -> UInt64 {
        bits >= 64 ? .max : bits <= 0 ? 0 : ~(.max >> UInt64(bits))
    }
}

extension Network: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let network = Network(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no address or network.")
        }
        self = network
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
