package import Analytics

/// An evaluated dashboard: pure values, ready for any renderer. `DashboardBuilder` makes it.
package struct DashboardReport: Hashable, Sendable {
    package enum Panel: Hashable, Sendable {
        /// Visitors with an event in the last five minutes.
        case now(visitors: Int)
        case header([HeaderFigure])
        case chart(ChartSeries)
        case table(ReportTable)
        case books(Books)
    }

    /// Why there may be nothing to draw.
    package enum State: Hashable, Sendable {
        case figures
        /// No event was ever counted. The line is what the site's pages need.
        case noEventYet(trackerLine: String)
        /// Nothing in the period, or nothing that the filter keeps, though the site has events.
        case emptyPeriod(firstDay: LocalDay)
    }

    package var site: Domain
    /// IANA name.
    package var timeZone: String
    /// As the user named it: `30d`.
    package var period: String
    /// For a heading: `Last 30 days`.
    package var periodTitle: String
    package var days: ClosedRange<LocalDay>
    /// The figures hold data up to here.
    package var asOf: LocalMoment
    package var state: State
    /// The sessions that the figures are of; `nil`: all.
    package var filter: SessionFilter?
    /// In the order of the definition.
    package var panels: [Panel]
    package var notes: [Note]

    package init(
        site: Domain, timeZone: String, period: String, periodTitle: String,
        days: ClosedRange<LocalDay>, asOf: LocalMoment, state: State = .figures,
        filter: SessionFilter? = nil, panels: [Panel], notes: [Note] = []
    ) {
        self.site = site
        self.timeZone = timeZone
        self.period = period
        self.periodTitle = periodTitle
        self.days = days
        self.asOf = asOf
        self.state = state
        self.filter = filter
        self.panels = panels
        self.notes = notes
    }
}

/// A whole sentence below the figures.
package struct Note: Hashable, Sendable {
    package var text: String
    /// Something that the owner should mend, not only know.
    package var isWarning: Bool

    package init(_ text: String, isWarning: Bool = false) {
        self.text = text
        self.isWarning = isWarning
    }
}

/// An instant with the site's own date and clock.
package struct LocalMoment: Hashable, Sendable {
    package var instant: Instant
    package var day: LocalDay
    /// `14:32`.
    package var clock: String

    package init(_ instant: Instant, in calendar: SiteCalendar) {
        self.instant = instant
        let day = calendar.day(of: instant)
        self.day = day
        // The label of an hour is its wall clock, also where clocks change in the day; on Lord Howe
        // Island one begins half past.
        let hour = calendar.hours(of: day).last { $0.start <= instant }
        let label = hour?.label ?? "00:00"
        let minutes =
            (Int64(label.suffix(2)) ?? 0)
            + (hour.map { (instant - $0.start).milliseconds / 60_000 } ?? 0)
        clock = "\(label.prefix(2)):\(min(minutes, 59).padded(to: 2))"
    }
}

/// One figure of the whole period.
package struct HeaderFigure: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case metric(Metric)
        /// The mean of the daily visitors over complete days.
        case visitorsADay

        /// The name in data.
        package var name: String {
            switch self {
            case .metric(let metric): metric.rawValue
            case .visitorsADay: "visitors_a_day"
            }
        }
    }

    package var kind: Kind
    /// `nil` where there is none to give: a rate without sessions.
    package var value: Double?
    /// `nil` where nothing can be compared.
    package var change: Change?

    package init(_ kind: Kind, _ value: Double?, change: Change? = nil) {
        self.kind = kind
        self.value = value
        self.change = change
    }
}

/// How a figure compares with the period before.
package enum Change: Hashable, Sendable {
    /// Of a count or a duration: 0.12 is 12 % more than before.
    case relative(Double)
    /// Of a rate: -0.02 is two percentage points less.
    case points(Double)
    /// There is no full period before, or it had none of it.
    case new
}

/// One metric over the period, point by point, with the same point of the period before.
package struct ChartSeries: Hashable, Sendable {
    package enum Unit: String, Hashable, Sendable {
        case hour
        case day
    }

    package struct Point: Hashable, Sendable {
        /// The day; of an hour, the day that it is in.
        package var day: LocalDay
        /// `14:00`; `nil` for a day.
        package var hour: String?
        /// `nil` before the site's first event, and in the future.
        package var value: Double?
        package var before: Double?
        /// Whether it lies wholly in the past.
        package var isComplete: Bool

        package init(
            day: LocalDay, hour: String? = nil, value: Double?, before: Double?,
            isComplete: Bool = true
        ) {
            self.day = day
            self.hour = hour
            self.value = value
            self.before = before
            self.isComplete = isComplete
        }
    }

    package var metric: Metric
    package var unit: Unit
    package var points: [Point]
    /// The days that `before` is of; `nil` when the site had no event in them.
    package var daysBefore: ClosedRange<LocalDay>?

    package init(
        metric: Metric, unit: Unit, points: [Point], daysBefore: ClosedRange<LocalDay>?
    ) {
        self.metric = metric
        self.unit = unit
        self.points = points
        self.daysBefore = daysBefore
    }
}

/// The largest values of a dimension.
package struct ReportTable: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package var value: String
        /// One for each metric.
        package var figures: [Double?]
        /// The first figure's part of the site's total, 0…1; of visitors the parts overlap.
        package var share: Double?

        package init(value: String, figures: [Double?], share: Double?) {
            self.value = value
            self.figures = figures
            self.share = share
        }
    }

    package var title: String
    package var dimension: Analytics.Dimension
    package var metrics: [Metric]
    package var rows: [Row]
    /// How many values there are, those shown included.
    package var valueCount: Int
    /// Some days keep only their largest values: figures may be larger than said.
    package var isAtLeast: Bool

    package init(
        title: String, dimension: Analytics.Dimension, metrics: [Metric], rows: [Row],
        valueCount: Int, isAtLeast: Bool = false
    ) {
        self.title = title
        self.dimension = dimension
        self.metrics = metrics
        self.rows = rows
        self.valueCount = valueCount
        self.isAtLeast = isAtLeast
    }
}
