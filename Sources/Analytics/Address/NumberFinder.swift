/// Finds numbers that may belong to a person: phones, cards, accounts, personal codes, orders,
/// IPv4 addresses.
///
/// Six digits in a row are the shortest that is marked: personal codes begin with a birth date of
/// six (Latvia's `311299-12345`), one-time codes have six. Five leave postal codes and most
/// numbers of products. A date without hyphens (`20261122`) goes too: Latvia's mobile phones are
/// such numbers of eight.
enum NumberFinder {
    private static let longest = 6
    /// In chains such as `26 123 456`; Latvia's phones have eight digits, most others more.
    private static let shortestChain = 8
    /// With a `+` before it: `+372 512 3456` less its country.
    private static let shortestInternational = 7

    struct Group {
        let start: Int
        let end: Int
        /// Of at most nine digits; 0 for longer ones.
        let value: Int
        /// What stands before it within the chain.
        let separator: UInt8
        var count: Int { end - start }
        var isYear: Bool { count == 4 && (1900...2099).contains(value) }
        var isRound: Bool { value % 100 == 0 && value > 0 }
    }

    static func ranges(in signs: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index < signs.count {
            guard ASCII.isDigit(signs[index]) else {
                index += 1
                continue
            }
            let chain = chain(in: signs, from: index)
            index = chain[chain.count - 1].end
            ranges += marks(chain, signs)
        }
        return ranges
    }

    /// The groups of digits from `start` on that single separators join.
    private static func chain(in signs: [UInt8], from start: Int) -> [Group] {
        var groups: [Group] = []
        var index = start
        var separator: UInt8 = 0
        while true {
            let begin = index
            var value = 0
            while index < signs.count, ASCII.isDigit(signs[index]) {
                value = index - begin < 9 ? value * 10 + Int(signs[index] - 0x30) : 0
                index += 1
            }
            groups.append(Group(start: begin, end: index, value: value, separator: separator))
            guard let next = groupStart(in: signs, after: index) else { return groups }
            separator = signs[index]
            index = next
        }
    }

    /// Where the next group starts: behind one of ` `, `-`, `_`, `.`, or behind brackets, as in
    /// `(555) 123-4567` and `555)123`.
    private static func groupStart(in signs: [UInt8], after end: Int) -> Int? {
        var index = end
        var hasBracket = false
        while index < signs.count, index < end + 3, isSeparator(signs[index]) {
            hasBracket = hasBracket || signs[index] == 0x28 || signs[index] == 0x29
            index += 1
        }
        guard index > end, index < signs.count, ASCII.isDigit(signs[index]) else { return nil }
        return index - end == 1 || hasBracket ? index : nil
    }

    private static func isSeparator(_ sign: UInt8) -> Bool {
        isHyphen(sign) || sign == UInt8(ascii: " ") || sign == UInt8(ascii: ".")
            || sign == UInt8(ascii: "(") || sign == UInt8(ascii: ")")
    }

    private static func isHyphen(_ sign: UInt8) -> Bool {
        sign == UInt8(ascii: "-") || sign == UInt8(ascii: "_")
    }

    // MARK: What a chain is

    private static func marks(_ chain: [Group], _ signs: [UInt8]) -> [Range<Int>] {
        if let start = internationalStart(chain, signs) {
            return [start..<chain[chain.count - 1].end]
        }
        // A card, though one of its groups may look like a year.
        if chain.count >= 4, chain.allSatisfy({ $0.count == 4 }), !chain.allSatisfy(\.isYear) {
            return [chain[0].start..<chain[chain.count - 1].end]
        }
        // Groups glued to letters (`s24`, `256gb`) are no part of a phone; only long ones count.
        let isGlued = chain.map { group in
            group.start > 0 && TextSigns.isWord(signs[group.start - 1])
                || group.end < signs.count && TextSigns.isWord(signs[group.end])
        }
        var ranges: [Range<Int>] = []
        var segment: [Group] = []
        func closeSegment() {
            if let first = segment.first, let last = segment.last, isPersonal(segment) {
                ranges.append(opened(first.start, signs)..<last.end)
            }
            segment = []
        }
        var index = 0
        while index < chain.count {
            let dated = dateLength(chain[index...], isGlued[index...])
            if dated > 0 || isGlued[index] {
                closeSegment()
                for group in chain[index..<(index + max(1, dated))] where group.count >= longest {
                    ranges.append(group.start..<group.end)
                }
            } else {
                segment.append(chain[index])
            }
            index += max(1, dated)
        }
        closeSegment()
        return ranges
    }

