import Testing

@testable import Analytics

/// Well-known user agents, each with what it is.
@Suite struct ClientsUserAgentTests {
    struct Case: CustomTestStringConvertible {
        let expected: String
        let userAgent: String

        init(_ expected: String, _ userAgent: String) {
            self.expected = expected
            self.userAgent = userAgent
        }

        var testDescription: String { "\(expected) from \(userAgent)" }
    }

    static func summary(_ client: Client) -> String {
        let parts = [
            client.browser, client.browserVersion, client.os, client.osVersion,
            client.device.rawValue,
        ]
        return parts.map { $0.isEmpty ? "-" : $0 }.joined(separator: " | ")
    }

    static let appleWebKit = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
    static let chromeWebKit = "AppleWebKit/537.36 (KHTML, like Gecko)"

    @Test(arguments: [
        Case(
            "Chrome | 130 | Windows | 10 | desktop",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(chromeWebKit) Chrome/130.0.0.0 "
                + "Safari/537.36"),
        Case(
            "Edge | 130 | Windows | 10 | desktop",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(chromeWebKit) Chrome/130.0.0.0 "
                + "Safari/537.36 Edg/130.0.2849.68"),
        Case(
            "Edge | 18 | Windows | 10 | desktop",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(chromeWebKit) Chrome/64.0.3282.140 "
                + "Safari/537.36 Edge/18.17763"),
        Case(
            "Firefox | 132 | Linux | - | desktop",
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"),
        Case(
            "Safari | 17.4 | macOS | 10.15 | desktop",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \(appleWebKit) Version/17.4 "
                + "Safari/605.1.15"),
        Case(
            "Opera | 115 | Windows | 7 | desktop",
            "Mozilla/5.0 (Windows NT 6.1) \(chromeWebKit) Chrome/130.0.0.0 Safari/537.36 "
                + "OPR/115.0.0.0"),
        Case(
            "Opera | 12 | macOS | 10.8 | desktop",
            "Opera/9.80 (Macintosh; Intel Mac OS X 10.8.3) Presto/2.12.388 Version/12.15"),
        Case(
            "Yandex Browser | 24 | Windows | 8.1 | desktop",
            "Mozilla/5.0 (Windows NT 6.3; WOW64) \(chromeWebKit) Chrome/124.0.0.0 "
                + "YaBrowser/24.6.0.0 Yowser/2.5 Safari/537.36"),
        Case(
            "Vivaldi | 6 | Linux | - | desktop",
            "Mozilla/5.0 (X11; Linux x86_64) \(chromeWebKit) Chrome/120.0.0.0 Safari/537.36 "
                + "Vivaldi/6.5.3206.39"),
        Case(
            "Internet Explorer | 11 | Windows | 7 | desktop",
            "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"),
        Case(
            "Chrome | 130 | ChromeOS | - | desktop",
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) \(chromeWebKit) Chrome/130.0.0.0 "
                + "Safari/537.36"),
        Case(
            "Chromium | 119 | Linux | - | desktop",
            "Mozilla/5.0 (X11; Linux x86_64) \(chromeWebKit) Ubuntu Chromium/119.0.6045.105 "
                + "Chrome/119.0.6045.105 Safari/537.36"),
        Case(
            "Firefox | 128 | FreeBSD | - | desktop",
            "Mozilla/5.0 (X11; FreeBSD amd64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        Case("Lynx | 2 | - | - | other", "Lynx/2.9.0dev.6 libwww-FM/2.14 SSL-MM/1.4.1"),
    ])
    func desktops(_ example: Case) {
        #expect(
            Self.summary(ClientRules.standard.client(userAgent: example.userAgent))
                == example.expected)
    }

