import Analytics

@testable import Dashboard

/// Reports from values made by hand.
enum Samples {
    static let today = LocalDay("2026-11-22")!
    static let domain = Domain("huntprox.com")!
    static let calendar = SiteCalendar(epochs: [
        SiteEpoch(start: Instant("2026-01-01T00:00:00Z")!, timeZone: "Europe/Riga")
    ])
    static let asOf = LocalMoment(Instant("2026-11-22T12:32:10Z")!, in: calendar)

    static func report(
        period: String = "30d", domain: Domain = domain, state: DashboardReport.State = .figures,
        panels: [DashboardReport.Panel], notes: [Note] = []
    ) -> DashboardReport {
        let period = try! Period(period)
        return DashboardReport(
            site: domain, timeZone: "Europe/Riga", period: period.text, periodTitle: period.title,
            days: period.days(today: today), asOf: asOf, state: state, panels: panels,
            notes: notes)
    }

    /// A wave over the week with some unrest, the same at every run.
    static func wave(_ index: Int, _ scale: Double) -> Double {
        let week = [1.0, 1.05, 1.1, 0.98, 0.9, 0.62, 0.55][((index % 7) + 7) % 7]
        let unrest = Double((index &* 7_919 &+ 104_729) % 97) / 97 * 0.3
        return (scale * (week * (0.75 + unrest) + Double(index) * 0.004)).rounded()
    }

    static func days(_ period: String, scale: Double, hasBefore: Bool = true) -> ChartSeries {
        let period = try! Period(period)
        let days = period.days(today: today)
        let points = days.enumerated().map { index, day in
            ChartSeries.Point(
                day: day,
                value: day > today ? nil : wave(index, scale) * (day == today ? 0.4 : 1),
                before: hasBefore ? wave(index + 3, scale * 0.86) : nil, isComplete: day < today)
        }
        return ChartSeries(
            metric: .visitors, unit: .day, points: points,
            daysBefore: hasBefore ? period.daysBefore(today: today) : nil)
    }

    static func hours(_ scale: Double) -> ChartSeries {
        let points = (0..<24).map { hour in
            let light = max(0.05, 1 - abs(Double(hour) - 14) / 11)
            return ChartSeries.Point(
                day: today, hour: "\(hour.padded(to: 2)):00",
                value: hour <= 14 ? wave(hour * 3, scale * light) : nil,
                before: wave(hour * 5 + 1, scale * light * 0.9), isComplete: hour < 14)
        }
        return ChartSeries(
            metric: .visitors, unit: .hour, points: points,
            daysBefore: today.advanced(by: -1)...today.advanced(by: -1))
    }

    static func table(
        _ title: String, _ dimension: Analytics.Dimension, _ metrics: [Metric], total: Double,
        values: Int? = nil, atLeast: Bool = false, _ rows: [(String, [Double?])]
    ) -> ReportTable {
        ReportTable(
            title: title, dimension: dimension, metrics: metrics,
            rows: rows.map { value, figures in
                ReportTable.Row(
                    value: value, figures: figures,
                    share: metrics[0].isCount ? figures[0].map { $0 / total } : nil)
            },
            valueCount: values ?? rows.count, isAtLeast: atLeast)
    }

    static let header: [HeaderFigure] = [
        HeaderFigure(.visitorsADay, 416.2, change: .relative(0.118)),
        HeaderFigure(.metric(.sessions), 15_932, change: .relative(0.0904)),
        HeaderFigure(.metric(.pageviews), 61_204, change: .relative(0.072)),
        HeaderFigure(.metric(.bounceRate), 0.412, change: .points(-0.021)),
        HeaderFigure(.metric(.typicalVisitSeconds), 161.4, change: .relative(-0.034)),
    ]

    static let books = Books(
        received: 68_977, kept: 66_018,
        dropped: [.bot: 2_811, .optedOut: 97, .excluded: 38, .duplicate: 13], sharedVisitors: 2)

