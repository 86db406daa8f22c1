extension ClientRules {
    /// Names the browser by its row, or by its engine where no row's name is its own.
    func name(_ client: inout Client, by hit: ClientFindings.Hit?, in text: UserAgentText) {
        guard let hit else {
            client.browser = Self.webView(on: client.os, in: text)
            return
        }
        let fact = browsers[hit.row]
        client.browser = fact.name
        client.browserVersion = fact.version.version(
            in: text, markEnd: hit.end, parts: fact.name == "Safari" ? 2 : 1)
        switch fact.name {
        case "Internet Explorer":
            client.browserVersion = Self.explorerVersion(in: text) ?? client.browserVersion
        case "Safari" where client.os == "Android":
            // Android's own browser of before 4.4; its Version/4.0 never changed.
            client.browser = "Android Browser"
            client.browserVersion = client.osVersion
        case "Safari" where text.contains("version/") == false:
            client.browserVersion = ""
        case "Chrome" where client.os == "Android" && Self.isWebView(text):
            client.browser = "Android WebView"
        default:
            break
        }
    }

    /// A bare engine, with no browser's name beside it: an application shows the page.
    private static func webView(on os: String, in text: UserAgentText) -> String {
        guard text.contains("applewebkit") else { return "" }
        switch os {
        case "iOS": return "iOS WebView"
        case "macOS": return "macOS WebView"
        case "Android": return "Android Browser"
        default: return ""
        }
    }

    /// Android's web view says `; wv)`, and did say `Version/4.0` before Chrome from the start.
    private static func isWebView(_ text: UserAgentText) -> Bool {
        text.contains("; wv)") || text.contains("version/4.0 chrome/")
    }

    /// In its compatibility views Internet Explorer claims to be an older one (`MSIE 7.0`), but not
    /// to have an older engine: Trident 4 to 7 are versions 8 to 11.
    private static func explorerVersion(in text: UserAgentText) -> String? {
        guard let end = text.end(of: Array("trident/".utf8)),
            let trident = Int(text.version(at: end, parts: 1)), (4...7).contains(trident)
        else { return nil }
        return "\(trident + 4)"
    }
}
