import Analytics
import Testing

@testable import Dashboard

@Suite("Wording")
struct WordingTests {
    @Test(
        "thousands are set apart",
        arguments: [
            (0.0, "0"), (999, "999"), (1_000, "1,000"), (15_932.4, "15,932"),
            (1_234_567, "1,234,567"), (-1_234, "-1,234"), (-999, "-999"),
        ])
    func counts(value: Double, text: String) {
        #expect(Wording.count(value) == text)
    }

    @Test(
        "a mean under ten has a decimal, unless it is whole",
        arguments: [
            (0.0, "0"), (0.4, "0.4"), (0.04, "0"), (1.6, "1.6"), (2, "2"), (9.94, "9.9"),
            (9.96, "10"), (10.4, "10"), (416.2, "416"), (1_234.5, "1,235"),
        ])
    func means(value: Double, text: String) {
        #expect(Wording.mean(value) == text)
        #expect(Wording.value(of: HeaderFigure(.visitorsADay, value)) == text)
    }

    @Test(
        "a share that rounds to nothing is said to be there",
        arguments: [(0.0, "0 %"), (0.001, "<1 %"), (0.005, "1 %"), (0.412, "41 %"), (1, "100 %")])
    func percents(share: Double, text: String) {
        #expect(Wording.percent(share) == text)
    }

    @Test(
        "durations",
        arguments: [
            (0.0, "0s"), (59.4, "59s"), (59.6, "1m00s"), (161, "2m41s"), (3_600, "1h00m"),
            (4_021, "1h07m"), (359_999, "99h59m"), (3_600_000, "1,000h"),
        ])
    func durations(seconds: Double, text: String) {
        #expect(Wording.duration(seconds: seconds) == text)
    }

    @Test(
        "changes",
        arguments: [
            (Change.relative(0.118), "▲12 %", "+12 %"), (.relative(-0.07), "▼7 %", "-7 %"),
            (.relative(0.004), "±0 %", "0 %"), (.relative(-1), "▼100 %", "-100 %"),
            (.relative(13.2), "▲1,320 %", "+1,320 %"), (.points(-0.021), "▼2", "-2"),
            (.points(0.001), "±0", "0"), (.new, "new", "new"),
        ])
    func changes(change: Change, unicode: String, ascii: String) {
        #expect(Wording(isASCII: false).change(change) == unicode)
        #expect(Wording(isASCII: true).change(change) == ascii)
    }

    @Test(
        "ranges of days",
        arguments: [
            ("2026-10-24", "2026-11-22", "24 Oct – 22 Nov 2026", "24 Oct – 22 Nov"),
            ("2026-11-01", "2026-11-22", "1 – 22 Nov 2026", "1 – 22 Nov"),
            ("2025-12-01", "2026-11-22", "1 Dec 2025 – 22 Nov 2026", "1 Dec – 22 Nov"),
            ("2026-11-22", "2026-11-22", "Sun 22 Nov 2026", "22 Nov"),
        ])
    func ranges(from: String, to: String, full: String, short: String) {
        let days = LocalDay(from)!...LocalDay(to)!
        #expect(Wording(isASCII: false).range(days) == full)
        #expect(Wording(isASCII: false).range(days, withYear: false) == short)
    }

    @Test(
        "countries have names, other values stay",
        arguments: [
            ("LV", Analytics.Dimension.country, "Latvia"), ("(none)", .country, "(none)"),
            ("lv", .language, "lv"), ("LV", .source, "LV"),
        ])
    func labels(value: String, dimension: Analytics.Dimension, label: String) {
        #expect(Wording(isASCII: false).label(value, of: dimension) == label)
    }

    @Test(
        "a scale ends at a round, even number",
        arguments: [
            (0.0, 2.0), (1, 2), (2, 2), (3, 4), (5, 6), (9, 10), (11, 12), (13, 16), (17, 20),
            (21, 40), (61, 80), (99, 100), (101, 120), (812, 1_000), (66_400, 80_000),
        ])
    func scale(highest: Double, top: Double) {
        #expect(ChartText.scaleTop(highest) == top)
    }

    @Test("scales are never below the highest bar, nor more than twice as high")
    func scaleBounds() {
        for highest in 2...20_000 {
            let top = ChartText.scaleTop(Double(highest))
            #expect(top >= Double(highest) && top <= Double(highest) * 2, "\(highest): \(top)")
        }
    }
}
