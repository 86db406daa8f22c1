import Analytics

/// A dashboard as text for a terminal: complete in 80 columns, and using what is there up to 200.
package struct TextRenderer: Sendable {
    /// Narrower and wider ones are taken for the nearest of these.
    package static let widths = 40...200

    let width: Int
    let usesColour: Bool
    let wording: Wording

    var glyphs: Glyphs { wording.glyphs }

    /// - Parameters:
    ///   - width: of the terminal in columns.
    ///   - usesColour: ANSI colours, from tones that read well on black and on white.
    ///   - usesASCII: nothing but ASCII, for where UTF-8 isn't.
    package init(width: Int, usesColour: Bool, usesASCII: Bool) {
        self.width = min(max(width, Self.widths.lowerBound), Self.widths.upperBound)
        self.usesColour = usesColour
        wording = Wording(isASCII: usesASCII)
    }

    /// Lines without spaces at their ends, the last one ended too.
    package func render(_ report: DashboardReport) -> String {
        let warnings = notes(of: report, areWarnings: true)
        var blocks = [title(of: report) + filterLine(report.filter), warnings]
        if let message = message(for: report) { blocks.append(message) }
        var tables: [ReportTable] = []
        for panel in report.panels {
            if case .table(let table) = panel {
                tables.append(table)
                continue
            }
            blocks += TableText(renderer: self).blocks(of: tables)
            tables = []
            switch panel {
            case .header(let figures): blocks.append(header(figures))
            case .chart(let series): blocks.append(ChartText(renderer: self, series: series).lines)
            case .books(let books): blocks.append(self.books(books))
            case .now, .table: break
            }
        }
        blocks += TableText(renderer: self).blocks(of: tables)
        blocks.append(foot(of: report))
        return text(of: blocks)
    }

    /// Blocks with an empty line between them.
    func text(of blocks: [[StyledLine]]) -> String {
        blocks.filter { !$0.isEmpty }.joined(separator: [StyledLine()])
            .map { $0.text(usesColour: usesColour) + "\n" }.joined()
    }

    // MARK: Above the panels

    /// Site, period and who is there now: one line, or two where it doesn't fit.
    private func title(of report: DashboardReport) -> [StyledLine] {
        var now = StyledLine()
        for case .now(let visitors) in report.panels {
            now.append((visitors > 0 ? glyphs.present : glyphs.absent) + " ", .better)
            now.append("\(Wording.count(Double(visitors))) on the site now", .strong)
        }
        let dates = "\(wording.range(report.days)) \(glyphs.dot) \(report.timeZone)"
        var period = StyledLine(report.periodTitle, .strong)
        period.append("   ")
        period.append(dates, .faint)
        let room = max(8, width - now.width - 3)
        let name = TextWidth.truncated(report.site.name, to: room, ellipsis: glyphs.ellipsis)
        var line = StyledLine(name, .strong)
        let fitsOneLine = line.width + 3 + period.width + 3 + now.width <= width
        if fitsOneLine {
            line.append("   ")
            line.append(period)
        }
        line.pad(to: width - now.width)
        line.append(now)
        if fitsOneLine { return [line] }
        return period.width <= width
            ? [line, period]
            : [line] + paragraph(report.periodTitle, .strong) + paragraph(dates, .faint)
    }

    /// Why there is nothing to draw, and what to do.
    private func message(for report: DashboardReport) -> [StyledLine]? {
        switch report.state {
        case .figures: return nil
        case .noEventYet(let trackerLine):
            if report.panels.contains(where: \.hasOnlyDropped) {
                return paragraph(
                    "No pageview yet. Beacons arrive, but all were dropped, for the reasons below.",
                    .strong)
            }
            var lines = paragraph("No pageview yet. Paste this line into your pages:", .strong)
            lines += [StyledLine()] + paragraph(trackerLine, .bar, indent: 4) + [StyledLine()]
            return lines + paragraph("Then open one of them, and look here again.")
        case .emptyPeriod where report.filter != nil:
            return paragraph("No session of this period is like that.", .strong)
        case .emptyPeriod(let firstDay):
            return paragraph(
                "Nothing was counted in this period. The site's first event is of "
                    + "\(Wording.fullDate(firstDay)).", .strong)
        }
    }

    // MARK: Header

    /// Figures in one line; or as a grid, name over value, where they don't fit.
    private func header(_ figures: [HeaderFigure]) -> [StyledLine] {
        let gap = 3
        let cells = figures.map { figure in
            (name: Wording.name(of: figure.kind), value: value(of: figure))
        }
        let total = cells.reduce(-gap) {
            $0 + TextWidth.columns(of: $1.name) + 1 + $1.value.width + gap
        }
        if total <= width {
            var line = StyledLine()
            for (index, cell) in cells.enumerated() {
                if index > 0 { line.append(String(repeating: " ", count: gap)) }
                line.append(cell.name + " ", .faint)
                line.append(cell.value)
            }
            return [line]
        }
        let widest = cells.map { max(TextWidth.columns(of: $0.name), $0.value.width) }.max() ?? 0
        let perLine = max(1, min(cells.count, (width + 2) / (widest + 2)))
        let column = perLine > 1 ? max(widest + 2, min(20, width / perLine)) : width
        var lines: [StyledLine] = []
        for start in stride(from: 0, to: cells.count, by: perLine) {
            var (names, values) = (StyledLine(), StyledLine())
            for (index, cell) in cells[start..<min(start + perLine, cells.count)].enumerated() {
                names.pad(to: index * column)
                names.append(cell.name, .faint)
                values.pad(to: index * column)
                values.append(cell.value)
            }
            if start > 0 { lines.append(StyledLine()) }
            lines += [names, values]
        }
        return lines
    }

    private func value(of figure: HeaderFigure) -> StyledLine {
        let metric: Metric =
            if case .metric(let metric) = figure.kind { metric } else { .visitorDays }
        var line = StyledLine(Wording.value(of: figure), .strong)
        guard let change = figure.change else { return line }
        line.append(" ")
        line.append(wording.change(change), change.style(of: metric))
        return line
    }

    // MARK: Below the panels

    private func foot(of report: DashboardReport) -> [StyledLine] {
        let asOf = report.asOf
        let moment = "As of \(asOf.clock) on \(Wording.fullDate(asOf.day)), \(report.timeZone)."
        return notes(of: report, areWarnings: false) + paragraph(moment, .faint)
    }

    private func notes(of report: DashboardReport, areWarnings: Bool) -> [StyledLine] {
        report.notes.filter { $0.isWarning == areWarnings }.flatMap { note in
            let text = PlainText.of(note.text, isASCII: wording.isASCII)
            return areWarnings ? paragraph("! \(text)", .warning) : paragraph(text, .faint)
        }
    }

    /// Words in lines of at most `width` columns; a word that is longer has a line of its own.
    func paragraph(_ text: String, _ style: TextStyle = .plain, indent: Int = 0) -> [StyledLine] {
        var lines: [StyledLine] = []
        var line = ""
        let margin = String(repeating: " ", count: indent)
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let joined = line.isEmpty ? String(word) : "\(line) \(word)"
            if !line.isEmpty, TextWidth.columns(of: joined) + indent > width {
                lines.append(StyledLine(margin + line, style))
                line = String(word)
            } else {
                line = joined
            }
        }
        return lines + [StyledLine(margin + line, style)]
    }
}

extension DashboardReport.Panel {
    fileprivate var hasOnlyDropped: Bool {
        if case .books(let books) = self { books.received > 0 && books.kept == 0 } else { false }
    }
}

extension Change {
    /// More is better, but of bounces.
    fileprivate func style(of metric: Metric) -> TextStyle {
        let value: Double
        switch self {
        case .new: return .faint
        case .relative(let share): value = (share * 100).rounded()
        case .points(let points): value = (points * 100).rounded()
        }
        guard value != 0 else { return .faint }
        let isGood = metric == .bounces || metric == .bounceRate ? value < 0 : value > 0
        return isGood ? .better : .worse
    }
}
