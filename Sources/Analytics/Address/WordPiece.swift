/// A run of letters and digits, and how much it is like words.
struct WordPiece {
    let range: Range<Int>
    private(set) var digits = 0
    private(set) var letters = 0
    /// Letters outside ASCII: no token has them.
    private(set) var isForeign = false
    private(set) var isHexadecimal = true
    /// Begins with two letters and two digits.
    let startsAsIBAN: Bool
    /// Whether people could have written it: the sum over its neighbouring signs of how much more
    /// usual they are in words and names than in random text. Below zero is more like random.
    private(set) var likeness = 0
    private var capitals = 0
    private var startsCapital = false

    var count: Int { range.count }

    init(_ signs: [UInt8], _ range: Range<Int>) {
        self.range = range
        var previous: UInt8 = 0
        var pairsOfCapitals = 0
        for index in range {
            let sign = signs[index]
            if ASCII.isDigit(sign) {
                digits += 1
            } else if ASCII.isLetter(sign) {
                letters += 1
                if ASCII.isUpper(sign) {
                    capitals += 1
                    if ASCII.isUpper(previous) { pairsOfCapitals += 1 }
                }
                if !ASCII.isHex(sign) { isHexadecimal = false }
            } else {
                isForeign = true
                isHexadecimal = false
            }
            if previous != 0 { likeness += Self.likeness(previous, sign) }
            previous = sign
        }
        startsCapital = ASCII.isUpper(signs[range.lowerBound])
        // Two capitals are usual in words of capitals only (`SALE2026`), not among small letters.
        if capitals < letters { likeness -= 3 * pairsOfCapitals }
        startsAsIBAN =
            range.count >= 4 && ASCII.isLetter(signs[range.lowerBound])
            && ASCII.isLetter(signs[range.lowerBound + 1])
            && ASCII.isDigit(signs[range.lowerBound + 2])
            && ASCII.isDigit(signs[range.lowerBound + 3])
    }

    var readsAsWords: Bool { likeness >= 0 }

    /// Capitals and small letters mixed otherwise than in `Word`.
    var mixesCase: Bool {
        !isForeign && capitals > 0 && capitals < letters
            && !(startsCapital && capitals == 1 && digits == 0)
    }

    /// Rounded logarithms of the ratio of the two frequencies, in half bits: a usual pair of
    /// letters is 91 % of the pairs in words and 37 % of random ones; letter and digit meet at
    /// 27–40 % of the places in random text.
    private static func likeness(_ before: UInt8, _ sign: UInt8) -> Int {
        let digits = (ASCII.isDigit(before) ? 1 : 0) + (ASCII.isDigit(sign) ? 1 : 0)
        if digits == 2 { return 1 }
        if digits == 1 { return -2 }
        if ASCII.isLower(before), ASCII.isUpper(sign) { return -1 }
        guard ASCII.isLetter(before), ASCII.isLetter(sign) else { return 2 }
        return LetterPairs.isUsual(before | 0x20, sign | 0x20) ? 2 : -4
    }
}

/// Which letter usually follows which in words.
///
/// The 250 most frequent pairs, counted over the words of 28 languages in Latin script (English to
/// Basque, Latvian among them) as free software's translations hold them, diacritics left out,
/// each language weighing the same. They make up 91 % of the pairs in words and 37 % of random
/// ones.
enum LetterPairs {
    private static let followers = [
        "a": "abcdfghijklmnoprstuvwyz", "b": "aeiloru", "c": "aehikortu", "d": "aeiorsu",
        "e": "abcdefghijklmnprstvxz", "f": "aeio", "g": "aehinorsu", "h": "aeiotu",
        "i": "abcdefgjklmnoprstuvz", "j": "aeiou", "k": "aeilorstu", "l": "adeilnostu",
        "m": "abeimopu", "n": "acdegijknostuy", "o": "abcdgijklmnoprstuvwz", "p": "aeiloprstu",
        "q": "u", "r": "acdegikmnorstu", "s": "acehiklopstuz", "t": "aehilorstuyz",
        "u": "abcdegiklmnprstz", "v": "aeio", "w": "aei", "y": "a", "z": "aeio",
    ]

    /// A bit for each follower, by the letter before it.
    private static let bits: [UInt32] = {
        var bits = [UInt32](repeating: 0, count: 26)
        for (letter, followers) in followers {
            for byte in letter.utf8 {
                bits[Int(byte - 0x61)] = followers.utf8.reduce(0) { $0 | 1 << UInt32($1 - 0x61) }
            }
        }
        return bits
    }()

    /// Of letters in lower case.
    static func isUsual(_ letter: UInt8, _ follower: UInt8) -> Bool {
        bits[Int(letter - 0x61)] >> UInt32(follower - 0x61) & 1 == 1
    }
}
