import Analytics
import Foundation
import Testing

@Suite("Networks")
struct NetworkTests {
    @Test(
        "which addresses a network holds",
        arguments: [
            ("192.0.2.0/24", "192.0.2.0 192.0.2.255 ::ffff:192.0.2.9", "192.0.1.255 192.0.3.0 ::1"),
            ("192.0.2.7", "192.0.2.7 64:ff9b::192.0.2.7", "192.0.2.6 192.0.2.8"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.6"),
            // Bits past the prefix are the owner's slip, not another network.
            ("192.0.2.7/24", "192.0.2.1", "192.0.3.7"),
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0 9.255.255.255"),
            ("172.16.0.0/12", "172.31.255.255", "172.32.0.0"),
            ("0.0.0.0/0", "255.1.2.3 ::ffff:1.2.3.4", "2001:db8::1 ::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1 192.0.2.7"),
            ("2001:db8:1:2::/64", "2001:db8:1:2:3:4:5:6", "2001:db8:1:3::1"),
            ("2001:db8::/65", "2001:db8::7fff:0:0:1", "2001:db8::8000:0:0:1"),
            ("2001:db8::1/128", "2001:db8::1", "2001:db8::2"),
            ("::1", "::1", "::2"),
            ("::/0", "2001:db8::1 192.0.2.7", ""),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.1.2.3"),
        ])
    func membership(text: String, inside: String, outside: String) throws {
        let network = try #require(Network(text))
        for address in inside.split(separator: " ") {
            #expect(network.contains(try #require(ClientAddress(address))), "\(address)")
        }
        for address in outside.split(separator: " ") {
            #expect(!network.contains(try #require(ClientAddress(address))), "\(address)")
        }
    }

    @Test(
        "what is no network is refused",
        arguments: [
            "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/24/8", "192.0.2/24",
            "2001:db8::/129", "2001:db8::/x", "example.com", "192.0.2.0/2 4",
            "10.0.0.5:8080/32", "10.0.0.5:8080", "[2001:db8::1]:443", "fe80::1%eth0",
            "64:ff9b::192.0.2.1/64", "::ffff:10.0.0.0/64", "64:ff9b::/96",
        ])
    func refused(text: String) {
        #expect(Network(text) == nil)
    }

    @Test("the text is kept as the owner wrote it, through its coding")
    func coding() throws {
        let network = try #require(Network("192.0.2.7/24"))
        let data = try JSONEncoder().encode([network])
        #expect(try JSONDecoder().decode([Network].self, from: data) == [network])
        #expect(network.text == "192.0.2.7/24")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Network].self, from: Data(#"["nowhere"]"#.utf8))
        }
    }
}
