import Analytics
import Storage

/// Foundation has a type of this name too.
typealias Dimension = Analytics.Dimension

extension MainDatabase {
    /// Every row and every day's books of every site as text, for comparing: what
    /// `footfall export --rollups --sorted` is made of.
    func canonicalText() throws -> String {
        var lines: [String] = []
        for site in try sites() {
            guard let first = try rollupDays(of: site).keys.min(),
                let last = try rollupDays(of: site).keys.max()
            else { continue }
            try forEachRow(of: site, on: first...last) { day, dimension, value, figures in
                lines.append(
                    "\(site.domain) \(day) \(dimension?.rawValue ?? "total") \(value) \(figures.text)"
                )
            }
            for (day, books) in try books(of: site, on: first...last).sorted(by: { $0.key < $1.key }
            ) {
                lines.append("\(site.domain) \(day) books \(books.text)")
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension Figures {
    var text: String {
        let counts = [
            visitors, newVisitors, sessions, pageviews, events, bounces, engagedSessions,
            Int(sessionMilliseconds), Int(engagedMilliseconds), scrollDepthSum, scrolledSessions,
        ]
        let takings = takings.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.orders) \($0.value.minorUnits)" }
        return
            "\(takings) \(counts.map(String.init).joined(separator: " ")) \(durations.encoded) \(engagements.encoded)"
    }
}

extension Books {
    var text: String {
        let reasons = dropped.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue)=\($0.value)" }
        let losses = lost ? ["lost=\(lostEvents)"] : []
        return (["received=\(received)", "kept=\(kept)"] + reasons + losses)
            .joined(separator: " ")
    }
}