    static let dailyNote = Note(
        """
        Daily visitors are the sum of each day's visitors: who comes on three days counts three \
        times.
        """)

    static func tables(visitors: Metric = .visitorDays) -> [ReportTable] {
        [
            table(
                "Pages", .page, [visitors, .pageviews], total: 12_486, values: 213,
                [
                    ("/", [6_120, 9_877]), ("/veikals", [4_213, 8_102]),
                    ("/veikals/zābaki-un-kurpes/medību-zābaki-goretex", [2_207, 4_410]),
                    ("/raksti/ka-izveleties-binokli-medibam-un-putnu-verosanai", [1_630, 1_904]),
                    ("/kontakti", [811, 902]), ("/grozs", [604, 1_377]),
                    ("/veikals/apgerbs", [560, 1_250]), ("/piegade", [322, 340]),
                    ("/par-mums", [297, 311]), ("/privatums", [41, 44]),
                ]),
            table(
                "Sources", .source, [visitors], total: 12_486, values: 31,
                [
                    ("Google", [7_002]), ("Direct", [3_101]), ("Facebook", [903]),
                    ("newsletter", [640]), ("Instagram", [322]), ("ChatGPT", [288]),
                    ("DuckDuckGo", [101]), ("ss.lv", [77]), ("Bing", [40]), ("draugiem.lv", [12]),
                ]),
            table(
                "Channels", .channel, [visitors], total: 12_486,
                [
                    ("Organic Search", [7_143]), ("Direct", [3_101]), ("Organic Social", [1_225]),
                    ("Email", [640]), ("AI Assistants", [288]), ("Referral", [89]),
                ]),
            table(
                "Entry pages", .entryPage, [.sessions, .bounceRate], total: 15_932, values: 120,
                [
                    ("/", [7_401, 0.38]), ("/veikals", [3_210, 0.29]),
                    ("/raksti/ka-izveleties-binokli-medibam-un-putnu-verosanai", [1_604, 0.81]),
                    ("/veikals/apgerbs", [730, 0.33]), ("/kontakti", [211, 0.66]),
                    ("(none)", [4, nil]),
                ]),
            table(
                "Exit pages", .exitPage, [.sessions], total: 15_932, values: 131,
                [
                    ("/", [4_100]), ("/grozs/paldies", [2_288]), ("/veikals", [1_990]),
                    ("/raksti/ka-izveleties-binokli-medibam-un-putnu-verosanai", [1_420]),
                    ("/kontakti", [1_011]), ("/piegade", [540]),
                ]),
            table(
                "Countries", .country, [visitors], total: 12_486, values: 24,
                [
                    ("LV", [10_702]), ("LT", [640]), ("EE", [417]), ("DE", [233]), ("GB", [154]),
                    ("(none)", [31]),
                ]),
            table(
                "Devices", .device, [visitors], total: 12_486,
                [("mobile", [7_820]), ("desktop", [4_305]), ("tablet", [361])]),
            table(
                "Browsers", .browser, [visitors], total: 12_486, values: 11,
                [
                    ("Chrome", [6_480]), ("Safari", [3_377]), ("Samsung Internet", [1_204]),
                    ("Firefox", [733]), ("Edge", [502]), ("Opera", [98]),
                ]),
            table(
                "Systems", .os, [visitors], total: 12_486,
                [
                    ("Android", [4_611]), ("Windows", [3_702]), ("iOS", [3_209]), ("macOS", [611]),
                    ("Linux", [213]), ("(none)", [140]),
                ]),
            table(
                "Events", .event, [.events], total: 1_904,
                [("add to cart", [1_377]), ("purchase", [488]), ("newsletter", [39])]),
        ]
    }

    /// Thirty days of a site with everything.
    static let full = report(
        panels: [.now(visitors: 7), .header(header), .chart(days("30d", scale: 480))]
            + tables().map { .table($0) } + [.books(books)],
        notes: [dailyNote])
}
