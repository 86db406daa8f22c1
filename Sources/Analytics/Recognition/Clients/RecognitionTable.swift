/// What is wrong with a recognition table, told so that its maintainer can mend it.
package struct RecognitionTableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The table's name, such as `bots.tsv`.
    package let table: String
    /// Counted from 1, comments and empty lines included; 0 where the table as a whole is meant.
    package let line: Int
    package let problem: String
    package let mend: String

    package init(table: String, line: Int, problem: String, mend: String) {
        self.table = table
        self.line = line
        self.problem = problem
        self.mend = mend
    }

    package var description: String {
        line == 0 ? "\(table): \(problem). \(mend)." : "\(table) line \(line): \(problem). \(mend)."
    }
}

/// A table of facts as text: one row a line, its fields parted by tabs, `#` before a comment.
struct RecognitionTable {
    struct Row {
        let line: Int
        let fields: [String]
    }

    let name: String
    let columns: [String]
    private(set) var rows: [Row] = []

    /// - Parameter columns: what each row must hold, in order; the last one, the note, may be left
    ///   out of a row.
    init(name: String, columns: [String], text: String) throws(RecognitionTableError) {
        self.name = name
        self.columns = columns
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { continue }
            var fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(
                String.init)
            if fields.count == columns.count - 1 { fields.append("") }
            guard fields.count == columns.count else {
                throw RecognitionTableError(
                    table: name, line: number, problem: "has \(fields.count) fields",
                    mend: "Write \(columns.joined(separator: ", ")), parted by one tab each")
            }
            rows.append(Row(line: number, fields: fields))
        }
    }

    /// The table of this name: of `files`, or the one built in.
    init(name: String, columns: [String], files: [String: String]) throws(RecognitionTableError) {
        try self.init(
            name: name, columns: columns, text: files[name] ?? Embedded.files[name] ?? "")
    }

    /// An error about one row, for the rules that read it.
    func error(_ row: Row, _ problem: String, _ mend: String) -> RecognitionTableError {
        RecognitionTableError(table: name, line: row.line, problem: problem, mend: mend)
    }

    /// A whole number in the given column, or an error that says which numbers may stand there.
    func number(_ row: Row, _ column: Int, _ allowed: ClosedRange<Int>)
        throws(RecognitionTableError) -> Int
    {
        guard let number = Int(row.fields[column]), allowed.contains(number) else {
            throw error(
                row, "'\(row.fields[column])' is no \(columns[column])",
                "Write a whole number from \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return number
    }

    /// One of a closed set of words in the given column, or an error that lists them.
    func word<Word: RawRepresentable & CaseIterable>(_ row: Row, _ column: Int)
        throws(RecognitionTableError) -> Word where Word.RawValue == String
    {
        guard let word = Word(rawValue: row.fields[column]) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(
                row, "'\(row.fields[column])' is no \(columns[column])", "Write one of \(known)")
        }
        return word
    }

    /// The row's first field as a mark that no earlier row has.
    func mark(_ row: Row, seen: inout [String: Int]) throws(RecognitionTableError) -> Mark {
        guard let mark = Mark(row.fields[0]) else {
            throw error(
                row, "'\(row.fields[0])' is no mark",
                "Write 2 to 60 characters in lower case, with '^' or '*' only at its ends")
        }
        if let first = seen.updateValue(row.line, forKey: row.fields[0]) {
            throw error(
                row, "'\(row.fields[0])' stands in line \(first) already", "Remove one of the two")
        }
        return mark
    }
}
