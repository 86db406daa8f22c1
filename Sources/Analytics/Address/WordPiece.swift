/// A run of letters and digits, and whether people could have written it.
struct WordPiece {
    let range: Range<Int>
    private(set) var digits = 0
    private(set) var letters = 0
    /// Letters outside ASCII: no token has them.
    private(set) var isForeign = false
    private(set) var isHexadecimal = true
    /// Begins with two letters and two digits.
    let startsAsIBAN: Bool
    private var capitals = 0
    private var isCapitalised = false
    /// Letters in parts that read as words.
    private var wordy = 0

    var count: Int { range.count }

    init(_ signs: [UInt8], _ range: Range<Int>) {
        self.range = range
        var partStart = range.lowerBound
        for index in range {
            let sign = signs[index]
            if ASCII.isDigit(sign) {
                digits += 1
            } else if ASCII.isLetter(sign) {
                letters += 1
                if ASCII.isUpper(sign) { capitals += 1 }
                if !ASCII.isHex(sign) { isHexadecimal = false }
            } else {
                isForeign = true
                isHexadecimal = false
            }
            if index > partStart, Self.parts(signs[index - 1], sign) {
                wordy += Self.wordyLetters(signs[partStart..<index])
                partStart = index
            }
        }
        wordy += Self.wordyLetters(signs[partStart..<range.upperBound])
        isCapitalised = capitals == 1 && ASCII.isUpper(signs[range.lowerBound])
        startsAsIBAN =
            range.count >= 4 && ASCII.isLetter(signs[range.lowerBound])
            && ASCII.isLetter(signs[range.lowerBound + 1])
            && ASCII.isDigit(signs[range.lowerBound + 2])
            && ASCII.isDigit(signs[range.lowerBound + 3])
    }

    /// Half of it is in words: `iPhone15ProMax256GB` is, `aX3kQ9zLm2Pw7Rt4` is not.
    var readsAsWords: Bool { wordy * 2 >= count }

    /// Capitals and small letters mixed as no word or name has them.
    var isWild: Bool {
        !isForeign && capitals > 0 && capitals < letters && !(isCapitalised && digits == 0)
            && !readsAsWords
    }

    /// Between letters and digits, and before a capital that follows a small letter.
    private static func parts(_ before: UInt8, _ sign: UInt8) -> Bool {
        ASCII.isDigit(before) != ASCII.isDigit(sign)
            || ASCII.isLower(before) && ASCII.isUpper(sign)
    }

    /// All letters of a part when it has a vowel and three in five of its pairs of letters are
    /// usual ones; else 0. Fewer than three letters say nothing.
    private static func wordyLetters(_ part: ArraySlice<UInt8>) -> Int {
        guard part.count >= 3, !ASCII.isDigit(part[part.startIndex]) else { return 0 }
        var usual = 0
        var hasVowel = false
        var previous: UInt8 = 0
        for sign in part {
            guard ASCII.isLetter(sign) else { return part.count }
            let letter = sign | 0x20
            if isVowel(letter) { hasVowel = true }
            if previous != 0, LetterPairs.isUsual(previous, letter) { usual += 1 }
            previous = letter
        }
        return hasVowel && usual * 5 >= (part.count - 1) * 3 ? part.count : 0
    }

    private static func isVowel(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
            UInt8(ascii: "u"), UInt8(ascii: "y"):
            true
        default: false
        }
    }
}

/// Which letter usually follows which in words.
///
/// The 250 most frequent pairs, counted over the words of 28 languages in Latin script (English to
/// Basque, Latvian among them) as free software's translations hold them, diacritics left out,
/// each language weighing the same. They make up 91 % of the pairs in words and 37 % of random
/// ones; of the words' letters 93–98 % stand in words that pass `WordPiece`'s test.
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
