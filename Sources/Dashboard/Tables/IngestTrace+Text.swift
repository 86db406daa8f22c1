package import Analytics

extension TextRenderer {
    /// The steps of a hit's way, a line each: what it is, what came of it, by which rule, which has
    /// a line of its own behind a long verdict; the last line says what becomes of the hit.
    package func render(_ trace: IngestTrace) -> String {
        let names = trace.steps.map { TextWidth.columns(of: $0.name) }.max() ?? 0
        let most = max(16, width / 2 - names)
        let widths = trace.steps.map { TextWidth.columns(of: plain($0.verdict)) }
        let rules = names + 2 + (widths.filter { $0 <= most }.max() ?? 0) + 2
        var table: [StyledLine] = []
        for (step, width) in zip(trace.steps, widths) {
            var line = StyledLine(step.name, .faint)
            line.pad(to: names + 2)
            line.append(plain(step.verdict), step.stops ? .strong : .plain)
            if width > most {
                table.append(line)
                line = StyledLine("", .plain)
            }
            line.pad(to: rules)
            line.append(plain(step.rule), .faint)
            table.append(line)
        }
        var line = StyledLine("", .plain)
        line.pad(to: names + 2)
        line.append(Self.words(trace.outcome), .strong)
        table.append(line)
        return text(of: [table])
    }

    private static func words(_ outcome: IngestSteps.Outcome) -> String {
        switch outcome {
        case .kept: "kept"
        case .dropped(let reason): "dropped as \(reason.rawValue): only counted in the books"
        case .setAside(_, let verdict):
            "set aside as \(verdict.rule), \(verdict.category.words): in no figure"
        }
    }
}
