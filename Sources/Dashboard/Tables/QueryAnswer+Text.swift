package import Analytics

extension TextRenderer {
    /// One table: values, figures, and the totals of all values below. Wider than the renderer's
    /// width only where the figures alone need more.
    package func render(_ answer: QueryAnswer) -> String {
        let heads = answer.metrics.map { metric in
            let name = Wording.name(of: metric).lowercased()
            return metric.isMoney ? "\(name) \(answer.currency ?? "")" : name
        }
        let rows = answer.rows.map { row in
            (label: wording.label(row.value, of: answer.dimension ?? .page), figures: row.figures)
        }
        let widths = answer.metrics.indices.map { index in
            let values = (rows.map(\.figures) + [answer.totals]).map {
                Wording.value($0[index], of: answer.metrics[index]).count
            }
            return max(heads[index].count, values.max() ?? 0)
        }
        let numbersWidth = widths.reduce(0) { $0 + 2 + $1 }
        let name = PlainText.of(answer.breakdown ?? "", isASCII: wording.isASCII)
        let widest = (rows.map(\.label) + [name, "total"]).map { TextWidth.columns(of: $0) }.max()
        let labelWidth = max(5, min(widest ?? 5, width - numbersWidth))

        func line(_ label: String, _ cells: [String], _ styles: (TextStyle, TextStyle))
            -> StyledLine
        {
            var line = StyledLine(
                TextWidth.truncated(label, to: labelWidth, ellipsis: glyphs.ellipsis), styles.0)
            var end = labelWidth
            for (cell, width) in zip(cells, widths) {
                end += 2 + width
                line.append(cell, styles.1, endingAt: end)
            }
            return line
        }
        func cells(_ figures: [Double?]) -> [String] {
            zip(answer.metrics, figures).map { Wording.value($1, of: $0) }
        }
        var table = [line(name, heads, (.strong, .faint))]
        table += rows.map { line($0.label, cells($0.figures), (.plain, .plain)) }
        table.append(line("total", cells(answer.totals), (.strong, .strong)))
        return text(of: [heading(of: answer), table, remarks(on: answer)])
    }

    private func heading(of answer: QueryAnswer) -> [StyledLine] {
        var line = StyledLine(
            TextWidth.truncated(answer.site.name, to: width, ellipsis: glyphs.ellipsis), .strong)
        let period = "\(wording.range(answer.days)) \(glyphs.dot) \(answer.timeZone)"
        guard line.width + 3 + TextWidth.columns(of: period) <= width else {
            return [line] + paragraph(period, .faint) + filterLine(answer.filter)
        }
        line.append("   ")
        line.append(period, .faint)
        return [line] + filterLine(answer.filter)
    }

    /// Which sessions are kept, where not all are.
    func filterLine(_ filter: SessionFilter?) -> [StyledLine] {
        guard let filter else { return [] }
        let text = PlainText.of(filter.text, isASCII: wording.isASCII)
        return paragraph("Sessions with \(text)", .strong)
    }

    private func remarks(on answer: QueryAnswer) -> [StyledLine] {
        var lines: [StyledLine] = []
        if answer.metrics.contains(.visitorDays) {
            lines += paragraph(
                "Daily visitors: who comes on three days counts three times.", .faint)
        }
        for (name, day) in answer.since.sorted(by: { $0.key < $1.key }) {
            let name = PlainText.of(name, isASCII: wording.isASCII)
            lines += paragraph("\(name) since \(Wording.fullDate(day)).", .faint)
        }
        if !answer.otherCurrencies.isEmpty {
            let others = answer.otherCurrencies.joined(separator: ", ")
            lines += paragraph("There are orders in \(others) too: --currency.", .faint)
        }
        if answer.atLeast {
            lines += paragraph(
                "At least: on a day with very many values the smaller ones are in (other).", .faint)
        }
        return lines
    }
}
