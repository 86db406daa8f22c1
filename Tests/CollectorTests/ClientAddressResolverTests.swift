import Analytics
import Testing

@testable import Collector

@Suite("Client address")
struct ClientAddressResolverTests {
    private static let trusted = ["127.0.0.1", "10.0.0.0/8", "2001:db8:f::/48"]

    private func resolver(_ header: String = "X-Forwarded-For") -> ClientAddressResolver {
        ClientAddressResolver(trustedProxies: Self.trusted.map { Network($0)! }, header: header)
    }

    @Test(
        "the peer's, or, of a trusted proxy, the header's last address that is not trusted",
        arguments: [
            // An untrusted peer is believed in nothing but its own address.
            ("192.0.2.1", [], "192.0.2.1"), ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),
            ("192.0.2.1", ["127.0.0.1"], "192.0.2.1"),
            ("10.0.0.1", ["198.51.100.9"], "198.51.100.9"), ("127.0.0.1", [], "127.0.0.1"),
            // What the visitor put in front himself is passed by.
            ("10.0.0.1", ["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", ["127.0.0.1, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", ["203.0.113.5, evil, 198.51.100.9"], "198.51.100.9"),
            // Nor does it count when it looks like the zone of a single address.
            ("10.0.0.1", ["203.0.113.5%, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", ["2001:db8::7%, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", ["2001:db8::7%eth0, 198.51.100.9"], "198.51.100.9"),
            // A chain of trusted proxies, in one line or several.
            ("10.0.0.1", ["198.51.100.9, 10.0.0.3, 10.0.0.2"], "198.51.100.9"),
            ("10.0.0.1", ["198.51.100.9", "10.0.0.3", "10.0.0.2"], "198.51.100.9"),
            ("10.0.0.1", ["203.0.113.5", "198.51.100.9,10.0.0.2"], "198.51.100.9"),
            ("2001:db8:f::1", ["2001:db8:a::7"], "2001:db8:a::7"),
            ("10.0.0.1", ["[2001:db8:a::7]:4711"], "2001:db8:a::7"),
            ("10.0.0.1", ["198.51.100.9:4711"], "198.51.100.9"),
            ("::ffff:10.0.0.1", ["::ffff:198.51.100.9"], "198.51.100.9"),
            // All trusted: the first of the chain.
            ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // What can't be read ends the chain: the last that was vouched for.
            ("10.0.0.1", ["unknown"], "10.0.0.1"), ("10.0.0.1", [""], "10.0.0.1"),
            ("10.0.0.1", ["198.51.100.9, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", ["198.51.100.9, 10.0.0.2,"], "198.51.100.9"),
        ])
    func resolve(peer: String, values: [String], expected: String) throws {
        let peer = try #require(ClientAddress(peer))
        #expect(resolver().resolve(peer: peer, values: values) == ClientAddress(expected))
    }

    @Test(
        "RFC 7239's header, where that one is chosen",
        arguments: [
            (["for=198.51.100.9;proto=https;by=10.0.0.1"], "198.51.100.9"),
            (["for=203.0.113.5, For=\"[2001:db8:a::7]:4711\""], "2001:db8:a::7"),
            (["proto=https; for=198.51.100.9"], "198.51.100.9"),
            (["for=198.51.100.9", "for=10.0.0.2"], "198.51.100.9"),
            ([";198.51.100.9"], "10.0.0.1"), ([" ;198.51.100.9"], "10.0.0.1"),
            (["for=_hidden"], "10.0.0.1"), (["for=unknown, for=10.0.0.2"], "10.0.0.2"),
        ])
    func forwarded(values: [String], expected: String) throws {
        let peer = try #require(ClientAddress("10.0.0.1"))
        #expect(
            resolver("Forwarded").resolve(peer: peer, values: values) == ClientAddress(expected))
    }

    @Test(
        "a peer on a Unix socket is a trusted proxy, without an address of its own",
        arguments: [
            (["198.51.100.9"], "198.51.100.9"), (["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
            (["198.51.100.9, 10.0.0.2"], "198.51.100.9"), (["unknown"], nil), ([], nil),
        ])
    func noPeer(values: [String], expected: String?) {
        #expect(
            resolver().resolve(peer: nil, values: values)
                == expected.flatMap { ClientAddress($0) })
    }

    @Test(
        "who looks like a proxy that nobody told of",
        arguments: [
            ("192.168.0.1", ["198.51.100.9"], true), ("::1", ["198.51.100.9"], true),
            ("127.0.0.2", ["x"], true), ("192.168.0.1", [], false),
            // Trusted, or somebody out there who forges the header.
            ("127.0.0.1", ["198.51.100.9"], false), ("192.0.2.1", ["198.51.100.9"], false),
        ])
    func untrustedProxy(peer: String, values: [String], expected: Bool) throws {
        let peer = try #require(ClientAddress(peer))
        #expect(resolver().looksLikeUntrustedProxy(peer: peer, values: values) == expected)
    }

    @Test("a flood of addresses is read from the right and ends at the first that is not trusted")
    func flood() throws {
        let values = Array(repeating: String(repeating: "203.0.113.5,", count: 1_000), count: 8)
        let peer = try #require(ClientAddress("10.0.0.1"))
        #expect(
            resolver().resolve(peer: peer, values: values + ["198.51.100.9"])
                == ClientAddress("198.51.100.9"))
    }
}
