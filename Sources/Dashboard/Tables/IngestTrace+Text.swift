package import Analytics

extension TextRenderer {
    /// The steps of a hit's way, a line each: what it is, what came of it, by which rule; the last
    /// line says what becomes of the hit.
    package func render(_ trace: IngestTrace) -> String {
        let names = trace.steps.map { TextWidth.columns(of: $0.name) }.max() ?? 0
        let most = max(16, width / 2 - names)
        let verdicts = min(
            most, trace.steps.map { TextWidth.columns(of: plain($0.verdict)) }.max() ?? 0)
        var table = trace.steps.map { step in
            var line = StyledLine(step.name, .faint)
            line.pad(to: names + 2)
            line.append(
                TextWidth.truncated(plain(step.verdict), to: verdicts, ellipsis: glyphs.ellipsis),
                step.stops ? .strong : .plain)
            line.pad(to: names + 2 + verdicts + 2)
            line.append(plain(step.rule), .faint)
            return line
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
