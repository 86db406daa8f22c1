import Analytics
import Testing

@Suite("Client addresses")
struct ClientAddressTests {
    @Test(
        "the forms of an address, and what they mean",
        arguments: [
            ("192.0.2.7", 0, 0xffff_c000_0207), ("0.0.0.0", 0, 0xffff_0000_0000),
            ("255.255.255.255", 0, 0xffff_ffff_ffff), (" 192.0.2.7 ", 0, 0xffff_c000_0207),
            ("192.0.2.7:4711", 0, 0xffff_c000_0207),
            // IPv4-mapped (RFC 4291 §2.5.5.2), in each of its writings.
            ("::ffff:192.0.2.7", 0, 0xffff_c000_0207), ("::FFFF:c000:207", 0, 0xffff_c000_0207),
            ("[::ffff:192.0.2.7]:80", 0, 0xffff_c000_0207),
            ("0:0:0:0:0:ffff:192.0.2.7", 0, 0xffff_c000_0207),
            // NAT64 (RFC 6052): the IPv4 address it carries.
            ("64:ff9b::192.0.2.7", 0, 0xffff_c000_0207),
            ("64:ff9b::c000:207", 0, 0xffff_c000_0207),
            ("64:ff9b:0:0:0:0:c000:0207", 0, 0xffff_c000_0207),
            // The local-use prefix of RFC 8215 says nothing of the form; it stays IPv6.
            ("64:ff9b:1::c000:207", 0x0064_ff9b_0001_0000, 0xc000_0207),
            ("::", 0, 0), ("::1", 0, 1), ("1::", 0x0001_0000_0000_0000, 0),
            ("2001:db8::1", 0x2001_0db8_0000_0000, 1),
            ("2001:DB8:0:0:8:800:200C:417A", 0x2001_0db8_0000_0000, 0x0008_0800_200c_417a),
            ("[2001:db8::1]", 0x2001_0db8_0000_0000, 1),
            ("[2001:db8::1]:4711", 0x2001_0db8_0000_0000, 1),
            ("fe80::1%eth0", 0xfe80_0000_0000_0000, 1),
            ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
            ("::2:3:4:5:6:7:8", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008),
            ("1:2:3:4:5:6:1.2.3.4", 0x0001_0002_0003_0004, 0x0005_0006_0102_0304),
        ] as [(String, UInt64, UInt64)])
    func forms(text: String, high: UInt64, low: UInt64) throws {
        let address = try #require(ClientAddress(text))
        #expect(address.high == high)
        #expect(address.low == low)
    }

    @Test(
        "anything else is no address",
        arguments: [
            "", " ", "unknown", "_hidden", "192.0.2", "192.0.2.7.1", "192.0.2.256", "192.0.2.-1",
            "192.0.2.07", "192.0.2.7:", "192.0.2.7:port", "192.0.2.7:123456", "0xc0000207",
            "3221225991", ":", ":::", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "::+1", "::-0", "::1.2.3",
            "::1.2.3.256", "1.2.3.4::", "[::1", "::1]", "[::1]x", "[::1]:", "[]", "fe80::1::%eth0",
            "192.0.2.1%eth0", "fe80::1%eth0,::1", "fe80::1%, 192.0.2.1", "fe80::1%e%h",
            "192.0.2.7, 192.0.2.8", "192.0.2.7\u{0}", "１９２.0.2.7",
        ])
    func refused(text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test("a text far too long is no address, whatever it begins with")
    func tooLong() {
        #expect(ClientAddress("192.0.2.7" + String(repeating: " ", count: 60) + "x") == nil)
        #expect(ClientAddress(String(repeating: ":", count: 100_000)) == nil)
    }

    @Test(
        "what stands for the visitor's network",
        arguments: [
            ("192.0.2.7", [192, 0, 2, 7]), ("::ffff:192.0.2.7", [192, 0, 2, 7]),
            ("64:ff9b::192.0.2.7", [192, 0, 2, 7]),
            ("2001:db8:1:2:3:4:5:6", [0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2]),
            ("2001:db8:1:2:ffff::", [0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2]),
        ] as [(String, [UInt8])])
    func network(text: String, bytes: [UInt8]) throws {
        #expect(try #require(ClientAddress(text)).networkBytes == bytes)
    }

    @Test(
        "loopback and private ranges",
        arguments: [
            ("127.0.0.1", true, false), ("127.255.255.254", true, false), ("::1", true, false),
            ("::ffff:127.0.0.1", true, false), ("128.0.0.1", false, false),
            ("10.0.0.1", false, true), ("11.0.0.1", false, false), ("172.15.0.1", false, false),
            ("172.16.0.1", false, true), ("172.31.255.255", false, true),
            ("172.32.0.1", false, false), ("192.168.9.9", false, true),
            ("192.169.0.1", false, false), ("169.254.1.1", false, true), ("fc00::1", false, true),
            ("fdff::1", false, true), ("fe00::1", false, false), ("fe80::1", false, true),
            ("febf::1", false, true), ("fec0::1", false, false), ("2001:db8::1", false, false),
        ])
    func ranges(text: String, isLoopback: Bool, isPrivate: Bool) throws {
        let address = try #require(ClientAddress(text))
        #expect(address.isLoopback == isLoopback)
        #expect(address.isPrivate == isPrivate)
    }

    @Test("no form of printing shows the address")
    func redacted() throws {
        let address = try #require(ClientAddress("192.0.2.7"))
        #expect("\(address)" == "<address>")
        #expect(String(describing: [address]) == "[<address>]")
    }

    @Test("random texts of an address's own letters never crash it, and IPv4 agrees with itself")
    func randomTexts() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("0123456789abcdef:::...[]% -+")
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &generator)
            let text = String((0..<count).map { _ in letters.randomElement(using: &generator)! })
            if let address = ClientAddress(text) {
                #expect(address.networkBytes.count == (address.isIPv4 ? 4 : 8))
            }
        }
        for _ in 0..<1_000 {
            let parts = (0..<4).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let text = parts.map(String.init).joined(separator: ".")
            #expect(ClientAddress(text)?.networkBytes == parts)
        }
    }
}

extension ClientAddress {
    fileprivate var networkBytes: [UInt8] {
        var bytes: [UInt8] = []
        appendNetwork(to: &bytes)
        return bytes
    }
}
