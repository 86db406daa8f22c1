import Analytics

/// Tables with a bar in each row, side by side where there is room.
struct TableText {
    private static let gap = 3
    private static let mostBeside = 3
    private static let bars = 6...30
    /// `100 %`
    private static let shareWidth = 5

    let renderer: TextRenderer

    private var glyphs: Glyphs { renderer.glyphs }

    /// One block a row of tables.
    func blocks(of tables: [ReportTable]) -> [[StyledLine]] {
        // Numbers as wide in all of them, so that bars stand below each other.
        let numbers = tables.flatMap { table in
            table.rows.map { Wording.value($0.figures.first ?? nil, of: table.metrics[0]).count }
        }
        let columns = tables.map { Columns(table: $0, valueWidth: max(6, numbers.max() ?? 0)) }
        var blocks: [[StyledLine]] = []
        var row: [Columns] = []
        for table in columns {
            if !row.isEmpty, !fits(row + [table]) {
                blocks.append(beside(row))
                row = []
            }
            row.append(table)
        }
        return row.isEmpty ? blocks : blocks + [beside(row)]
    }

    /// What a table's columns need.
    private struct Columns {
        let table: ReportTable
        /// Of the first metric.
        let valueWidth: Int
        let heads: [String]
        let otherWidths: [Int]
        let hasShare: Bool

        init(table: ReportTable, valueWidth: Int) {
            self.table = table
            self.valueWidth = valueWidth
            let heads = table.metrics.map { Wording.name(of: $0).lowercased() }
            self.heads = heads
            hasShare = table.rows.contains { $0.share != nil }
            otherWidths = table.metrics.indices.dropFirst().map { index in
                let values = table.rows.map {
                    Wording.value($0.figures[index], of: table.metrics[index]).count
                }
                return max(heads[index].count, values.max() ?? 0)
            }
        }

        /// All right of the bar, with the space before it.
        var numbersWidth: Int {
            1 + valueWidth + (hasShare ? 1 + TableText.shareWidth : 0)
                + otherWidths.reduce(0) { $0 + 2 + $1 }
        }

        /// Paths and titles say little when they are cut short.
        var least: Int {
            let label =
                switch table.dimension {
                case .page, .title, .entryPage, .exitPage, .referrer: 28
                default: 14
                }
            return label + 1 + TableText.bars.lowerBound + numbersWidth
        }
    }

    private func fits(_ row: [Columns]) -> Bool {
        row.count <= Self.mostBeside
            && row.reduce(-Self.gap) { $0 + $1.least + Self.gap } <= renderer.width
    }

    /// Tables of equal width, or as near to it as what they need allows.
    private func beside(_ row: [Columns]) -> [StyledLine] {
        let most = row.map(\.least).max() ?? 1
        // A last table that stands alone has the width that it had beside others.
        let places = max(
            row.count, min(Self.mostBeside, (renderer.width + Self.gap) / (most + Self.gap)))
        let room = renderer.width - Self.gap * (places - 1)
        let equal = room / places
        let spare = (room - row.reduce(0) { $0 + $1.least }) / row.count
        let isEqual = places == 1 || most <= equal
        let widths = row.map { isEqual ? equal : $0.least + spare }
        // What a division left over widens the gaps, so that the last table ends at the edge.
        let left = isEqual ? room - equal * places : room - widths.reduce(0, +)
        let gap = Self.gap + (places > 1 ? left / (places - 1) : 0)
        let tables = zip(row, widths).map { lines(of: $0, width: $1) }
        return (0..<(tables.map(\.count).max() ?? 0)).map { index in
            var (line, start) = (StyledLine(), 0)
            for (table, width) in zip(tables, widths) {
                line.pad(to: start)
                if index < table.count { line.append(table[index]) }
                start += width + gap
            }
            return line
        }
    }

    private func lines(of columns: Columns, width: Int) -> [StyledLine] {
        let table = columns.table
        guard !table.rows.isEmpty else {
            return [head(of: columns, width: width), StyledLine("nothing yet", .faint)]
        }
        let largest = table.rows.compactMap { $0.figures.first ?? nil }.max() ?? 0
        let rest = width - columns.numbersWidth
        var bar = 0
        if rest >= 20 {
            bar = min(max(rest * 2 / 5, Self.bars.lowerBound), Self.bars.upperBound)
        }
        let labelWidth = max(4, rest - (bar > 0 ? bar + 1 : 0))
        return [head(of: columns, width: width)]
            + table.rows.map { row in
                var line = StyledLine(
                    TextWidth.truncated(
                        renderer.wording.label(row.value, of: table.dimension), to: labelWidth,
                        ellipsis: glyphs.ellipsis))
                if bar > 0, largest > 0, let value = row.figures.first ?? nil {
                    line.pad(to: labelWidth + 1)
                    line.append(glyphs.bar(value / largest, width: bar), .bar)
                }
                append(row, columns, to: &line, from: rest)
                return line
            }
    }

    private func head(of columns: Columns, width: Int) -> StyledLine {
        let table = columns.table
        var others = 0
        for width in columns.otherWidths { others += 2 + width }
        let firstEnd = width - others
        let title = PlainText.of(table.title, isASCII: renderer.wording.isASCII)
        let room = firstEnd - columns.heads[0].count - 2
        var line = StyledLine(
            TextWidth.truncated(title, to: max(4, room), ellipsis: glyphs.ellipsis), .strong)
        var remarks: [String] = []
        if table.valueCount > table.rows.count {
            remarks.append("\(table.rows.count) of \(Wording.count(Double(table.valueCount)))")
        }
        if table.isAtLeast { remarks.append("at least") }
        let remark = remarks.joined(separator: ", ")
        if !remark.isEmpty, line.width + 2 + remark.count <= room {
            line.append("  " + remark, .faint)
        }
        line.append(columns.heads[0], .faint, endingAt: firstEnd)
        var end = firstEnd
        for (head, width) in zip(columns.heads.dropFirst(), columns.otherWidths) {
            end += 2 + width
            line.append(head, .faint, endingAt: end)
        }
        return line
    }

    private func append(
        _ row: ReportTable.Row, _ columns: Columns, to line: inout StyledLine, from start: Int
    ) {
        let metrics = columns.table.metrics
        var end = start + 1 + columns.valueWidth
        line.append(Wording.value(row.figures.first ?? nil, of: metrics[0]), endingAt: end)
        if columns.hasShare {
            end += 1 + Self.shareWidth
            line.append(row.share.map { Wording.percent($0) } ?? "", .faint, endingAt: end)
        }
        for (index, width) in zip(metrics.indices.dropFirst(), columns.otherWidths) {
            end += 2 + width
            line.append(Wording.value(row.figures[index], of: metrics[index]), endingAt: end)
        }
    }
}
