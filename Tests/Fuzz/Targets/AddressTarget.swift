@testable import Analytics

/// A cleaned path is in its one form: cleaned again it stays as it is. What is kept of an address
/// is bounded, and holds nothing that moves a cursor.
func fuzzAddress(_ bytes: UnsafeBufferPointer<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let rawPath = WebAddress("https://veikals.test/" + text)?.rawPath {
        let (path, _) = PathCleaner.cleaned(rawPath)
        expect(path.utf8.first == UInt8(ascii: "/"), "a path begins with a slash: \(path)")
        checkKept(path)
        expectSame(PathCleaner.cleaned(path).path, path, "cleaned again")
    }
    let policy = AddressPolicy(hashRoutes: true, keptQuery: ["id", "lang"])
    for whole in [text, "https://veikals.test/" + text] {
        guard let address = WebAddress(whole) else { continue }
        let page = PageAddress(cleaning: address, policy: policy)
        expectSame(page, PageAddress(cleaning: address, policy: policy), "cleaned twice")
        checkKept(page.path)
        expect(!page.host.isEmpty && page.host == page.host.lowercased(), "host: \(page.host)")
    }
}

private func checkKept(_ path: String) {
    expect(path.unicodeScalars.count <= PageAddress.limit, "a path's length")
    expect(
        path.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) },
        "no control sign is kept: \(path.debugDescription)")
}
