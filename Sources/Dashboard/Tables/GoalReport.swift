package import Analytics

/// How often a goal was reached.
package struct GoalReport: Hashable, Sendable {
    package var goal: Goal
    package var conversions: Int
    package var sessions: Int
    /// Of all sessions, 0…1; `nil` without any.
    package var rate: Double?
    /// In the currency with the most conversions; `nil` when nothing was worth anything.
    package var worth: Revenue?
    /// Days before this know nothing of it; `nil` where that is no day of the period.
    package var since: LocalDay?

    /// - Parameter figures: by `goal`.
    package init(_ goal: Goal, _ figures: RangeFigures, _ days: ClosedRange<LocalDay>) {
        let row = figures.rows[goal.name] ?? Figures()
        self.goal = goal
        conversions = row.pageviews + row.events
        sessions = row.sessions
        rate =
            figures.totals.sessions > 0
            ? min(1, Double(row.sessions) / Double(figures.totals.sessions)) : nil
        worth = row.mainCurrency.map {
            Revenue(currency: $0, minorUnits: row.takings[$0]?.minorUnits ?? 0)
        }
        since = goal.since.flatMap { $0 > days.lowerBound ? $0 : nil }
    }

    /// `{"site","from","to","goals":[{"name","event" or "page","conversions","sessions","rate",
    /// "worth","currency","since"}]}`; `null` for what there is not.
    package static func json(
        _ reports: [GoalReport], of site: Domain, on days: ClosedRange<LocalDay>
    ) -> JSONValue {
        [
            "site": .string(site.name), "from": .string(days.lowerBound.description),
            "to": .string(days.upperBound.description),
            "goals": .array(
                reports.map { report in
                    .object([
                        .init("name", .string(report.goal.name)),
                        .init(
                            report.goal.target.kind.rawValue, .string(report.goal.target.pattern)),
                        .init("conversions", .integer(report.conversions)),
                        .init("sessions", .integer(report.sessions)),
                        .init("rate", JSONValue(report.rate)),
                        .init("worth", JSONValue(report.worth?.units)),
                        .init("currency", JSONValue(report.worth?.currency)),
                        .init("since", JSONValue(report.since?.description)),
                    ])
                }),
        ]
    }
}

extension TextRenderer {
    package func render(
        goals reports: [GoalReport], of site: Domain, on days: ClosedRange<LocalDay>
    ) -> String {
        let head = heading("Goals", site, days)
        guard !reports.isEmpty else {
            return text(of: [head, paragraph("There are no goals yet: footfall goal add.", .faint)])
        }
        let names = min(
            30, reports.map { TextWidth.columns(of: plain($0.goal.name)) }.max() ?? 0)
        func line(_ name: String, _ figures: [String], _ style: TextStyle) -> StyledLine {
            var line = StyledLine(
                TextWidth.truncated(name, to: names, ellipsis: glyphs.ellipsis), style)
            for (index, figure) in figures.enumerated() {
                line.append(figure, style, endingAt: names + 13 + index * 11)
            }
            return line
        }
        var table = [line("", ["conversions", "sessions", "rate"], .faint)]
        for report in reports {
            var line = line(
                plain(report.goal.name),
                [
                    Wording.count(Double(report.conversions)),
                    Wording.count(Double(report.sessions)),
                    Wording.value(report.rate, of: .conversionRate),
                ], .plain)
            line.append("  " + plain(report.goal.target.text), .faint)
            if let worth = report.worth {
                line.append("  \(Wording.amount(worth.units)) \(worth.currency)")
            }
            if let since = report.since {
                line.append("  since \(Wording.fullDate(since))", .faint)
            }
            table.append(line)
        }
        return text(of: [head, table])
    }

    func heading(_ title: String, _ site: Domain, _ days: ClosedRange<LocalDay>) -> [StyledLine] {
        var head = StyledLine(site.name, .strong)
        head.append("   ")
        head.append("\(title), \(wording.range(days))", .faint)
        return [head]
    }

    func plain(_ text: String) -> String { PlainText.of(text, isASCII: wording.isASCII) }
}
