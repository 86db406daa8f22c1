@testable import Analytics
@testable import Collector

/// An address that is read is one that can be written and read again; the resolver gives the peer's
/// address or one that a header names, and believes no header of a peer that isn't trusted.
///
/// The input's first line is the peer, the others are lines of the header.
func fuzzClient(_ bytes: UnsafeBufferPointer<UInt8>) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    let peer = ClientAddress(lines[0])
    if let peer { checkRoundTrip(peer) }
    if let network = Network(lines[0]) { checkMembers(of: network, peer) }

    let proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].compactMap { Network($0) }
    let resolver = ClientAddressResolver(trustedProxies: proxies)
    let values = Array(lines.dropFirst())
    let found = resolver.resolve(peer: peer, values: values)
    expectSame(found, resolver.resolve(peer: peer, values: values), "resolved twice")
    expectSame(
        found, resolver.resolve(peer: peer, values: [values.joined(separator: ",")]),
        "in one line, as RFC 9110 §5.3 has it")
    // A peer without an address is on a Unix socket, and trusted.
    if let peer, !resolver.isTrusted(peer) {
        expectSame(found, peer, "a peer that isn't trusted")
        return
    }
    // Who stands left of what a proxy wrote can't change whom it names.
    let ahead = ["203.0.113.9, " + (values.first ?? "")] + values.dropFirst()
    if let found, !resolver.isTrusted(found) {
        expectSame(resolver.resolve(peer: peer, values: ahead), found, "with more on the left")
    }
}

private func checkRoundTrip(_ address: ClientAddress) {
    let text = written(address)
    expectSame(ClientAddress(text), address, "written and read again as \(text)")
    expectSame(ClientAddress("[\(text)]:443"), address, "the same with a port")
    expectSame("\(address)", "<address>", "its description redacts")
}

private func checkMembers(of network: Network, _ peer: ClientAddress?) {
    if let peer { expect(network.contains(peer), "a network of one address has it") }
    expect(Network(network.text) == network, "read again")
}

/// In full, as RFC 4291 §2.2 has it first.
private func written(_ address: ClientAddress) -> String {
    [address.high, address.low].flatMap { word in
        [48, 32, 16, 0].map { String(word >> UInt64($0) & 0xffff, radix: 16) }
    }.joined(separator: ":")
}
