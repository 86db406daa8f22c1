/// What a Chromium browser says of itself in the `Sec-CH-UA*` headers (W3C User-Agent Client
/// Hints), beside a user agent that has been frozen since: Windows 11, macOS and Android versions
/// and browsers that go by Chrome's user agent (Brave, DuckDuckGo) show only here.
///
/// Each header may be missing; text that is not of the headers' form (RFC 8941 §3) counts as missing.
package struct ClientHints: Hashable, Sendable {
    struct Brand: Hashable, Sendable {
        let name: String
        let version: String

        /// Chromium mixes in a made-up brand, `Not?A_Brand` in changing spellings, so that servers
        /// do not rely on the list's form.
        var isGrease: Bool {
            let letters = name.lowercased().filter(\.isLetter)
            return letters.hasPrefix("not") && letters.contains("brand")
        }
    }

    /// From the full version list where it was sent, else from the brands; without grease.
    let brands: [Brand]
    let mobile: Bool?
    let platform: String
    let platformVersion: String
    let model: String

    package init(_ headers: ClientHintHeaders) {
        self.init(
            brands: headers.brands, fullVersionList: headers.fullVersionList,
            mobile: headers.mobile, platform: headers.platform,
            platformVersion: headers.platformVersion, model: headers.model)
    }

    package init(
        brands: String?, fullVersionList: String?, mobile: String?, platform: String?,
        platformVersion: String?, model: String?
    ) {
        let full = Self.brands(fullVersionList)
        self.brands = full.isEmpty ? Self.brands(brands) : full
        self.mobile =
            switch mobile {
            case "?1": true
            case "?0": false
            default: nil
            }
        self.platform = Self.string(platform)
        self.platformVersion = Self.string(platformVersion)
        self.model = Self.string(model)
    }

    package static let none = ClientHints(
        brands: nil, fullVersionList: nil, mobile: nil, platform: nil, platformVersion: nil,
        model: nil)

    /// Chromium's own major version (`130`), or `nil` where no brand gives one.
    var chromiumVersion: String? {
        brands.first { $0.name == "Chromium" || $0.name == "HeadlessChrome" }
            .map { String($0.version.prefix { $0 != "." }) }
    }

    /// Headers are bounded before they get here; this bounds the work if they are not.
    private static let lengthLimit = 512
    private static let brandLimit = 16

    /// `"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"`
    private static func brands(_ header: String?) -> [Brand] {
        guard let header, header.utf8.count <= lengthLimit else { return [] }
        var strings: [String] = []
        var isName: [Bool] = []
        var rest = header[...]
        while let quote = rest.firstIndex(of: "\"") {
            isName.append(!rest[..<quote].hasSuffix("v="))
            let (string, after) = quoted(rest[rest.index(after: quote)...])
            strings.append(string)
            rest = after
        }
        var brands: [Brand] = []
        for index in strings.indices where isName[index] && brands.count < brandLimit {
            let hasVersion = index + 1 < strings.count && !isName[index + 1]
            let version = hasVersion ? strings[index + 1] : ""
            brands.append(Brand(name: strings[index], version: version))
        }
        return brands.filter { !$0.isGrease }
    }

    private static func string(_ header: String?) -> String {
        guard let header, header.utf8.count <= lengthLimit, header.hasPrefix("\"")
        else { return "" }
        return quoted(header.dropFirst()).string
    }

    /// The text up to the closing quote, its backslash escapes undone, and what follows the quote.
    private static func quoted(_ text: Substring) -> (string: String, after: Substring) {
        var string = ""
        var index = text.startIndex
        while index < text.endIndex, text[index] != "\"" {
            if text[index] == "\\" { index = text.index(after: index) }
            if index < text.endIndex {
                string.append(text[index])
                index = text.index(after: index)
            }
        }
        return (string, index < text.endIndex ? text[text.index(after: index)...] : "")
    }
}

/// The headers as sent (`Sec-CH-UA` and its kin), not read yet.
package struct ClientHintHeaders: Hashable, Sendable {
    package var brands: String?
    package var fullVersionList: String?
    package var mobile: String?
    package var platform: String?
    package var platformVersion: String?
    package var model: String?

    package init(
        brands: String? = nil, fullVersionList: String? = nil, mobile: String? = nil,
        platform: String? = nil, platformVersion: String? = nil, model: String? = nil
    ) {
        self.brands = brands
        self.fullVersionList = fullVersionList
        self.mobile = mobile
        self.platform = platform
        self.platformVersion = platformVersion
        self.model = model
    }

    package static let none = ClientHintHeaders()
}
