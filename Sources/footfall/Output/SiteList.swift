import Analytics
import Dashboard
import Foundation

/// What `site list` prints.
enum SiteList {
    static func render(_ sites: [Site], _ format: TextOrJSON, at now: Instant) -> String {
        switch format {
        case .json:
            return JSONValue.array(sites.map { json($0, at: now) }).text + "\n"
        case .text:
            if sites.isEmpty { return "No site yet. Add one: footfall site add example.com\n" }
            let width = sites.map(\.domain.name.count).max() ?? 0
            return sites.map { site in
                let domain = site.domain.name.padding(
                    toLength: width, withPad: " ", startingAt: 0)
                let lines =
                    ["\(domain)  \(text(site.calendar.epoch(at: now)))"]
                    + details(of: site, at: now).map { "    " + $0 }
                return lines.joined(separator: "\n") + "\n"
            }.joined()
        }
    }

    /// `Europe/Riga, rotation 1d, timeout 30 min`
    static func text(_ epoch: SiteEpoch) -> String {
        "\(epoch.timeZone), rotation \(epoch.rotation.rawValue), "
            + "timeout \(epoch.sessionTimeout.milliseconds / 60_000) min"
    }

    /// A change to come, and the settings that are not as of a new site, by their options' names.
    private static func details(of site: Site, at now: Instant) -> [String] {
        let (settings, standard) = (site.settings, SiteSettings())
        var lines: [String] = []
        if let pending = site.pendingEpoch(at: now) {
            lines.append("from \(site.calendar.day(of: pending.start)): \(text(pending))")
        }
        if settings.privacySignals != standard.privacySignals {
            lines.append("privacy-signals: \(settings.privacySignals.rawValue)")
        }
        let lists = [
            ("host", settings.hosts),
            ("exclude-address", settings.excludedAddresses.map(\.text)),
            ("keep-query", settings.addresses.keptQuery),
            ("search-parameter", settings.addresses.searchParameter.map { [$0] } ?? []),
            ("ignore-referrer", settings.ignoredReferrers),
        ]
        for (name, values) in lists where !values.isEmpty {
            lines.append("\(name): \(values.joined(separator: ", "))")
        }
        if settings.addresses.hashRoutes { lines.append("hash-routes: yes") }
        if settings.requiresOrigin { lines.append("require-origin: yes") }
        return lines
    }

    /// The epoch in force with the settings; `pending` is the change to come, or `null`.
    private static func json(_ site: Site, at now: Instant) -> JSONValue {
        func texts(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
        let settings = site.settings
        let members =
            [.init("domain", .string(site.domain.name))]
            + rules(of: site.calendar.epoch(at: now)) + [
                .init("privacy_signals", .string(settings.privacySignals.rawValue)),
                .init("hosts", texts(settings.hosts)),
                .init("excluded_addresses", texts(settings.excludedAddresses.map(\.text))),
                .init("keep_query", texts(settings.addresses.keptQuery)),
                .init("search_parameter", JSONValue(settings.addresses.searchParameter)),
                .init("hash_routes", .bool(settings.addresses.hashRoutes)),
                .init("require_origin", .bool(settings.requiresOrigin)),
                .init("ignored_referrers", texts(settings.ignoredReferrers)),
                .init("pending", site.pendingEpoch(at: now).map(Self.json(pending:)) ?? .null),
            ]
        return .object(members)
    }

    private static func json(pending epoch: SiteEpoch) -> JSONValue {
        .object([.init("from", .string(epoch.start.description))] + rules(of: epoch))
    }

    private static func rules(of epoch: SiteEpoch) -> [JSONValue.Member] {
        [
            .init("timezone", .string(epoch.timeZone)),
            .init("salt_rotation", .string(epoch.rotation.rawValue)),
            .init(
                "session_timeout_seconds",
                .integer(Int(epoch.sessionTimeout.milliseconds / 1_000))),
        ]
    }
}
