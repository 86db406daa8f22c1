/// Tells by its address alone whether a request was for a page.
///
/// Styles, scripts, pictures, fonts, media, data and downloads (a PDF is one) are not pages; nor
/// are feeds, `robots.txt`, icons and what machines look for under `/.well-known/` (RFC 8615).
enum PageTarget {
    static func isPage(_ target: UnsafeBufferPointer<UInt8>) -> Bool {
        let path = self.path(of: target)
        if path.starts(with: "/.well-known/".utf8) { return false }
        var end = path.endIndex
        while end > path.startIndex, path[end - 1] == UInt8(ascii: "/") { end -= 1 }
        let trimmed = path[..<end]
        let start = trimmed.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? trimmed.startIndex
        let name = trimmed[start...]
        if feedNames.contains(where: { name.elementsEqual($0.utf8) }) { return false }
        // A folder's name may have a dot: /v1.zip/ is a page.
        guard end == path.endIndex, let dot = name.lastIndex(of: UInt8(ascii: ".")) else {
            return true
        }
        return !extensions.contains(packed(name[(dot + 1)...]))
    }

    /// Without query and fragment, and without the scheme and host of a proxy's request.
    private static func path(
        of target: UnsafeBufferPointer<UInt8>
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        let end =
            target.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
            ?? target.endIndex
        let path = target[..<end]
        guard path.first != UInt8(ascii: "/"),
            let colon = path.firstIndex(of: UInt8(ascii: ":")),
            path[(colon + 1)...].starts(with: "//".utf8)
        else { return path }
        let host = path[(colon + 3)...]
        return host[(host.firstIndex(of: UInt8(ascii: "/")) ?? host.endIndex)...]
    }

    private static let feedNames = ["feed", "rss", "atom"]

    /// The text's bytes in lower case as one number, which is quicker to look up than a text; 0
    /// for one that is empty or longer than any known.
    private static func packed(_ text: some Collection<UInt8>) -> UInt64 {
        guard text.count <= 8 else { return longExtension(text) ? .max : 0 }
        return text.reduce(0) { $0 << 8 | UInt64($1 &- 0x41 < 26 ? $1 | 0x20 : $1) }
    }

    private static func longExtension(_ text: some Collection<UInt8>) -> Bool {
        text.elementsEqual("webmanifest".utf8)
    }

    private static let extensions: Set<UInt64> = {
        let names = """
            css js mjs cjs map wasm \
            png apng jpg jpeg jpe jxl gif svg svgz webp avif heic heif bmp tif tiff ico cur \
            woff woff2 ttf otf eot \
            mp4 m4v webm ogv mov avi mkv m3u8 ts vtt srt \
            mp3 m4a ogg oga opus wav flac aac \
            pdf doc docx xls xlsx ppt pptx odt ods odp epub mobi ics vcf \
            zip gz tgz bz2 xz zst 7z rar tar jar apk ipa exe msi dmg pkg deb rpm iso bin swf \
            xml xsl xsd json jsonld geojson txt csv tsv rss atom rdf webmanifest manifest
            """
        return Set(names.split(separator: " ").map { packed($0.utf8) })
    }()
}
