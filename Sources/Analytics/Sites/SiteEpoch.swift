/// How long one salt holds, so how long a browser can be known again.
package enum Rotation: String, Hashable, Sendable, Codable, CaseIterable {
    case daily = "1d"
    case weekly = "1w"
    case monthly = "1mo"

    /// The longest that a period can be, in days; raw events must be kept twice as long, so that
    /// a period can be folded whole.
    package var longestInDays: Int {
        switch self {
        case .daily: 1
        case .weekly: 7
        case .monthly: 31
        }
    }
}

/// What cuts a site's time: in force from `start` until the next epoch's start.
package struct SiteEpoch: Hashable, Sendable, Codable {
    /// A local midnight of the epoch before (DESIGN §4: changes never re-cut days that have passed).
    package var start: Instant
    /// An IANA name, such as `Europe/Riga`.
    package var timeZone: String
    package var rotation: Rotation
    /// The longest gap inside a session, in ms.
    package var sessionTimeout: TimeSpan

    package init(
        start: Instant, timeZone: String, rotation: Rotation = .daily,
        sessionTimeout: TimeSpan = .minutes(30)
    ) {
        self.start = start
        self.timeZone = timeZone
        self.rotation = rotation
        self.sessionTimeout = sessionTimeout
    }

    /// Whether both cut time alike, wherever they begin.
    package func hasSameRules(as other: SiteEpoch) -> Bool {
        (timeZone, rotation, sessionTimeout)
            == (other.timeZone, other.rotation, other.sessionTimeout)
    }
}

extension TimeSpan: Codable {
    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}
