/// A piece of text that gives something away, as the tables write it.
///
/// `googlebot` stands at the start of a word and ends before anything but a letter; `bot*` may go
/// on, `*bot` may stand within a word, `*crawl*` both; `^whatsapp` only begins the whole text.
/// Case does not matter; a sign (`; kf`) starts and ends a word by itself.
struct Mark: Hashable {
    let bytes: [UInt8]
    let beginsText: Bool
    let startsAnywhere: Bool
    let endsAnywhere: Bool

    init?(_ text: String) {
        var body = text[...]
        beginsText = body.hasPrefix("^")
        if beginsText { body = body.dropFirst() }
        let opens = body.hasPrefix("*")
        if opens { body = body.dropFirst() }
        let closes = body.hasSuffix("*")
        if closes { body = body.dropLast() }
        guard (2...60).contains(body.utf8.count), body.allSatisfy({ $0 != "*" && $0 != "^" }),
            body.lowercased() == body, let first = body.utf8.first, let last = body.utf8.last
        else { return nil }
        bytes = Array(body.utf8)
        startsAnywhere = opens || !UserAgentText.isLetter(first)
        endsAnywhere = closes || !UserAgentText.isLetter(last)
    }
}

/// Finds every mark of a table in a text in one pass over it.
///
/// Two trees of bytes: one entered at each start of a word, one, far smaller, at each byte. A mark
/// is at most 60 bytes, so the work is linear in the text whatever the text is.
struct MarkIndex: Sendable {
    /// Both trees, laid flat, since following references between nodes took most of the time. A
    /// node is: how many edges, how many ends, then each edge's byte and target, then the ends.
    private var cells: [Int32] = []
    private var atWords: [Int32]
    private var anywhere: [Int32]

    /// A match's `row` is the place of its mark in `marks`.
    init(_ marks: [Mark]) {
        // The first bytes of a tree's marks, by which nearly every walk ends at once; 0 for none.
        atWords = [Int32](repeating: 0, count: 256)
        anywhere = atWords
        cells.append(0)
        let rows = marks.enumerated().sorted {
            $0.element.bytes.lexicographicallyPrecedes($1.element.bytes)
        }
        for (byte, group) in Self.groups(rows.filter { !$0.element.startsAnywhere }[...], at: 0) {
            atWords[Int(byte)] = append(group, depth: 1)
        }
        for (byte, group) in Self.groups(rows.filter { $0.element.startsAnywhere }[...], at: 0) {
            anywhere[Int(byte)] = append(group, depth: 1)
        }
    }

    /// Calls `body` with each match: the mark's row, where it starts, and the index behind it.
    func forEachMatch(
        in text: UserAgentText, _ body: (_ row: Int, _ start: Int, _ end: Int) -> Void
    ) {
        let bytes = text.bytes.span
        let cells = cells.span
        var isInWord = false
        for start in 0..<bytes.count {
            let byte = Int(bytes[start])
            if !isInWord { Self.walk(cells, from: atWords[byte], bytes, start, body) }
            Self.walk(cells, from: anywhere[byte], bytes, start, body)
            isInWord = UserAgentText.isLetter(bytes[start])
        }
    }

    private static func walk(
        _ cells: Span<Int32>, from root: Int32, _ bytes: Span<UInt8>, _ start: Int,
        _ body: (_ row: Int, _ start: Int, _ end: Int) -> Void
    ) {
        var node = Int(root)
        var index = start + 1
        while node != 0 {
            let edges = node + 2
            let ends = edges + 2 * Int(cells[node])
            for cell in ends..<ends + Int(cells[node + 1]) {
                let end = End(code: cells[cell])
                let isWhole = index == bytes.count || !UserAgentText.isLetter(bytes[index])
                if isWhole || end.endsAnywhere, start == 0 || !end.beginsText {
                    body(end.row, start, index)
                }
            }
            guard index < bytes.count else { return }
            let byte = Int32(bytes[index])
            node = 0
            for edge in stride(from: edges, to: ends, by: 2) where cells[edge] == byte {
                node = Int(cells[edge + 1])
                break
            }
            index += 1
        }
    }

    /// Where a mark ends: its row and what else it asks for, in one cell.
    private struct End {
        let row: Int
        let beginsText: Bool
        let endsAnywhere: Bool

        init(row: Int, _ mark: Mark) {
            self.row = row
            beginsText = mark.beginsText
            endsAnywhere = mark.endsAnywhere
        }

        init(code: Int32) {
            row = Int(code >> 2)
            beginsText = code & 2 != 0
            endsAnywhere = code & 1 != 0
        }

        var code: Int32 { Int32(row) << 2 | (beginsText ? 2 : 0) | (endsAnywhere ? 1 : 0) }
    }

    private typealias Rows = ArraySlice<(offset: Int, element: Mark)>

    /// Sorted marks, equal before `depth`, by their byte there.
    private static func groups(_ rows: Rows, at depth: Int) -> [(byte: UInt8, rows: Rows)] {
        var groups: [(byte: UInt8, rows: Rows)] = []
        var rest = rows
        while let first = rest.first {
            let byte = first.element.bytes[depth]
            let group = rest.prefix { $0.element.bytes[depth] == byte }
            groups.append((byte, group))
            rest = rest.dropFirst(group.count)
        }
        return groups
    }

    /// Lays down the node of marks that are equal in their first `depth` bytes, and all below it.
    private mutating func append(_ rows: Rows, depth: Int) -> Int32 {
        let node = cells.count
        let complete = rows.prefix { $0.element.bytes.count == depth }
        let groups = Self.groups(rows.dropFirst(complete.count), at: depth)
        cells += [Int32(groups.count), Int32(complete.count)]
        for group in groups { cells += [Int32(group.byte), 0] }
        for (row, mark) in complete { cells.append(End(row: row, mark).code) }
        for (place, group) in groups.enumerated() {
            let target = append(group.rows, depth: depth + 1)
            cells[node + 2 + 2 * place + 1] = target
        }
        return Int32(node)
    }
}
