/// An IPv4 or IPv6 address. Personal data: it lives for one request, and its description redacts.
package struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    /// 16 bytes; an IPv4 address as `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2).
    package let high: UInt64
    package let low: UInt64

    package var description: String { "<address>" }

    package init(high: UInt64, low: UInt64) {
        // The well-known NAT64 prefix 64:ff9b::/96 (RFC 6052) carries an IPv4 address.
        let isNAT64 = high == 0x0064_ff9b_0000_0000 && low >> 32 == 0
        self.high = isNAT64 ? 0 : high
        self.low = isNAT64 ? 0xffff_0000_0000 | low : low
    }

    package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    package var isLoopback: Bool {
        isIPv4 ? low >> 24 & 0xff == 127 : high == 0 && low == 1
    }

    /// Of a network that is routed nowhere: RFC 1918, RFC 4193, link-local.
    package var isPrivate: Bool {
        guard isIPv4 else { return high >> 57 == 0xfc >> 1 || high >> 54 == 0xfe80 >> 6 }
        let first = low >> 24 & 0xff
        let second = low >> 16 & 0xff
        return first == 10 || first == 172 && second & 0xf0 == 16
            || first == 192 && second == 168 || first == 169 && second == 254
    }

    /// What stands for the visitor's network in the hash: the 4 bytes of an IPv4 address, or the
    /// first 8 of an IPv6 one, as a household's temporary addresses share their /64 (RFC 8981).
    package func appendNetwork(to bytes: inout [UInt8]) {
        let (value, count) = isIPv4 ? (low, 4) : (high, 8)
        for index in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> (index * 8)))
        }
    }

    /// The same network as one number; no IPv6 network in use has that of an IPv4 address.
    package var networkNumber: UInt64 { isIPv4 ? low : high }

    /// Reads `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`, with or without
    /// a zone (`fe80::1%eth0`); `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 64 else { return nil }
        // Nearly all are of this form, and lie in one piece: read without a copy.
        if let value = text.utf8.withContiguousStorageIfAvailable({ Self.parseIPv4($0) }) ?? nil {
            self.init(high: 0, low: 0xffff_0000_0000 | UInt64(value))
            return
        }
        var bytes = Array(text.utf8)
        while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let rest = bytes[(end + 1)...]
            guard rest.isEmpty || Self.isPort(rest) else { return nil }
            bytes = Array(bytes[1..<end])
        } else if bytes.count(where: { $0 == UInt8(ascii: ":") }) == 1 {
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))!
            guard Self.isPort(bytes[colon...]) else { return nil }
            bytes.removeSubrange(colon...)
        }
        if bytes.contains(UInt8(ascii: ":")) {
            if let zone = bytes.firstIndex(of: UInt8(ascii: "%")) {
                // More than a zone's name is no address, but perhaps a list of them, whose first a
                // visitor wrote.
                guard bytes[(zone + 1)...].allSatisfy(Self.isOfZone) else { return nil }
                bytes.removeSubrange(zone...)
            }
            guard let (high, low) = Self.parseIPv6(bytes) else { return nil }
            self.init(high: high, low: low)
        } else {
            guard let value = Self.parseIPv4(bytes) else { return nil }
            self.init(high: 0, low: 0xffff_0000_0000 | UInt64(value))
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// RFC 6874 §2: unreserved signs.
    private static func isOfZone(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || "-._~".utf8.contains(byte)
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first == UInt8(ascii: ":") && (2...6).contains(bytes.count)
            && bytes.dropFirst().allSatisfy { (48...57).contains($0) }
    }

    /// `192.0.2.7` and nothing else.
    private static func parseIPv4(_ bytes: some Sequence<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        var number: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | number
                (number, digits) = (0, 0)
                dots += 1
            } else {
                // "01" is refused: some programs read it as octal.
                guard (48...57).contains(byte), digits == 0 || number > 0 else { return nil }
                number = number * 10 + UInt32(byte - 48)
                digits += 1
                guard number < 256 else { return nil }
            }
        }
        guard dots == 3, digits > 0 else { return nil }
        return value << 8 | number
    }

    private static func parseIPv6(_ bytes: [UInt8]) -> (UInt64, UInt64)? {
        var groups: [UInt16] = []
        var gap: Int?
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...9).contains(parts.count) else { return nil }
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                // "::" leaves one empty part inside, and two at an end of the text.
                if index == 0 {
                    guard parts[1].isEmpty else { return nil }
                } else if index == parts.count - 1 {
                    guard parts[index - 1].isEmpty else { return nil }
                } else {
                    guard gap == nil else { return nil }
                    gap = groups.count
                }
            } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let value = parseIPv4(part) else { return nil }
                groups += [UInt16(value >> 16), UInt16(value & 0xffff)]
            } else {
                guard part.count <= 4, part.allSatisfy(isHexadecimal),
                    let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let words = groups.map(UInt64.init)
        return (
            words[0] << 48 | words[1] << 32 | words[2] << 16 | words[3],
            words[4] << 48 | words[5] << 32 | words[6] << 16 | words[7]
        )
    }
}
