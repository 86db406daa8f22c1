import Analytics

/// A chart of standing bars over several lines, before the shade of the period before.
struct ChartText {
    private static let widestBar = 24

    private let renderer: TextRenderer
    private let series: ChartSeries
    private let bins: ChartBins
    private let axisWidth: Int
    private let height: Int
    /// Columns of a bar with its gap, and of the bar alone.
    private let step: Int
    private let barWidth: Int
    /// The value at the top of the scale.
    private let top: Double

    private var glyphs: Glyphs { renderer.glyphs }

    init(renderer: TextRenderer, series: ChartSeries) {
        self.renderer = renderer
        self.series = series
        let values = series.points.flatMap { [$0.value, $0.before] }.compactMap(\.self)
        axisWidth = Wording.count(Self.scaleTop(values.max() ?? 0)).count
        let room = renderer.width - axisWidth - 2
        bins = ChartBins(series: series, room: room)
        step = min(max(1, room / max(1, bins.bins.count)), Self.widestBar)
        barWidth = step < 3 ? 1 : step - max(1, step / 4)
        height = renderer.width < 100 ? 8 : 10
        top = Self.scaleTop(
            bins.bins.flatMap { [$0.value, $0.before] }.compactMap(\.self).max() ?? 0)
    }

    var lines: [StyledLine] {
        heading + (0..<height).map { row(at: $0) } + [axis, labels]
    }

    /// The smallest round and even number that is not below the highest bar.
    static func scaleTop(_ highest: Double) -> Double {
        let steps = [2, 4, 6, 8, 10, 12, 16].map(Double.init)
        var unit = 1.0
        while steps[steps.count - 1] * unit < highest { unit *= 10 }
        // 2 to 8 of the next power fill the gap from 16 to 100.
        let candidates = steps.map { $0 * unit / 10 } + steps.map { $0 * unit }
        return candidates.filter { $0 >= max(2, highest) }.min() ?? 2
    }

    // MARK: Heading

    private var heading: [StyledLine] {
        var line = StyledLine(title, .strong)
        var legend = StyledLine()
        if let days = series.daysBefore {
            legend.append(glyphs.shade, .shade)
            let dates = renderer.wording.range(days, withYear: isOfOtherYear(days))
            legend.append(" \(dates)", .faint)
        }
        if let most { legend.append((legend.width > 0 ? "   " : "") + most, .faint) }
        let plotEnd = max(axisWidth + 2 + bins.bins.count * step, line.width + 3 + legend.width)
        guard plotEnd <= renderer.width else {
            return legend.width <= renderer.width ? [line, legend] : [line]
        }
        line.pad(to: plotEnd - legend.width)
        line.append(legend)
        return [line]
    }

    private func isOfOtherYear(_ days: ClosedRange<LocalDay>) -> Bool {
        let year = series.points.last?.day.components.year
        return [days.lowerBound, days.upperBound].contains { $0.components.year != year }
    }

    private var title: String {
        let name = Wording.name(of: series.metric)
        if series.unit == .hour { return "\(name) by hour" }
        return bins.size == .point
            ? "\(name) \(bins.size.words)" : "\(name) a day, \(bins.size.words)"
    }

    private var most: String? {
        let highest = bins.bins.filter { ($0.value ?? 0) > 0 }.max {
            ($0.value ?? 0, $1.start.day) < ($1.value ?? 0, $0.start.day)
        }
        guard let highest, let value = highest.value else { return nil }
        let place =
            switch (bins.size, highest.start.hour) {
            case (_, let hour?): "at \(hour)"
            case (.point, nil): "on \(Wording.date(highest.start.day))"
            case (.week, nil): "from \(Wording.date(highest.start.day))"
            case (.month, nil):
                "in \(Wording.month(highest.start.day)) \(highest.start.day.components.year)"
            case (.year, nil): "in \(highest.start.day.components.year)"
            }
        return "most \(Wording.count(value)) \(place)"
    }

    // MARK: Bars

    private func row(at row: Int) -> StyledLine {
        var line = StyledLine()
        let label: String? =
            row == 0 ? Wording.count(top) : row == height / 2 ? Wording.count(top / 2) : nil
        line.append(label ?? "", .faint, endingAt: axisWidth)
        line.append(" " + (label == nil ? glyphs.axis : glyphs.tick), .faint)
        let base = (height - 1 - row) * 8
        for bin in bins.bins {
            let filled = glyphs.columns[min(8, max(0, level(of: bin.value) - base))]
            let isShaded = level(of: bin.before) - base >= 4
            let isBar = filled != " "
            for column in 0..<step {
                if isBar, column < barWidth {
                    line.append(filled, .bar)
                } else if isShaded {
                    line.append(glyphs.shade, .shade)
                } else {
                    line.append(" ")
                }
            }
        }
        return line
    }

    /// Eighths of a line; what is there at all shows.
    private func level(of value: Double?) -> Int {
        guard let value, value > 0 else { return 0 }
        let level = Int((value / top * Double(height * 8)).rounded())
        let least = renderer.wording.isASCII ? 4 : 1
        return max(least, level)
    }

    // MARK: Axis

    private var axis: StyledLine {
        var line = StyledLine()
        line.append("0", .faint, endingAt: axisWidth)
        line.append(" " + glyphs.corner, .faint)
        line.append(String(repeating: glyphs.floor, count: bins.bins.count * step), .faint)
        return line
    }

    /// A label under each bar that has room for one.
    private var labels: StyledLine {
        let isSparse = bins.size == .point && series.unit == .day && bins.bins.count > 14
        let start = axisWidth + 2
        var line = StyledLine()
        for (index, bin) in bins.bins.enumerated() {
            // Over many days the Mondays are enough.
            if isSparse, bin.start.day.weekday != 0 { continue }
            let label = label(of: bin)
            let column = start + index * step
            let isFree = line.width == 0 || column >= line.width + 2
            guard isFree, column + label.count <= renderer.width else { continue }
            line.pad(to: column)
            line.append(label, .faint)
        }
        return line
    }

    private func label(of bin: ChartBins.Bin) -> String {
        if let hour = bin.start.hour { return hour }
        let day = bin.start.day
        switch bins.size {
        case .point where step >= 8: return Wording.weekday(day)
        case .point, .week: return Wording.date(day)
        case .month: return Wording.month(day)
        case .year: return String(day.components.year)
        }
    }
}
