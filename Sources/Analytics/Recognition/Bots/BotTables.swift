/// A row of `bots.tsv` or `bot-words.tsv`.
struct BotFact {
    let rule: String
    /// `nil` for words that give no bot away.
    let category: BotCategory?
    let strength: BotStrength
}

/// How much a mark says. `named` is every row of `bots.tsv`; the others are written in
/// `bot-words.tsv`, which tells what they mean.
enum BotStrength: String, CaseIterable {
    case named, sure, hint, domain, person, engine, device
}

/// Reads the two tables that `BotRules` is made of.
enum BotTables {
    static func names(_ files: [String: String])
        throws(RecognitionTableError) -> [(mark: Mark, fact: BotFact)]
    {
        let table = try RecognitionTable(
            name: "bots.tsv", columns: ["mark", "rule", "category", "note"],
            files: files)
        var reader = Reader(table: table)
        var facts: [(Mark, BotFact)] = []
        for row in table.rows { facts.append(try reader.bot(row, strength: .named)) }
        return facts
    }

    static func words(_ files: [String: String])
        throws(RecognitionTableError) -> [(mark: Mark, fact: BotFact)]
    {
        let table = try RecognitionTable(
            name: "bot-words.tsv", columns: ["mark", "rule", "category", "strength", "note"],
            files: files)
        var reader = Reader(table: table)
        var facts: [(Mark, BotFact)] = []
        for row in table.rows {
            let strength: BotStrength = try table.word(row, 3)
            switch strength {
            case .sure, .hint, .domain:
                facts.append(try reader.bot(row, strength: strength))
            case .person, .engine, .device:
                let mark = try table.mark(row, seen: &reader.marks)
                facts.append((mark, BotFact(rule: "", category: nil, strength: strength)))
            case .named:
                throw table.error(
                    row, "'named' is for bots.tsv", "Move the row there, or write 'sure'")
            }
        }
        return facts
    }

    private struct Reader {
        let table: RecognitionTable
        var marks: [String: Int] = [:]
        var categories: [String: BotCategory] = [:]

        mutating func bot(_ row: RecognitionTable.Row, strength: BotStrength)
            throws(RecognitionTableError) -> (Mark, BotFact)
        {
            let rule = row.fields[1]
            guard (2...60).contains(rule.utf8.count),
                rule.utf8.allSatisfy({
                    UserAgentText.isLetter($0) || UserAgentText.isDigit($0)
                        || $0 == UInt8(ascii: "_")
                })
            else {
                throw table.error(
                    row, "'\(rule)' is no rule's name",
                    "Write 2 to 60 small letters, digits and '_'")
            }
            let category: BotCategory = try table.word(row, 2)
            if let other = categories.updateValue(category, forKey: rule), other != category {
                throw table.error(
                    row, "the rule '\(rule)' is \(other.rawValue) in an earlier row",
                    "Give both rows one category, or the rules two names")
            }
            let mark = try table.mark(row, seen: &marks)
            return (mark, BotFact(rule: rule, category: category, strength: strength))
        }
    }
}
