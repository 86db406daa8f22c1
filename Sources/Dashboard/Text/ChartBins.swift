import Analytics

/// A chart's points put together so that each has room: days, else weeks, months or years, each
/// with the mean of its days, so that short ones at the edges compare with the others.
struct ChartBins {
    struct Bin: Hashable {
        /// The first point.
        var start: ChartSeries.Point
        var value: Double?
        var before: Double?
    }

    enum Size: Hashable {
        case point
        case week
        case month
        case year

        /// `by week`
        var words: String {
            switch self {
            case .point: "by day"
            case .week: "by week"
            case .month: "by month"
            case .year: "by year"
            }
        }
    }

    let size: Size
    let bins: [Bin]

    /// - Parameter room: columns there are; a bar and its gap take two.
    init(series: ChartSeries, room: Int) {
        let sizes: [Size] = series.unit == .hour ? [.point] : [.point, .week, .month, .year]
        var (chosen, groups) = (Size.point, [] as [[ChartSeries.Point]])
        for size in sizes {
            (chosen, groups) = (size, Self.groups(series.points, by: size))
            if groups.count * 2 <= room { break }
        }
        size = chosen
        bins = groups.map { points in
            Bin(
                start: points[0],
                value: Self.mean(points.filter(\.isComplete), \.value)
                    ?? Self.mean(points, \.value),
                before: Self.mean(points, \.before))
        }
    }

    /// Weeks are counted back from the last day, so that the newest is whole.
    private static func groups(
        _ points: [ChartSeries.Point], by size: Size
    ) -> [[ChartSeries.Point]] {
        let keys = points.enumerated().map { index, point in
            switch size {
            case .point: index
            case .week: -((points.count - 1 - index) / 7)
            case .month: point.day.components.year * 12 + point.day.components.month
            case .year: point.day.components.year
            }
        }
        var groups: [[ChartSeries.Point]] = []
        for (index, point) in points.enumerated() {
            if index > 0, keys[index] == keys[index - 1] {
                groups[groups.count - 1].append(point)
            } else {
                groups.append([point])
            }
        }
        return groups
    }

    private static func mean(
        _ points: [ChartSeries.Point], _ value: (ChartSeries.Point) -> Double?
    ) -> Double? {
        let values = points.compactMap(value)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
