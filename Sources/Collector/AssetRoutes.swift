import Compression
import HTTPTypes
package import Hummingbird
import NIOCore

/// The tracker script and the demo pages, from what the build embedded.
package struct AssetRoutes: Sendable {
    private let assets: [String: Asset]

    package init() {
        assets = Dictionary(
            uniqueKeysWithValues: Embedded.files.map {
                ($0.key, Asset(name: $0.key, text: $0.value))
            })
    }

    package func add(to router: Router<FootfallRequestContext>) {
        router.get("/footfall.js") { request, _ in
            // Pages elsewhere load it: an hour is long enough to be cheap, short enough to update.
            response("footfall.js", to: request, cacheControl: "public, max-age=3600")
        }
        router.get("/demo") { request, _ in
            // The router takes both forms for one; relative links need the slash.
            guard request.uri.path.hasSuffix("/") else {
                return Response(status: .movedPermanently, headers: [.location: "/demo/"])
            }
            return response("index.html", to: request, cacheControl: "no-cache")
        }
        router.get("/demo/{name}") { request, context in
            let name = try context.parameters.require("name")
            return response(name, to: request, cacheControl: "no-cache")
        }
    }

    private func response(_ name: String, to request: Request, cacheControl: String) -> Response {
        guard let asset = assets[name] else { return Response(status: .notFound) }
        var headers: HTTPFields = [
            .contentType: asset.type, .cacheControl: cacheControl, .eTag: asset.tag,
            .vary: "Accept-Encoding", .xContentTypeOptions: "nosniff",
        ]
        if request.headers[.ifNoneMatch]?.contains(asset.tag) == true {
            return Response(status: .notModified, headers: headers)
        }
        headers[.crossOriginResourcePolicy] = "cross-origin"
        guard request.headers[.acceptEncoding]?.contains("gzip") == true else {
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: asset.plain))
        }
        headers[.contentEncoding] = "gzip"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: asset.compressed))
    }
}

/// A file served as it is, compressed once.
private struct Asset: Sendable {
    let type: String
    let tag: String
    let plain: ByteBuffer
    let compressed: ByteBuffer

    init(name: String, text: String) {
        let bytes = Array(text.utf8)
        plain = ByteBuffer(bytes: bytes)
        compressed = ByteBuffer(bytes: Gzip.compress(bytes))
        // FNV-1a: the tag tells versions of our own files apart, nobody forges them.
        let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        tag = "\"\(String(hash, radix: 36))\""
        type =
            switch name.split(separator: ".").last {
            case "js": "text/javascript; charset=utf-8"
            case "css": "text/css; charset=utf-8"
            case "svg": "image/svg+xml"
            default: "text/html; charset=utf-8"
            }
    }
}