    /// Where `+371 26 123 456` or `+(371)…` starts.
    private static func internationalStart(_ chain: [Group], _ signs: [UInt8]) -> Int? {
        var start = chain[0].start
        if start > 0, signs[start - 1] == UInt8(ascii: "(") { start -= 1 }
        let digits = chain.reduce(0) { $0 + $1.count }
        guard start > 0, signs[start - 1] == UInt8(ascii: "+"), digits >= shortestInternational
        else { return nil }
        return start - 1
    }

    /// With the bracket of `(555) 123-4567`.
    private static func opened(_ start: Int, _ signs: [UInt8]) -> Int {
        start > 0 && signs[start - 1] == UInt8(ascii: "(") ? start - 1 : start
    }

    private static func isPersonal(_ groups: [Group]) -> Bool {
        if groups.contains(where: { $0.count >= longest }) { return true }
        let digits = groups.reduce(0) { $0 + $1.count }
        let joinedByDots = groups.dropFirst().allSatisfy { $0.separator == UInt8(ascii: ".") }
        if joinedByDots, groups.count == 4, groups.allSatisfy({ $0.count <= 3 && $0.value <= 255 })
        {
            return true
        }
        // A latitude or longitude to the metre: 56.94964.
        if joinedByDots, groups.count == 2, groups[0].separator == 0, groups[0].count <= 3,
            groups[1].count == 5
        {
            return true
        }
        // A price's range (100-2000) and a phone (512 3456) differ in their round ends.
        if groups.allSatisfy(\.isRound) { return false }
        if groups.count == 2, groups[0].count == 3, groups[1].count == 4, !joinedByDots {
            return !groups[1].isRound
        }
        guard digits >= shortestChain else { return false }
        // A product's number of five at an end of a slug: `lamp-4000-12345`.
        let counts = groups.map(\.count).sorted()
        if groups.count == 2, isHyphen(groups[1].separator), counts[0] < 5, counts[1] == 5 {
            return false
        }
        // Versions have groups of one digit and of five: 10.0.19045.
        if joinedByDots, !groups.allSatisfy({ (2...4).contains($0.count) }) {
            return digits >= shortestChain && groups.allSatisfy { $0.count != 5 }
                && !groups.contains { $0.count == 1 && $0.value == 0 }
                && groups.filter { $0.count == 1 }.count < 2
        }
        return digits >= 2 * groups.count
    }

    /// How many groups from the first on are a date or a year: `2026-11-22`, `22.11.2026`, `2026`.
    private static func dateLength(
        _ groups: ArraySlice<Group>, _ isGlued: ArraySlice<Bool>
    ) -> Int {
        let first = groups.startIndex
        guard !isGlued[first] else { return 0 }
        if groups.count >= 3, !isGlued[first + 1],
            groups[first + 1].separator == groups[first + 2].separator
        {
            let (a, b, c) = (groups[first], groups[first + 1], groups[first + 2])
            let isWritten = [a, b, c].allSatisfy { $0.count <= 2 || $0.isYear }
            let startsWithYear =
                a.isYear && (1...12).contains(b.value) && (1...31).contains(c.value)
            let endsWithYear =
                c.isYear && (1...31).contains(a.value) && (1...31).contains(b.value)
                && min(a.value, b.value) <= 12
            if isWritten, startsWithYear && c.count <= 2 || endsWithYear && a.count <= 2 {
                return 3
            }
        }
        return groups[first].isYear ? 1 : 0
    }
}
