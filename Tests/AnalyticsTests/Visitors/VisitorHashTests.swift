import Analytics
import Testing

@Suite("Visitor hash")
struct VisitorHashTests {
    private let hash = VisitorHash(salt: Salt(bytes: Array(0..<32)))

    @Test(
        "the first 64 bits of HMAC-SHA256(salt, network ‖ 0 ‖ user agent), by another program",
        arguments: [
            ("192.0.2.7", "Mozilla/5.0", 0xbb28_3a69_a27e_7aa8),
            ("2001:db8:1:2:3:4:5:6", "Mozilla/5.0 (ā)", 0xd5ad_e6c0_b1de_82c1),
            ("192.0.2.7", "", 0xc613_21c9_59bc_c332),
        ] as [(String, String, UInt64)])
    func vectors(address: String, userAgent: String, value: UInt64) throws {
        let address = try #require(ClientAddress(address))
        #expect(hash.visitor(address: address, userAgent: userAgent).value == value)
    }

    @Test(
        "who is one visitor and who is not",
        arguments: [
            ("192.0.2.7", "A", "::ffff:192.0.2.7", "A", true),
            ("192.0.2.7", "A", "64:ff9b::192.0.2.7", "A", true),
            ("2001:db8::1", "A", "2001:db8::ffff:2", "A", true),
            ("2001:db8::1", "A", "2001:db8:0:1::1", "A", false),
            ("192.0.2.7", "A", "192.0.2.8", "A", false),
            ("192.0.2.7", "A", "192.0.2.7", "B", false),
            ("192.0.2.7", "A", "192.0.2.7", "a", false),
        ])
    func identity(
        first: String, firstAgent: String, second: String, secondAgent: String, isSame: Bool
    ) throws {
        let one = hash.visitor(
            address: try #require(ClientAddress(first)), userAgent: firstAgent)
        let two = hash.visitor(
            address: try #require(ClientAddress(second)), userAgent: secondAgent)
        #expect((one == two) == isSame)
    }

    @Test("another salt gives an unrelated value, and the same one the same again")
    func salts() throws {
        let address = try #require(ClientAddress("192.0.2.7"))
        let other = VisitorHash(salt: Salt(bytes: Array(1..<33)))
        let value = hash.visitor(address: address, userAgent: "A")
        #expect(value == hash.visitor(address: address, userAgent: "A"))
        #expect(value != other.visitor(address: address, userAgent: "A"))
    }

    @Test("neither a visitor nor a salt can be printed")
    func redacted() throws {
        let address = try #require(ClientAddress("192.0.2.7"))
        #expect("\(hash.visitor(address: address, userAgent: "A"))" == "<visitor>")
        #expect("\(Salt(bytes: Array(0..<32)))" == "<salt>")
        #expect(String(describing: [Salt(bytes: Array(0..<32))]) == "[<salt>]")
    }
}