    @Test(arguments: [
        Case(
            "Safari | 17.4 | iOS | 17.4 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) \(appleWebKit) "
                + "Version/17.4.1 Mobile/15E148 Safari/604.1"),
        Case(
            "Chrome | 122 | iOS | 17.4 | tablet",
            "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) \(appleWebKit) CriOS/122.0.6261.89 "
                + "Mobile/15E148 Safari/604.1"),
        Case(
            "Firefox | 130 | iOS | 17.6 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) \(appleWebKit) FxiOS/130.0 "
                + "Mobile/15E148 Safari/605.1.15"),
        // An iPad that asks for desktop pages: browsers other than Safari give it away.
        Case(
            "Chrome | 130 | iOS | - | tablet",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \(appleWebKit) CriOS/130 "
                + "Version/11.1.1 Safari/605.1.15"),
        Case(
            "DuckDuckGo | 7 | iOS | - | tablet",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_4) \(appleWebKit) Mobile/15E148 "
                + "DuckDuckGo/7"),
        // Phones that are called as browsers, systems and consoles are.
        Case(
            "Chrome | 96 | Android | 8 | mobile",
            "Mozilla/5.0 (Linux; Android 8.1.0; PSP5523DUO) \(chromeWebKit) Chrome/96.0.4664.104 "
                + "Mobile Safari/537.36"),
        Case(
            "Android WebView | 91 | Android | 5 | mobile",
            "Mozilla/5.0 (Linux; U; Android 5.0.2; lv-lv; Phoenix S60 Build/LRX22G; wv) "
                + "\(chromeWebKit) Version/4.0 Chrome/91.0.4472.164 Mobile Safari/537.36"),
        // Chrome's frozen user agent: neither the version nor the model is true.
        Case(
            "Chrome | 130 | Android | - | mobile",
            "Mozilla/5.0 (Linux; Android 10; K) \(chromeWebKit) Chrome/130.0.0.0 Mobile "
                + "Safari/537.36"),
        Case(
            "Chrome | 130 | Android | - | tablet",
            "Mozilla/5.0 (Linux; Android 10; K) \(chromeWebKit) Chrome/130.0.0.0 Safari/537.36"),
        Case(
            "Samsung Internet | 26 | Android | 13 | tablet",
            "Mozilla/5.0 (Linux; Android 13; SM-T225) \(chromeWebKit) SamsungBrowser/26.0 "
                + "Chrome/122.0.0.0 Mobile Safari/537.36"),
        Case(
            "Firefox | 132 | Android | 14 | mobile",
            "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"),
        Case(
            "Android Browser | 4.0 | Android | 4.0 | mobile",
            "Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; Galaxy S II Build/GRJ22) "
                + "AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30"),
        Case(
            "Opera Mini | 36 | Android | - | mobile",
            "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; en) Presto/2.12.423 "
                + "Version/12.16"),
        Case(
            "UC Browser | 13 | Android | 11 | mobile",
            "Mozilla/5.0 (Linux; U; Android 11; en-US; RMX2020 Build/RP1A) \(chromeWebKit) "
                + "Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.6.2.1316 Mobile Safari/537.36"),
        Case(
            "Huawei Browser | 13 | HarmonyOS | - | mobile",
            "Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.11.0.302) "
                + "\(chromeWebKit) Chrome/99.0.4844.88 HuaweiBrowser/13.0.5.303 Mobile "
                + "Safari/537.36"),
        Case(
            "Internet Explorer | 11 | Windows Phone | 8.1 | mobile",
            "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; "
                + "rv:11.0; IEMobile/11.0; NOKIA; Lumia 635) like iPhone OS 7_0_3 Mac OS X "
                + "AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537"),
        Case(
            "Firefox | 48 | KaiOS | 2.5 | mobile",
            "Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5"),
        Case(
            "Amazon Silk | 130 | Android | 11 | tablet",
            "Mozilla/5.0 (Linux; Android 11; KFTRWI) \(chromeWebKit) Silk/130.3.1 like "
                + "Chrome/130.0.6723.86 Safari/537.36"),
    ])
    func phonesAndTablets(_ example: Case) {
        #expect(
            Self.summary(ClientRules.standard.client(userAgent: example.userAgent))
                == example.expected)
    }

    @Test(arguments: [
        Case(
            "Facebook | 490 | iOS | 18.0 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) \(appleWebKit) Mobile/15E148 "
                + "[FBAN/FBIOS;FBAV/490.0.0.36.109;FBDV/iPhone14,5;FBSN/iOS;FBSV/18.0]"),
        Case(
            "Facebook Messenger | 410 | iOS | 16.2 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_2 like Mac OS X) \(appleWebKit) Mobile/15E148 "
                + "[FBAN/MessengerForiOS;FBAV/410.0.0.23.86;FBDV/iPhone14,7]"),
        // "sailfish" is the phone's code name here, not its system.
        Case(
            "Instagram | 308 | Android | 13 | mobile",
            "Mozilla/5.0 (Linux; Android 13; Pixel Build/TQ3A; wv) \(chromeWebKit) Version/4.0 "
                + "Chrome/119.0.6045.66 Mobile Safari/537.36 Instagram 308.0.0.36.109 Android "
                + "(33/13; 420dpi; 1080x2209; Google/google; Pixel; sailfish; sailfish; en_GB; 5)"),
        Case(
            "TikTok | 32 | Android | 14 | mobile",
            "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) \(chromeWebKit) Version/4.0 "
                + "Chrome/130.0.6723.86 Mobile Safari/537.36 musical_ly_2023206020 JsSdk/1.0 "
                + "NetType/WIFI app_version/32.6.2 ByteLocale/en Region/DE"),
        Case(
            "LinkedIn | 9 | iOS | 17.4 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) \(appleWebKit) Mobile/15E148 "
                + "LinkedInApp/9.29.1"),
        Case(
            "WeChat | 8 | iOS | 16.6 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) \(appleWebKit) Mobile/15E148 "
                + "MicroMessenger/8.0.42(0x18002a2f) NetType/WIFI Language/zh_CN"),
        Case(
            "Google App | 102 | iOS | 13.3 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X) \(appleWebKit) "
                + "GSA/102.0.304944559 Mobile/15E148 Safari/604.1"),
        Case(
            "Android WebView | 130 | Android | 14 | mobile",
            "Mozilla/5.0 (Linux; Android 14; CPH2581 Build/UKQ1; wv) \(chromeWebKit) Version/4.0 "
                + "Chrome/130.0.6723.86 Mobile Safari/537.36"),
        Case(
            "iOS WebView | - | iOS | 17.4 | mobile",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) \(appleWebKit) Mobile/15E148"),
        Case(
            "Slack | 4 | macOS | 10.15 | desktop",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \(chromeWebKit) Slack/4.39.90 "
                + "Chrome/127.0.6533.72 Electron/31.0.1 Safari/537.36"),
    ])
    func applications(_ example: Case) {
        #expect(
            Self.summary(ClientRules.standard.client(userAgent: example.userAgent))
                == example.expected)
    }

    @Test(arguments: [
        Case(
            "Samsung Internet | 2 | Tizen | 3.0 | tv",
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 3.0) AppleWebKit/538.1 (KHTML, like Gecko) "
                + "SamsungBrowser/2.0 TV Safari/538.1"),
        Case(
            "webOS Browser | - | webOS | - | tv",
            "Mozilla/5.0 (Web0S; Linux/SmartTV) \(chromeWebKit) Chrome/79.0.3945.79 "
                + "Safari/537.36 WebAppManager"),
        Case(
            "Amazon Silk | 130 | Android | 9 | tv",
            "Mozilla/5.0 (Linux; Android 9; AFTSSS) \(chromeWebKit) Silk/130.3.1 like "
                + "Chrome/130.0.6723.86 Safari/537.36"),
        Case(
            "PlayStation Browser | - | PlayStation | 5 | console",
            "Mozilla/5.0 (PlayStation; PlayStation 5/6.00) \(appleWebKit) Version/15.4 "
                + "Safari/605.1.15"),
        Case(
            "Nintendo Browser | 5 | Nintendo | Switch | console",
            "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like "
                + "Gecko) NF/6.0.2.21.3 NintendoBrowser/5.1.0.22474"),
        Case(
            "Edge | 130 | Windows | 10 | console",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) \(chromeWebKit) "
                + "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.2849.68"),
        Case(
            "Oculus Browser | 36 | Android | 10 | wearable",
            "Mozilla/5.0 (Linux; Android 10; Quest 3) \(chromeWebKit) OculusBrowser/36.6.0.9.50 "
                + "Chrome/130.0.6723.191 VR Safari/537.36"),
        Case(
            "Tesla Browser | - | Linux | - | car",
            "Mozilla/5.0 (X11; GNU/Linux) \(chromeWebKit) Chromium/88.0.4324.150 "
                + "Chrome/88.0.4324.150 Safari/537.36 Tesla/2021.44.30"),
        // Apple's network library names the kernel alone.
        Case("- | - | iOS | 16 | mobile", "App/7 CFNetwork/1402.0.8 Darwin/22.2.0"),
        Case(
            "- | - | macOS | 10.13 | desktop",
            "App/7 CFNetwork/893.13.1 Darwin/17.3.0 (x86_64)"),
        Case("- | - | - | - | other", ""),
        Case("- | - | - | - | other", "()()(;;;/ /"),
    ])
    func theRest(_ example: Case) {
        #expect(
            Self.summary(ClientRules.standard.client(userAgent: example.userAgent))
                == example.expected)
    }

    /// IIS writes its logs with '+' for each space.
    @Test func spacesMayBePluses() {
        let client = ClientRules.standard.client(
            userAgent:
                "Mozilla/5.0+(iPhone;+CPU+iPhone+OS+9_3_1+like+Mac+OS+X)+AppleWebKit/601.1.46+"
                + "(KHTML,+like+Gecko)+Version/9.0+Mobile/13E238+Safari/601.1")
        #expect(Self.summary(client) == "Safari | 9.0 | iOS | 9.3 | mobile")
    }
}
