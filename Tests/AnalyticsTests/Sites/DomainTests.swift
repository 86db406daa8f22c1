import Analytics
import Foundation
import Testing

@Suite("Domains and site settings")
struct DomainTests {
    @Test(
        "the forms of a domain",
        arguments: [
            ("example.com", "example.com"), ("www.Example.COM", "example.com"),
            ("example.com.", "example.com"), ("https://example.com/x?y#z", "example.com"),
            ("http://www.example.com", "example.com"), ("localhost", "localhost"),
            ("www.lv", "www.lv"), ("my_site.example.com", "my_site.example.com"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("wwwx.example.com", "wwwx.example.com"),
            ("192.0.2.7", "192.0.2.7"), ("example.com?x", "example.com"),
            ("žagars.lv", "xn--agars-tib.lv"), ("https://www.ŽAGARS.LV./x", "xn--agars-tib.lv"),
            ("bücher.example", "xn--bcher-kva.example"), ("例え。jp", "xn--r8jz45g.jp"),
            // The letter and its accent apart, as some keyboards type them.
            ("z\u{30c}agars.lv", "xn--agars-tib.lv"),
        ])
    func forms(text: String, name: String) {
        #expect(Domain(text)?.name == name)
        #expect(Domain(name)?.name == name)
    }

    @Test(
        "what is no domain",
        arguments: [
            "", ".", "..", "a..b", ".com", "example.com:8080", "exa mple.com",
            "bücher.example:8080",
            "jānis@bücher.example", "büc her.example", "bü\u{202e}cher.example", "ü..example",
            "user@example.com", "https://", "[::1]", "x\u{0}.com", "example.com\n",
            String(repeating: "a", count: 64) + ".com",
            Array(repeating: "abcdefgh", count: 30).joined(separator: "."),
        ])
    func refused(text: String) {
        #expect(Domain(text) == nil)
    }

    @Test(
        "a site is a whole host: what names something in one is refused",
        arguments: [
            ("example.com", true), ("https://www.example.com/", true), ("localhost", true),
            ("žagars.lv", true), ("192.0.2.7", true), ("example.com/shop", false),
            ("https://example.com/shop", false), ("example.com?x", false),
            ("example.com/#x", false),
            ("-", false), ("--.-", false), ("_", false), ("", false),
        ])
    func sites(text: String, isTaken: Bool) {
        #expect((Domain(ofSite: text) != nil) == isTaken)
    }

    @Test("settings read back as they were written")
    func settings() throws {
        var settings = SiteSettings()
        settings.hosts = ["m.example.com"]
        settings.excludedAddresses = [try #require(Network("192.0.2.0/24"))]
        settings.privacySignals = .anonymous
        settings.ignoredReferrers = ["pay.example"]
        settings.addresses.hashRoutes = true
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(SiteSettings.self, from: data) == settings)
    }

    @Test("epochs read back as they were written, times and spans as numbers")
    func epochs() throws {
        let epoch = SiteEpoch(
            start: Instant(milliseconds: 5), timeZone: "Europe/Riga", rotation: .monthly,
            sessionTimeout: .minutes(20))
        let data = try JSONEncoder().encode(epoch)
        #expect(try JSONDecoder().decode(SiteEpoch.self, from: data) == epoch)
        let object = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: any Sendable])
        #expect(object["start"] as? Int == 5)
        #expect(object["sessionTimeout"] as? Int == 1_200_000)
        #expect(object["rotation"] as? String == "1mo")
    }

    @Test("raw events must be kept twice the rotation, so its longest period is known")
    func rotations() {
        #expect(Rotation.allCases.map(\.rawValue) == ["1d", "1w", "1mo"])
        #expect(Rotation.allCases.map(\.longestInDays) == [1, 7, 31])
    }
}
