/// What is made of a walk's rows when it is over.
extension FoldWalk {
    /// Brings what was counted by acquisition, profile and hour to the dimensions made of them.
    mutating func rollUp() {
        tallies.settle()
        for position in 0..<days.count {
            for (section, places) in [
                (WalkTerms.acquisitions, terms.acquisitionPlaces),
                (WalkTerms.profiles, terms.profilePlaces),
            ] where !places.isEmpty {
                for (number, source) in tallies.rows(on: position, section) {
                    let values = terms.values(of: number, in: section)
                    for place in places {
                        let row = tallies.row(
                            on: position, place.dimension, of: values[place.position])
                        tallies.addAllButVisitors(of: source, to: row)
                    }
                }
            }
            rollUpHours(on: position)
        }
    }

    private mutating func rollUpHours(on position: Int) {
        let weekdayHour = Dimension.weekdayHour.index
        guard terms.isWanted[weekdayHour] else { return }
        let known = terms.hours[position + table.asked.lowerBound]
        for (hour, source) in tallies.rows(on: position, Dimension.hour.index) {
            guard let same = known.first(where: { $0.hour == hour }) else { continue }
            let row = tallies.row(on: position, weekdayHour, of: same.weekdayHour)
            tallies.addAllButVisitors(of: source, to: row)
            tallies.addVisitors(ofHour: source, toWeekdayHour: row)
        }
    }

    func result() -> [DayFigures] {
        days.enumerated().map { position, day in
            var rows: [Dimension: [String: Figures]] = [:]
            for dimension in Dimension.allCases where terms.isWanted[dimension.index] {
                let found = tallies.rows(on: position, dimension.index)
                guard !found.isEmpty else { continue }
                var values: [String: Figures] = [:]
                values.reserveCapacity(found.count)
                for (value, row) in found {
                    values[terms.text(value, of: dimension)] = tallies.figures(of: row)
                }
                rows[dimension] = values
            }
            let totals = tallies.rows(on: position, WalkTerms.totals).first
            return DayFigures(
                day: day, totals: totals.map { tallies.figures(of: $0.row) } ?? Figures(),
                rows: rows,
                lastActivity: lastActivity[position].map(Instant.init(milliseconds:)),
                sharedVisitors: sharedVisitors.counts[position])
        }
    }

    // MARK: Limits

    /// Prepares a second walk that counts all but the largest values of a dimension together;
    /// `false` when no day has too many. A day has no more hours than it has.
    mutating func limitTallies() -> Bool {
        var limited = Tallies(dayCount: days.count, capacities: terms.capacities)
        var isLimited = false
        for position in 0..<days.count {
            for dimension in Dimension.allCases
            where terms.isWanted[dimension.index] && !dimension.isOfTime {
                let found = tallies.rows(on: position, dimension.index)
                let kept = largest(of: found, dimension)
                guard kept.count < found.count else { continue }
                isLimited = true
                let keptValues = Set(kept)
                let other = terms.others(of: dimension, keeping: kept)
                for (value, _) in found where !keptValues.contains(value) {
                    limited.join(value, to: other(value), on: position, dimension.index)
                }
            }
        }
        if isLimited { restart(limited) }
        return isLimited
    }

    private func largest(
        of found: [(value: UInt32, row: Int)], _ dimension: Dimension
    ) -> [UInt32] {
        let limit = fold.limit(dimension)
        let fewest = dimension == .property ? min(limit, Dimension.mostProperties) : limit
        guard found.count > fewest else { return found.map(\.value) }
        let sized = found.map {
            (value: $0.value, size: size(tallies.rows[$0.row], dimension))
        }
        let sorted =
            sized
            // A value that is called so itself is part of the rest.
            .filter { $0.value != terms.other(of: $0.value, in: dimension) }
            .sorted { left, right in
                left.size != right.size
                    ? left.size > right.size
                    : terms.text(left.value, of: dimension)
                        < terms.text(right.value, of: dimension)
            }
        guard dimension == .property else { return sorted.prefix(limit).map(\.value) }
        // The names that are met most, each with a limit of its own.
        var sizes: [String: Int] = [:]
        for (value, size) in sized { sizes[terms.propertyName(of: value), default: 0] += size }
        let names = sizes.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            .prefix(Dimension.mostProperties).map(\.key)
        var rest = Dictionary(uniqueKeysWithValues: names.map { ($0, limit) })
        return sorted.map(\.value).filter { value in
            let name = terms.propertyName(of: value)
            guard let left = rest[name], left > 0 else { return false }
            rest[name] = left - 1
            return true
        }
    }

    private func size(_ row: Tallies.Row, _ dimension: Dimension) -> Int {
        switch dimension {
        case .page, .title: Int(row.pageviews)
        case .event, .property, .searchTerm, .outboundLink, .download, .notFound, .goal:
            Int(row.pageviews) + Int(row.events)
        default: Int(row.sessions)
        }
    }
}
