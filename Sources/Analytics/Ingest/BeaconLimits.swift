/// Bounds on what a beacon may hold (I11), in one place with their reasons.
package enum BeaconLimits {
    /// In bytes. The largest beacon that the fields below allow is well under it; Plausible's
    /// servers take 1 MB, no tracker sends more than a few kB.
    package static let body = 64 * 1_024
    /// In characters, as Plausible's server has it, so that the same events are accepted; so many
    /// scalars are kept, which is the same but for letters made of several.
    package static let name = 120
    /// In bytes, as Plausible's server has it.
    package static let url = 2_000
    package static let referrer = 2_000
    package static let title = 300
    /// In bytes; a name has at most 253 (RFC 1035 §2.3.4), a list names a few sites.
    package static let domains = 10
    package static let properties = 30
    package static let propertyName = 300
    package static let propertyValue = 2_000
    /// In scalars of the scrubbed value: enough for a name, too little for a document.
    package static let keptPropertyValue = 200
    package static let nonce = 64
    /// In bytes; the longest name of the tz database has 32.
    package static let timeZone = 64
    /// In CSS px; anything else is no window, and its width counts as unknown.
    package static let widths = 1.0..<100_001
    /// In bytes; longer user agents are cut there before they are looked at.
    package static let userAgent = 512
    /// An engaged time of 30 days or more in one update is no person's.
    package static let engagedMilliseconds: Int64 = 30 * 86_400_000
}
