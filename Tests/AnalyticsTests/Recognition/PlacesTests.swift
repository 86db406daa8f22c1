import Testing

@testable import Analytics

@Suite("Places")
struct PlacesTests {
    @Test(
        "the country of a time zone",
        arguments: [
            ("Europe/Riga", "LV"), ("europe/riga", "LV"), ("Europe/Kiev", "UA"),
            ("Europe/Kyiv", "UA"), ("Asia/Calcutta", "IN"), ("America/New_York", "US"),
            ("America/Buenos_Aires", "AR"), ("Asia/Saigon", "VN"), ("Atlantic/Faeroe", "FO"),
            ("America/Godthab", "GL"), ("Pacific/Truk", "FM"), ("Africa/Asmera", "ER"),
            ("America/Coral_Harbour", "CA"), ("America/Virgin", "VI"), ("Iceland", "IS"),
            ("Europe/Vaduz", "LI"), ("Europe/Busingen", "DE"), ("GB", "GB"), ("Singapore", "SG"),
            ("America/Argentina/ComodRivadavia", "AR"), ("Arctic/Longyearbyen", "SJ"),
        ])
    func countries(zone: String, country: String) {
        #expect(PlaceRules.standard.country(timeZone: zone) == country)
    }

    @Test(
        "zones of no country, and what is no zone",
        arguments: [
            "UTC", "Etc/UTC", "Etc/GMT+3", "GMT", "EST", "EST5EDT", "CET", "+02:00", "", "Europe",
            "Europe/Nowhere", "Europe/Riga ", "\u{1B}[31m", String(repeating: "a", count: 10_000),
        ])
    func none(zone: String) {
        #expect(PlaceRules.standard.country(timeZone: zone) == nil)
    }

    @Test("names of countries")
    func names() {
        #expect(PlaceRules.standard.name(country: "LV") == "Latvia")
        #expect(PlaceRules.standard.name(country: "GB") == "United Kingdom")
        #expect(PlaceRules.standard.name(country: "CI") == "Côte d'Ivoire")
        #expect(PlaceRules.standard.name(country: "ZZ") == "ZZ")
    }

    @Test("other tables take the built-in ones' place")
    func overriding() throws {
        let rules = try PlaceRules(files: [
            PlaceRules.countriesFile: "LV\tLatvija\n", PlaceRules.timeZonesFile: "Here/There\tLV\n",
        ])
        #expect(rules.country(timeZone: "here/there") == "LV")
        #expect(rules.country(timeZone: "Europe/Riga") == nil)
        #expect(rules.name(country: "LV") == "Latvija")
    }

    @Test(
        "a wrong row is named with its line",
        arguments: [
            (PlaceRules.countriesFile, "LV\tLatvia\nlv\tLatvia\n", 2),
            (PlaceRules.countriesFile, "LV\tLatvia\nLV\tLatvia\n", 2),
            (PlaceRules.countriesFile, "LV\t\n", 1),
            (PlaceRules.timeZonesFile, "Europe/Riga\tLV\nEurope/Tallinn\tXX\n", 2),
            (PlaceRules.timeZonesFile, "Europe/Riga\tLV\neurope/riga\tLV\n", 2),
        ])
    func wrongRows(file: String, text: String, line: Int) {
        do {
            _ = try PlaceRules(files: [file: text])
            Issue.record("\(file) was taken")
        } catch {
            // A table of countries without others' names fails in the zones; that is no fault of it.
            #expect(error.line == line && error.table == file, "\(error)")
        }
    }
}
