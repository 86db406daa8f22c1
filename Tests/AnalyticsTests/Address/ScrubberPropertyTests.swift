import Foundation
import Testing

@testable import Analytics

/// Generated personal data, none of which may be kept, and generated words, which all must be.
@Suite("Scrubbing: properties")
struct ScrubberPropertyTests {
    /// Fixed, since a token of 16 random bytes reads as words once in some ten thousand times;
    /// FOOTFALL_SEED tries others.
    static let seed =
        ProcessInfo.processInfo.environment["FOOTFALL_SEED"].flatMap(UInt64.init) ?? 20_261_122
    static let rounds = 100

    @Test("no personal data survives, wherever it stands", arguments: PersonalData.allCases)
    func noneSurvives(kind: PersonalData) throws {
        var random = SeededGenerator(seed: Self.seed)
        let policy = AddressPolicy(hashRoutes: true, keptQuery: ["q"])
        for _ in 0..<Self.rounds {
            let secret = kind.make(&random)
            for (place, kept) in try results(of: secret, policy) {
                #expect(
                    !kind.isIn(kept, secret: secret),
                    "\(kind) '\(secret)' in \(place): '\(kept)', seed \(Self.seed)")
            }
        }
    }

    /// What is kept of the secret in each place that it may come in.
    private func results(of secret: String, _ policy: AddressPolicy) throws -> [(String, String)] {
        let once = Self.encoded(secret)
        let twice = Self.encoded(once)
        var results: [(String, String)] = []
        for (place, target) in [
            ("segment", "/order/\(once)/thanks"), ("slug", "/for-\(once)"), ("end", "/a.\(once)"),
            ("twice encoded", "/u/\(twice)"), ("query", "/s?q=\(once)&x=\(once)"),
            ("query twice", "/s?q=\(twice)"), ("route", "/#/u/\(once)"),
            ("parameter", "/a;b=\(once)"),
        ] {
            let address = try #require(WebAddress("https://shop.example" + target))
            results.append((place, PageAddress(cleaning: address, policy: policy).path))
            let acquisition = SourceRules.standard.acquisition(
                page: try #require(
                    WebAddress("https://shop.example/?utm_campaign=\(once)&ref=\(twice)")),
                referrer: "https://blog.example" + target, siteHosts: [], ignoredReferrers: [])
            results.append(("referrer of \(place)", acquisition.referrer))
            results.append(("campaign", acquisition.tags.campaign))
            results.append(("source", acquisition.source))
        }
        for (place, text) in [
            ("title", "Thanks, \(secret)!"), ("property", secret), ("pair", "x=\(once)"),
            ("brackets", "(\(secret))"),
        ] {
            results.append((place, Scrubber.scrub(text, limit: 300).text))
        }
        return results
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            if ASCII.isAlphanumeric(byte) || byte == 0x2D || byte == 0x5F || byte == 0x2E {
                result.append(Character(Unicode.Scalar(byte)))
            } else {
                result += String(decoding: PercentCoding.encoded(byte), as: UTF8.self)
            }
        }
    }

    @Test("slugs of words, years, dates and products are kept as they are")
    func slugsStay() throws {
        var random = SeededGenerator(seed: Self.seed)
        for _ in 0..<4_000 {
            let slug = Slug.make(&random)
            let address = try #require(WebAddress("https://shop.example" + slug))
            let page = PageAddress(cleaning: address, policy: AddressPolicy())
            #expect(page.path == slug && page.scrubbed == 0, "\(slug), seed \(Self.seed)")
        }
    }

    @Test("whatever comes, the result is bounded, visible and stable")
    func anything() throws {
        var random = SeededGenerator(seed: Self.seed)
        let pieces = [
            "%", "%25", "%2F", "%40", "@", "a", "Z", "9", "12", "-", "_", ".", "/", ";", "(", ")",
            "+", " ", "•", "ē", "\u{200B}", "\u{202E}", "\u{1B}", "%C4", "%00", "jsessionid=", "S(",
            "index.html", "٣", "\u{301}", "😀", "::", "=",
        ]
        for _ in 0..<3_000 {
            let text =
                "/"
                + (0..<random.number(in: 1...40)).map { _ in random.pick(from: pieces) }.joined()
            let path = PathCleaner.cleaned(text).path
            #expect(path.utf8.first == 0x2F && path.unicodeScalars.count <= 512, "\(text)")
            #expect(path.unicodeScalars.allSatisfy(PlainText.isVisible), "\(text)")
            let title = Scrubber.scrub(text, limit: 30).text
            #expect(title.unicodeScalars.count <= 30, "\(text)")
            #expect(title.unicodeScalars.allSatisfy(PlainText.isVisible), "\(text)")
        }
    }
}

/// Kinds of data that stand for one person.
enum PersonalData: CaseIterable {
    case mail, phone, card, iban, personalCode, uuid, hexadecimal, base64, jwt, sessionID, ipv4
    case ipv6

    private static let hex = "0123456789abcdef"
    private static let lower = "abcdefghijklmnopqrstuvwxyz"
    private static let base36 = lower + "0123456789"
    private static let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let digits = "0123456789"

