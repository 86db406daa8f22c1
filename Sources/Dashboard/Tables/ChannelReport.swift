package import Analytics

/// How many sessions a channel of a site's own had.
package struct ChannelReport: Hashable, Sendable {
    package var channel: CustomChannel
    package var sessions: Int
    /// Of all sessions, 0…1; `nil` without any.
    package var share: Double?
    /// Days before this know nothing of it; `nil` where that is no day of the period.
    package var since: LocalDay?

    /// - Parameters:
    ///   - figures: by `channel`, of the days that know it.
    ///   - days: those that were asked for.
    package init(_ channel: CustomChannel, _ figures: RangeFigures, _ days: ClosedRange<LocalDay>) {
        self.channel = channel
        sessions = figures.rows[channel.name]?.sessions ?? 0
        let all = figures.totals.sessions
        share = all > 0 ? Double(sessions) / Double(all) : nil
        since = channel.since.flatMap { $0 > days.lowerBound ? $0 : nil }
    }

    /// `{"site","from","to","channels":[{"name","conditions":["utm_source=news*"],"sessions",
    /// "share","since"}]}`, in their order; `null` for what there is not.
    package static func json(
        _ reports: [ChannelReport], of site: Domain, on days: ClosedRange<LocalDay>
    ) -> JSONValue {
        [
            "site": .string(site.name), "from": .string(days.lowerBound.description),
            "to": .string(days.upperBound.description),
            "channels": .array(
                reports.map { report in
                    [
                        "name": .string(report.channel.name),
                        "conditions": .array(
                            report.channel.conditions.map { .string($0.text) }),
                        "sessions": .integer(report.sessions),
                        "share": JSONValue(report.share),
                        "since": JSONValue(report.since?.description),
                    ]
                }),
        ]
    }
}

extension TextRenderer {
    package func render(
        channels reports: [ChannelReport], of site: Domain, on days: ClosedRange<LocalDay>
    ) -> String {
        let head = heading("Channels", site, days)
        guard !reports.isEmpty else {
            return text(
                of: [
                    head,
                    paragraph(
                        "There are no channels of its own yet: footfall channel add.", .faint),
                ])
        }
        let names = min(
            30, reports.map { TextWidth.columns(of: plain($0.channel.name)) }.max() ?? 0)
        func line(_ name: String, _ sessions: String, _ share: String, _ style: TextStyle)
            -> StyledLine
        {
            var line = StyledLine(
                TextWidth.truncated(name, to: names, ellipsis: glyphs.ellipsis), style)
            line.append(sessions, style, endingAt: names + 11)
            line.append(share, style, endingAt: names + 19)
            return line
        }
        let rows = reports.map { report in
            var line = line(
                plain(report.channel.name), Wording.count(Double(report.sessions)),
                Wording.value(report.share, of: .conversionRate), .plain)
            let conditions = report.channel.conditions.map(\.text).joined(separator: " and ")
            line.append("  " + plain(conditions), .faint)
            if let since = report.since {
                line.append("  since \(Wording.fullDate(since))", .faint)
            }
            return line
        }
        return text(of: [head, [line("", "sessions", "share", .faint)] + rows])
    }
}
