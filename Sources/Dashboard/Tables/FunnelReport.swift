package import Analytics

/// How many sessions came to each step of a funnel.
package struct FunnelReport: Hashable, Sendable {
    package var funnel: Funnel
    /// By step.
    package var sessions: [Int]
    /// Days before this know nothing of it; `nil` where that is no day of the period.
    package var since: LocalDay?

    /// - Parameter figures: by `funnel_step`.
    package init(_ funnel: Funnel, _ figures: RangeFigures, _ days: ClosedRange<LocalDay>) {
        self.funnel = funnel
        sessions = (1...funnel.steps.count).map {
            figures.rows[funnel.value(ofStep: $0)]?.sessions ?? 0
        }
        since = funnel.since.flatMap { $0 > days.lowerBound ? $0 : nil }
    }

    /// Of the sessions that came to the first step, 0…1; `nil` without any.
    package func share(ofStep index: Int) -> Double? {
        sessions[0] > 0 ? Double(sessions[index]) / Double(sessions[0]) : nil
    }

    /// `{"site","from","to","funnels":[{"name","since","steps":[{"event" or "page","sessions",
    /// "share"}]}]}`; the share is of the sessions that came to the first step.
    package static func json(
        _ reports: [FunnelReport], of site: Domain, on days: ClosedRange<LocalDay>
    ) -> JSONValue {
        [
            "site": .string(site.name), "from": .string(days.lowerBound.description),
            "to": .string(days.upperBound.description),
            "funnels": .array(
                reports.map { report in
                    [
                        "name": .string(report.funnel.name),
                        "since": JSONValue(report.since?.description),
                        "steps": .array(report.funnel.steps.indices.map(report.json(ofStep:))),
                    ]
                }),
        ]
    }

    private func json(ofStep index: Int) -> JSONValue {
        let step = funnel.steps[index]
        return .object([
            .init(step.kind.rawValue, .string(step.pattern)),
            .init("sessions", .integer(sessions[index])),
            .init("share", JSONValue(share(ofStep: index))),
        ])
    }
}

extension TextRenderer {
    package func render(
        funnels reports: [FunnelReport], of site: Domain, on days: ClosedRange<LocalDay>
    ) -> String {
        let head = heading("Funnels", site, days)
        guard !reports.isEmpty else {
            return text(
                of: [head, paragraph("There are no funnels yet: footfall funnel add.", .faint)])
        }
        return text(of: [head] + reports.map(block))
    }

    private func block(_ report: FunnelReport) -> [StyledLine] {
        var title = StyledLine(plain(report.funnel.name), .strong)
        if let since = report.since { title.append("  since \(Wording.fullDate(since))", .faint) }
        let labels = report.funnel.steps.map { plain($0.text) }
        let width = min(40, labels.map { TextWidth.columns(of: $0) }.max() ?? 0)
        let numbers = report.sessions.map { Wording.count(Double($0)).count }.max() ?? 0
        let barWidth = max(0, min(30, self.width - width - numbers - 14))
        return [title]
            + labels.indices.map { index in
                let number = String(index + 1)
                var line = StyledLine(String(repeating: " ", count: 2 - number.count) + number)
                line.append(" ")
                line.append(
                    TextWidth.truncated(labels[index], to: width, ellipsis: glyphs.ellipsis))
                line.append(
                    Wording.count(Double(report.sessions[index])), endingAt: 5 + width + numbers)
                line.append(
                    Wording.value(report.share(ofStep: index), of: .conversionRate), .faint,
                    endingAt: 12 + width + numbers)
                line.append("  ")
                line.append(
                    glyphs.bar(report.share(ofStep: index) ?? 0, width: barWidth), .bar)
                return line
            }
    }
}
