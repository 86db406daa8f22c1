import Analytics
import ArgumentParser
import Foundation
import Storage

/// What cuts a site's time.
struct EpochOptions: ParsableArguments {
    @Option(help: "IANA time zone of its days, such as Europe/Riga.") var timezone: String?
    @Option(help: "How long a salt holds, so a visitor is known again: 1d, 1w or 1mo (1d).")
    var saltRotation: String?
    @Option(help: "The longest gap inside a session: 30m, 1h (30m).") var sessionTimeout: String?

    var isGiven: Bool { timezone != nil || saltRotation != nil || sessionTimeout != nil }

    func changed(_ epoch: SiteEpoch, _ terms: RetentionTerms) throws -> SiteEpoch {
        var epoch = epoch
        if let timezone {
            guard TimeZone(identifier: timezone) != nil, timezone.contains("/") || timezone == "UTC"
            else {
                throw Failure(
                    "'\(timezone)' is no time zone; give an IANA name such as Europe/Riga or UTC.",
                    code: Failure.usage)
            }
            epoch.timeZone = timezone
        }
        if let saltRotation {
            guard let rotation = Rotation(rawValue: saltRotation) else {
                throw Failure(
                    "'\(saltRotation)' is no rotation; give 1d, 1w or 1mo.", code: Failure.usage)
            }
            let least = RetentionTerms.minimumRawDays(for: rotation)
            guard terms.rawDays >= least else {
                throw Failure(
                    """
                    A rotation of \(saltRotation) needs raw events for at least \(least) days, but \
                    retention.raw is \(terms.rawDays)d. Set retention.raw in footfall.yaml first.
                    """, code: Failure.usage)
            }
            epoch.rotation = rotation
        }
        if let sessionTimeout {
            guard let span = Self.span(sessionTimeout),
                (TimeSpan.minutes(1)...TimeSpan.hours(8)).contains(span)
            else {
                throw Failure(
                    "'\(sessionTimeout)' is no timeout; give 1m to 8h, such as 30m.",
                    code: Failure.usage)
            }
            epoch.sessionTimeout = span
        }
        return epoch
    }

    private static func span(_ text: String) -> TimeSpan? {
        guard let number = Int64(text.dropLast()), number > 0, number < 1_000 else { return nil }
        switch text.last {
        case "m": return .minutes(number)
        case "h": return .hours(number)
        default: return nil
        }
    }
}

/// Settings that are in force at once; each list option replaces the list, an empty value alone
/// empties it.
struct SiteOptions: ParsableArguments {
    @Option(help: "Leave visits from this address or network out (repeatable; '' for none).")
    var excludeAddress: [String] = []
    @Option(help: "Count only pages on this host and the site's own (repeatable; '' for any host).")
    var host: [String] = []
    @Option(
        help: "Count only beacons whose Origin or Referer is a host of the site: yes or no (no).")
    var requireOrigin: YesOrNo?
    @Option(help: "What to do with GPC and DNT: drop, anonymous or ignore (drop).")
    var privacySignals: PrivacySignalPolicy?
    @Option(help: "Keep this query parameter as part of the page (repeatable; '' for none).")
    var keepQuery: [String] = []
    @Option(
        help: "The query parameter that holds what visitors search on the site, such as q.")
    var searchParameter: String?
    @Option(help: "Count the part after # as part of the page: yes or no (no).")
    var hashRoutes: YesOrNo?
    @Option(
        help: """
            Returns from this host begin no new visit: a payment provider (repeatable; '' for none).
            """)
    var ignoreReferrer: [String] = []

    var isGiven: Bool {
        privacySignals != nil || searchParameter != nil || hashRoutes != nil || requireOrigin != nil
            || [excludeAddress, host, keepQuery, ignoreReferrer].contains { !$0.isEmpty }
    }

    /// - Parameter sources: the installation's, which know what is a click id.
    func apply(to settings: inout SiteSettings, sources: () throws -> SourceRules) throws {
        if !excludeAddress.isEmpty {
            settings.excludedAddresses = try Self.list(excludeAddress).map { text in
                guard let network = Network(text) else {
                    throw Failure(
                        "'\(text)' is no address or network; give 198.51.100.7 or 2001:db8::/48.",
                        code: Failure.usage)
                }
                return network
            }
        }
        if !host.isEmpty { settings.hosts = try Self.hosts(host) }
        if !ignoreReferrer.isEmpty { settings.ignoredReferrers = try Self.hosts(ignoreReferrer) }
        if !keepQuery.isEmpty {
            settings.addresses.keptQuery = try Self.parameters(keepQuery, sources()).sorted()
        }
        if let name = searchParameter {
            settings.addresses.searchParameter = try Self.parameters([name], sources()).first
        }
        if let hashRoutes { settings.addresses.hashRoutes = hashRoutes == .yes }
        if let requireOrigin { settings.requiresOrigin = requireOrigin == .yes }
        if let privacySignals { settings.privacySignals = privacySignals }
    }

    /// The word `none` empties a list too: a host of that name is nobody's.
    private static func list(_ values: [String]) -> [String] {
        values == [""] || values == ["none"] ? [] : values
    }

    private static func parameters(_ names: [String], _ sources: SourceRules) throws -> [String] {
        let names = list(names)
        for name in names where sources.isClickID(name) {
            throw Failure(
                """
                '\(name)' is a click id: its value tells who somebody is, and is never kept. Whose \
                ad it was is in the source.
                """, code: Failure.usage)
        }
        return names
    }

    private static func hosts(_ values: [String]) throws -> [String] {
        try list(values).map { text in
            guard let domain = Domain(text) else {
                throw Failure("'\(text)' is no host; give shop.example.com.", code: Failure.usage)
            }
            return domain.name
        }
    }
}

enum YesOrNo: String, ExpressibleByArgument, CaseIterable {
    case yes, no
}

extension PrivacySignalPolicy: ExpressibleByArgument {}
