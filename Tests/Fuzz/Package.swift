// swift-tools-version: 6.2
import PackageDescription

/// The parsers of the product alone, each file by its name, built for libFuzzer: a package of its
/// own, since that changes every object file, and since these files need nothing of others.
/// `Product/` leads to the folders in `Sources/`.
let fuzzed: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Assertions and overflow checks stay: they are what a fuzzer finds.
    .unsafeFlags(["-O", "-enable-testing", "-sanitize=fuzzer", "-parse-as-library"]),
]

let package = Package(
    name: "footfall-fuzz",
    targets: [
        .target(
            name: "Analytics", path: "Product/Analytics",
            sources: [
                "Address", "Ingest/Beacon.swift", "Ingest/BeaconDecoder.swift",
                "Ingest/BeaconLimits.swift", "Ingest/Hit.swift", "Ingest/JSONReader.swift",
                "Ingest/PropertyName.swift",
                "Recognition/Clients/ClientHints.swift", "Revenue", "Time/Instant.swift",
                "Time/LocalDay.swift",
                "Visitors/ClientAddress.swift", "Visitors/Network.swift",
            ],
            swiftSettings: fuzzed),
        .target(
            name: "Collector", dependencies: ["Analytics"], path: "Product/Collector",
            sources: [
                "ClientAddressResolver.swift", "CollectorLimits.swift",
                "Server/PlainRequest.swift",
            ],
            swiftSettings: fuzzed),
        .target(
            name: "Exchange", dependencies: ["Analytics"], path: "Product/Exchange",
            sources: [
                "Lines/AccessLogLine.swift", "Lines/AccessLogTime.swift",
                "Lines/LineSplitter.swift", "Lines/LogText.swift", "Lines/PageTarget.swift",
            ],
            swiftSettings: fuzzed),
        .executableTarget(
            name: "fuzz", dependencies: ["Analytics", "Collector", "Exchange"],
            path: "Targets", swiftSettings: fuzzed,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ])
