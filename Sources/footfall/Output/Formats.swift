import Analytics
import ArgumentParser
import Foundation

enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

enum TextJSONOrCSV: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv
}

enum NDJSONOnly: String, ExpressibleByArgument, CaseIterable {
    case ndjson
}

/// `site list`.
enum SiteList {
    private struct Item: Encodable {
        var domain: String
        var timezone: String
        var salt_rotation: String
        var session_timeout_seconds: Double
        var privacy_signals: String
        var hosts: [String]
        var excluded_addresses: [String]
        var keep_query: [String]
        var hash_routes: Bool
        var ignored_referrers: [String]
    }

    static func render(_ sites: [Site], _ format: TextOrJSON, at now: Instant) -> String {
        let items = sites.map { site in
            let epoch = site.calendar.epoch(at: now)
            return Item(
                domain: site.domain.name, timezone: epoch.timeZone,
                salt_rotation: epoch.rotation.rawValue,
                session_timeout_seconds: epoch.sessionTimeout.seconds,
                privacy_signals: site.settings.privacySignals.rawValue,
                hosts: site.settings.hosts,
                excluded_addresses: site.settings.excludedAddresses.map(\.text),
                keep_query: site.settings.addresses.keptQuery,
                hash_routes: site.settings.addresses.hashRoutes,
                ignored_referrers: site.settings.ignoredReferrers)
        }
        switch format {
        case .json: return JSONText.encode(items) + "\n"
        case .text:
            if items.isEmpty { return "No site yet. Add one: footfall site add example.com\n" }
            let width = items.map(\.domain.count).max() ?? 0
            return items.map { item in
                let domain = item.domain.padding(toLength: width, withPad: " ", startingAt: 0)
                return "\(domain)  \(item.timezone)  rotation \(item.salt_rotation)  "
                    + "timeout \(Int(item.session_timeout_seconds / 60)) min\n"
            }.joined()
        }
    }
}

enum JSONText {
    static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encodable structs of plain fields: encoding them can't fail.
        return String(decoding: try! encoder.encode(value), as: UTF8.self)
    }
}
