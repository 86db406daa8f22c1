/// Finds mail addresses.
enum MailFinder {
    /// Around each `@` as far as signs go that an address may hold (RFC 5321, and letters of any
    /// script by RFC 6531); those that part fields of an address or a text end it.
    ///
    /// `@handle` with nothing before it is a public name and stays, and so does `package@18.2.0`.
    static func ranges(in signs: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var floor = 0
        for at in signs.indices where signs[at] == UInt8(ascii: "@") {
            var start = at
            while start > floor, isLocal(signs[start - 1]) { start -= 1 }
            var end = at + 1
            while end < signs.count, isDomain(signs[end]) { end += 1 }
            while end > at + 1, !TextSigns.isWord(signs[end - 1]) { end -= 1 }
            guard start < at, end > at + 1, isName(signs[(at + 1)..<end]) else { continue }
            ranges.append(start..<end)
            floor = end
        }
        return ranges
    }

    private static func isLocal(_ sign: UInt8) -> Bool {
        if TextSigns.isWord(sign) || sign == TextSigns.encoded { return true }
        switch sign {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "^"), UInt8(ascii: "~"),
            UInt8(ascii: "\""):
            return true
        default: return false
        }
    }

    private static func isDomain(_ sign: UInt8) -> Bool {
        TextSigns.isWord(sign) || sign == UInt8(ascii: ".") || sign == UInt8(ascii: "-")
            || sign == UInt8(ascii: "_")
    }

    /// No top-level domain is a number, and `@2x` names a picture for fine screens.
    private static func isName(_ domain: ArraySlice<UInt8>) -> Bool {
        let labels = domain.split(separator: UInt8(ascii: "."))
        guard let first = labels.first, let last = labels.last else { return false }
        let isScale =
            first.count == 2 && ASCII.isDigit(first[first.startIndex])
            && first.last == UInt8(ascii: "x")
        return !isScale && !last.allSatisfy(ASCII.isDigit)
    }
}

/// Finds network addresses that colons part: IPv6 and the hardware's own (MAC), which hyphens part
/// too. IPv4 looks like a phone number and is found with the numbers.
enum NetworkFinder {
    static func ranges(in signs: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index < signs.count {
            guard isPart(signs[index]), index == 0 || !TextSigns.isWord(signs[index - 1]) else {
                index += 1
                continue
            }
            var end = index
            while end < signs.count, isPart(signs[end]) { end += 1 }
            let isCutWord = end < signs.count && TextSigns.isWord(signs[end])
            let next = end
            while end > index, signs[end - 1] == UInt8(ascii: ".") { end -= 1 }
            if !isCutWord, isAddress(signs[index..<end]) { ranges.append(index..<end) }
            index = next
        }
        return ranges
    }

    /// `00-1A-2B-3C-4D-5E`: six pairs, a digit among them, and not all like `a4-b5`, as levels and
    /// sizes are.
    static func hyphenated(in signs: [UInt8]) -> [Range<Int>] {
        let length = 17
        var ranges: [Range<Int>] = []
        var index = 0
        while index + length <= signs.count {
            let end = index + length
            if isHyphenated(signs[index..<end]), index == 0 || !TextSigns.isWord(signs[index - 1]),
                end == signs.count || !TextSigns.isWord(signs[end])
            {
                ranges.append(index..<end)
                index = end
            } else {
                index += 1
            }
        }
        return ranges
    }

    private static func isHyphenated(_ text: ArraySlice<UInt8>) -> Bool {
        let start = text.startIndex
        var areNames = true
        for index in text.indices {
            switch (index - start) % 3 {
            case 2: guard text[index] == UInt8(ascii: "-") else { return false }
            case let place:
                guard ASCII.isHex(text[index]) else { return false }
                areNames = areNames && ASCII.isDigit(text[index]) == (place == 1)
            }
        }
        return !areNames && text.contains(where: ASCII.isDigit)
    }

    private static func isPart(_ sign: UInt8) -> Bool {
        ASCII.isHex(sign) || sign == UInt8(ascii: ":") || sign == UInt8(ascii: ".")
    }

    private static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
        let groups = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let filled = groups.filter { !$0.isEmpty }
        guard groups.count >= 3, filled.allSatisfy({ $0.count <= 4 || $0.contains(0x2E) }),
            text.contains(where: ASCII.isDigit)
        else { return false }
        let isShortened = groups.count - filled.count > 0 && filled.count >= 2
        let isHardware = filled.count == 6 && filled.allSatisfy { $0.count == 2 }
        return isHardware || filled.count == 8 || (isShortened && filled.count < 8)
    }
}
