/// Finds tokens: session and user ids, hashes, UUIDs, Base64, IBANs; strings that a machine made
/// so that no two are alike, each of which stands for one person or one visit.
enum TokenFinder {
    /// The shortest that is marked, in letters and digits: hexadecimal of 12 (a MongoDB id ends in
    /// such, a network card has one). Names of products rarely reach it, and are not hexadecimal.
    static let shortest = 12
    /// Of mixed letters and digits: model names go up to 14 (`UE55TU7172UXXH`), YouTube's public
    /// ids have 11; session ids begin at 16.
    private static let shortestMixed = 16
    /// Of letters alone, all of one case: longer than most words, and no language's.
    static let shortestLetters = 20

    static func ranges(in signs: [UInt8], slashJoins: Bool) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index < signs.count {
            if TextSigns.isWord(signs[index]) {
                let run = TokenRun(signs, from: index, slashJoins: slashJoins)
                ranges += run.ranges()
                index = run.end
            } else if signs[index] == TextSigns.encoded {
                let start = index
                while index < signs.count, signs[index] == TextSigns.encoded { index += 1 }
                // Eight bytes that are no text, each written `%XX`: a binary id.
                if index - start >= 24 { ranges.append(start..<index) }
            } else {
                index += 1
            }
        }
        return ranges + groupedIBANs(in: signs)
    }

    /// Whether one run of letters and digits is a token by itself.
    static func isToken(_ piece: WordPiece) -> Bool {
        guard !piece.isForeign, piece.letters > 0 else { return false }
        if piece.isHexadecimal {
            return piece.digits > 0 && piece.count >= shortest || piece.count >= shortestMixed
        }
        if isIBAN(piece) { return true }
        if piece.digits > 0 || piece.mixesCase {
            return piece.count >= shortestMixed && !piece.readsAsWords
        }
        // Languages that the table of letters wasn't made of must have their words, too.
        return piece.count >= shortestLetters && piece.likeness < -8
    }

    /// Two letters, two digits, and an account of up to 30 signs (ISO 13616); the shortest has 15
    /// in all. The check digits are not looked at: a mistyped account is one, too.
    private static func isIBAN(_ piece: WordPiece) -> Bool {
        (15...34).contains(piece.count) && piece.digits >= 8 && piece.startsAsIBAN
    }

    /// `LV80 BANK 0000 4351 9500 1`: groups of four, parted by single spaces or hyphens.
    private static func groupedIBANs(in signs: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index + 4 < signs.count {
            let isStart = index == 0 || !TextSigns.isWord(signs[index - 1])
            guard isStart, WordPiece(signs, index..<(index + 4)).startsAsIBAN else {
                index += 1
                continue
            }
            var end = index + 4
            var count = 4
            while end + 1 < signs.count, signs[end] == 0x20 || signs[end] == 0x2D {
                let groupEnd =
                    signs[(end + 1)...].prefix(5).prefix(while: ASCII.isAlphanumeric).endIndex
                let size = groupEnd - end - 1
                guard (1...4).contains(size) else { break }
                count += size
                end = groupEnd
                if size < 4 { break }
            }
            let digits = signs[index..<end].reduce(0) { $0 + (ASCII.isDigit($1) ? 1 : 0) }
            if (15...34).contains(count), digits >= 8 { ranges.append(index..<end) }
            index = max(end, index + 1)
        }
        return ranges
    }
}

/// Letters and digits that joiners (`-`, `_`, `+`, `=`) hold together: a slug, or a token.
struct TokenRun {
    private let signs: [UInt8]
    private var pieces: [WordPiece] = []
    private(set) var end: Int

    /// Reads the run that starts at `start`, which is a letter or a digit.
    init(_ signs: [UInt8], from start: Int, slashJoins: Bool) {
        self.signs = signs
        end = start
        while end < signs.count {
            let begin = end
            while end < signs.count, TextSigns.isWord(signs[end]) { end += 1 }
            pieces.append(WordPiece(signs, begin..<end))
            var next = end
            while next < signs.count, Self.isJoiner(signs[next], slashJoins) { next += 1 }
            guard next < signs.count, TextSigns.isWord(signs[next]) else { return }
            end = next
        }
    }

    private static func isJoiner(_ sign: UInt8, _ slashJoins: Bool) -> Bool {
        switch sign {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "="),
            TextSigns.encoded:
            true
        default: slashJoins && sign == UInt8(ascii: "/")
        }
    }

    func ranges() -> [Range<Int>] {
        guard end - pieces[0].range.lowerBound >= TokenFinder.shortest else { return [] }
        if isSplitToken {
            return [
                withPadding(pieces[0].range.lowerBound..<pieces[pieces.count - 1].range.upperBound)
            ]
        }
        var ranges: [Range<Int>] = []
        var index = 0
        while index < pieces.count {
            if isUUID(at: index) {
                ranges.append(
                    pieces[index].range.lowerBound..<pieces[index + 4].range.upperBound)
                index += 5
            } else {
                if TokenFinder.isToken(pieces[index]) { ranges.append(extended(index)) }
                index += 1
            }
        }
        return ranges
    }

    /// Base64 has a joiner among 32 signs, which may leave no piece long enough to be a token by
    /// itself. Together they are one, when most of it mixes capitals and small letters and all of
    /// it is unlike words. A slug has few such pieces, be it full of models' names.
    private var isSplitToken: Bool {
        guard pieces.count > 1, end - pieces[0].range.lowerBound >= 20 else { return false }
        let all = pieces.reduce(0) { $0 + $1.count }
        let mixed = pieces.reduce(0) { $0 + ($1.mixesCase ? $1.count : 0) }
        return mixed * 2 >= all && pieces.reduce(0) { $0 + $1.likeness } < 0
    }

    /// 8-4-4-4-12 hexadecimal digits (RFC 9562 §4).
    private func isUUID(at index: Int) -> Bool {
        guard index + 5 <= pieces.count else { return false }
        return zip(pieces[index..<(index + 5)], [8, 4, 4, 4, 12]).allSatisfy {
            $0.isHexadecimal && $0.count == $1
        } && pieces[index + 4].range.upperBound - pieces[index].range.lowerBound == 36
    }

    /// A token with the neighbours that the same Base64 text must have given.
    private func extended(_ index: Int) -> Range<Int> {
        var first = index
        var last = index
        while first > 0, belongs(pieces[first - 1]) { first -= 1 }
        while last + 1 < pieces.count, belongs(pieces[last + 1]) { last += 1 }
        return withPadding(pieces[first].range.lowerBound..<pieces[last].range.upperBound)
    }

    private func belongs(_ piece: WordPiece) -> Bool {
        let isMixed = piece.count >= 4 && piece.digits > 0 && piece.letters > 0
        return !piece.isForeign && !piece.readsAsWords && (piece.mixesCase || isMixed)
    }

    private func withPadding(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end < signs.count, end < range.upperBound + 2, signs[end] == UInt8(ascii: "=") {
            end += 1
        }
        return range.lowerBound..<end
    }
}