    func make(_ random: inout SeededGenerator) -> String {
        switch self {
        case .mail: Self.mail(&random)
        case .phone: Self.phone(&random)
        case .card:
            Self.grouped(random.text(16, of: Self.digits), 4, random.pick(from: ["", " ", "-"]))
        case .iban: Self.iban(&random)
        case .personalCode: random.text(6, of: Self.digits) + "-" + random.text(5, of: Self.digits)
        case .uuid:
            [8, 4, 4, 4, 12].map { random.text($0, of: Self.hex) }.joined(separator: "-")
        case .hexadecimal:
            random.text(
                random.pick(from: [16, 24, 32, 40, 64]),
                of: random.pick(from: [Self.hex, Self.hex.uppercased()]))
        case .base64: Self.base64(&random, count: random.pick(from: [24, 32, 48]))
        case .jwt:
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + Self.base64(&random, count: 40) + "."
                + Self.base64(&random, count: 32)
        case .sessionID: random.text(32, of: Self.base36)
        case .ipv4: (0..<4).map { _ in String(random.number(in: 1...254)) }.joined(separator: ".")
        case .ipv6:
            (0..<8).map { _ in String(random.number(in: 0x1000...0xFFFF), radix: 16) }
                .joined(separator: ":")
        }
    }

    /// Whether enough of the secret is left to know the person by.
    func isIn(_ kept: String, secret: String) -> Bool {
        switch self {
        case .mail:
            return kept.contains("@") || kept.contains("%40")
                || kept.contains(secret.prefix { $0 != "@" })
        case .phone, .card, .iban, .personalCode, .ipv4:
            let isDigit: (Character) -> Bool = { ("0"..."9").contains($0) }
            return kept.count(where: isDigit) > max(3, secret.count(where: isDigit) / 3)
        default:
            let parts = secret.split { !$0.isLetter && !$0.isNumber }.filter { $0.count >= 8 }
            return kept.contains(secret) || parts.contains { kept.contains($0) }
        }
    }

    private static func mail(_ random: inout SeededGenerator) -> String {
        let local = [
            random.text(random.number(in: 3...12), of: lower),
            random.pick(from: ["", ".", "_", "+", "-"]),
            random.pick(from: [random.text(6, of: base36), random.text(4, of: "āčēģīķļņšūž"), "x"]),
        ].joined()
        let domain = random.text(random.number(in: 2...12), of: lower + "-").trimmingCharacters(
            in: ["-"])
        return local + "@" + domain + "x." + random.pick(from: ["lv", "com", "co.uk", "museum"])
    }

    private static func phone(_ random: inout SeededGenerator) -> String {
        func some(_ count: Int) -> String {
            // Not a year, which would be kept as one.
            String(random.number(in: 3...9)) + random.text(count - 1, of: digits)
        }
        let sign = random.pick(from: [" ", "-", ".", "\u{A0}"])
        return switch random.number(in: 0...7) {
        case 0: "+371" + some(8)
        case 1: "+371 " + [some(2), some(3), some(3)].joined(separator: sign)
        case 2: some(8)
        case 3: [some(2), some(3), some(3)].joined(separator: sign)
        case 4: "(" + some(3) + ") " + some(3) + "-" + some(4)
        case 5: ["+1", some(3), some(3), some(4)].joined(separator: sign)
        case 6: "00371" + some(8)
        default: (0..<5).map { _ in some(2) }.joined(separator: sign)
        }
    }

    private static func iban(_ random: inout SeededGenerator) -> String {
        let account: String =
            random.number(in: 0...1) == 0
            ? random.text(4, of: capitals) + random.text(13, of: digits)
            : random.text(18, of: digits)
        let text = random.text(2, of: capitals) + random.text(2, of: digits) + account
        return grouped(text, 4, random.pick(from: ["", " "]))
    }

    private static func base64(_ random: inout SeededGenerator, count: Int) -> String {
        let text = Data(random.bytes(count)).base64EncodedString()
        guard random.number(in: 0...1) == 0 else { return text }
        return text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func grouped(_ text: String, _ size: Int, _ separator: String) -> String {
        let signs = Array(text)
        return stride(from: 0, to: signs.count, by: size)
            .map { String(signs[$0..<min($0 + size, signs.count)]) }
            .joined(separator: separator)
    }
}

/// Paths as sites write them.
enum Slug {
    private static let words = [
        "wooden", "chair", "how", "to", "oil", "a", "table", "koka", "krēsls", "mēbeles", "latvija",
        "новости", "погода", "стол", "木椅", "家具", "guide", "checkout", "straßenbahn",
        "kaffeemaschine",
        "Rīga", "About", "FAQ", "covid19", "mp3", "s24", "256gb", "xps13", "4k", "usb", "c",
        "e-veikals",
        "programmēšana", "zażółć", "näytönsäästäjä", "łódź", "telefoni", "iphone15", "mid-century",
        "facade", "decade", "accessibility", "internationalisation", "MacBook", "PlayStation5",
    ]

    static func make(_ random: inout SeededGenerator) -> String {
        func slug() -> String {
            (0..<random.number(in: 1...6)).map { _ in random.pick(from: words) }.joined(
                separator: "-")
        }
        let year = random.number(in: 1990...2030)
        let month = random.number(in: 10...12)
        let day = random.number(in: 10...28)
        return switch random.number(in: 0...7) {
        case 0: "/\(slug())"
        case 1: "/\(slug())/\(slug())"
        case 2: "/\(year)/\(month)/\(day)/\(slug())"
        case 3: "/\(year)-\(month)-\(day)-\(slug())"
        case 4: "/\(slug())-\(year)"
        case 5: "/p/\(random.number(in: 1...99_999))"
        case 6: "/\(slug())-\(random.number(in: 1...99_999))"
        default: "/season-\(year)-\(year + 1)/\(slug()).html"
        }
    }
}
