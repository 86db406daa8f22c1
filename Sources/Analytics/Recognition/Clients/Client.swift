/// The program and the system that a page was seen with, as far as they tell; `""` for what they
/// do not.
package struct Client: Hashable, Sendable {
    /// A name of the tables, such as `Chrome`; an in-app browser has its app's name (`Instagram`).
    package var browser: String
    /// The major version (`130`), for Safari with the minor one (`17.4`).
    package var browserVersion: String
    /// A name of the tables, such as `Windows`; each Linux distribution is `Linux`, an iPad `iOS`.
    package var os: String
    /// As one speaks of it: Windows `11`, `8.1`, `XP`; Android `14`, `4.4`; iOS `17.4`; macOS `14`,
    /// `10.15`. Without hints a browser on Windows 11 says `10`, on a newer macOS `10.15`.
    package var osVersion: String
    package var device: Device

    package init(
        browser: String, browserVersion: String, os: String, osVersion: String, device: Device
    ) {
        self.browser = browser
        self.browserVersion = browserVersion
        self.os = os
        self.osVersion = osVersion
        self.device = device
    }

    package static let unknown = Client(
        browser: "", browserVersion: "", os: "", osVersion: "", device: .other)
}
