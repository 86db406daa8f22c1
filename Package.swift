// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 language mode comes with the tools version; these are the upcoming features on top,
/// and a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// For the targets on a beacon's way: run-time checks that no two accesses to a variable overlap cost
/// 6 % of a beacon's time. The debug builds that the tests run keep them.
let fast: [SwiftSetting] =
    strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
    name: "footfall",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "footfall", targets: ["footfall"])],
    dependencies: [
        // Each has a line in docs/dependencies.md.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The domain: pure. No socket, file, clock or random source.
        .target(
            name: "Analytics",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            exclude: ["Recognition/Tables"],
            swiftSettings: fast,
            plugins: ["EmbedAssets"]),
        .target(
            name: "Storage",
            dependencies: [
                "Analytics",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: fast),
        .target(
            name: "Collector",
            dependencies: [
                "Analytics", "Storage", "Compression",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: fast,
            plugins: ["EmbedAssets"]),
        .target(
            name: "Dashboard",
            dependencies: [
                "Analytics", "Storage",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict,
            plugins: ["EmbedAssets"]),
        .target(
            name: "Exchange",
            dependencies: ["Analytics", "Storage", "Compression"],
            swiftSettings: strict),
        // gzip, over the system's zlib.
        .target(name: "Compression", dependencies: ["CZlib"], swiftSettings: strict),
        // Places by addresses, from a file that the owner gives.
        .target(
            name: "GeoDatabase", dependencies: ["Analytics", "CMaxMindDB"], swiftSettings: strict),
        // What Swift can't call of the system: variadic and macro interfaces.
        .target(name: "CFootfall"),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CMaxMindDB", pkgConfig: "libmaxminddb",
            providers: [.apt(["libmaxminddb-dev"])]),
        .executableTarget(
            name: "footfall",
            dependencies: [
                "Analytics", "Storage", "Collector", "Dashboard", "Exchange", "GeoDatabase",
                "CFootfall",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(
            name: "AnalyticsTests", dependencies: ["Analytics"], swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Analytics", "Storage", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CollectorTests",
            dependencies: [
                "Analytics", "Storage", "Collector",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Analytics", "Storage", "Dashboard",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "ExchangeTests",
            dependencies: ["Analytics", "Storage", "Exchange", "Compression"],
            swiftSettings: strict),

        // Traffic for `make bench-fold`; no part of the program.
        .executableTarget(
            name: "TrafficBench",
            dependencies: [
                "Analytics", "GeoDatabase", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/TrafficBench", swiftSettings: strict),

        // Turns the readable files of tracker-js/, dashboards/ and Recognition/Tables/ into code.
        .executableTarget(name: "EmbedTool", swiftSettings: strict),
        .plugin(name: "EmbedAssets", capability: .buildTool(), dependencies: ["EmbedTool"]),
    ]
)
