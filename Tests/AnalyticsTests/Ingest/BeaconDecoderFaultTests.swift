import Analytics
import Testing

@Suite("Beacon decoder: what is refused")
struct BeaconDecoderFaultTests {
    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test(
        "the answer names the field at fault",
        arguments: [
            (#"{"u":"u"}"#, "name"), (#"{"n":"","u":"u"}"#, "name"),
            (#"{"n":" \n","u":"u"}"#, "name"),
            (#"{"n":null,"u":"u"}"#, "name"), (#"{"n":["x"],"u":"u"}"#, "name"),
            (#"{"n":true,"u":"u"}"#, "name"), (#"{"n":"\#(long(121))","u":"u"}"#, "name"),
            (#"{"n":"x"}"#, "url"), (#"{"n":"x","u":""}"#, "url"), (#"{"n":"x","u":"  "}"#, "url"),
            (#"{"n":"x","u":5}"#, "url"), (#"{"n":"x","u":{"a":1}}"#, "url"),
            (#"{"n":"x","u":"\#(long(2_001))"}"#, "url"),
            (#"{"n":"x","u":"u","d":""}"#, "domain"), (#"{"n":"x","u":"u","d":" , "}"#, "domain"),
            (#"{"n":"x","u":"u","d":["a.test"]}"#, "domain"),
            (#"{"n":"x","u":"u","d":1}"#, "domain"),
            (#"{"n":"x","u":"u","d":"a,b,c,d,e,f,g,h,i,j,k"}"#, "domain"),
            (#"{"n":"x","u":"u","r":5}"#, "referrer"), (#"{"n":"x","u":"u","t":{}}"#, "title"),
            (#"{"n":"x","u":"u","tz":false}"#, "tz"), (#"{"n":"x","u":"u","k":[]}"#, "k"),
            (#"{"n":"x","u":"u","k":"\#(long(65))"}"#, "k"),
            (#"{"n":"x","u":"u","p":{"\#(long(301))":"v"}}"#, "props"),
            (#"{"n":"x","u":"u","p":{"a":"\#(long(2_001))"}}"#, "props"),
            (#"{"n":"x","u":"u","p":"{\"a\":\"\#(long(2_001))\"}"}"#, "props"),
            (#"{"n":"engagement","u":"u"}"#, "e"), (#"{"n":"engagement","u":"u","e":"soon"}"#, "e"),
            (#"{"n":"engagement","u":"u","e":1.5}"#, "e"),
            (#"{"n":"engagement","u":"u","sd":"x"}"#, "e"),
            (#"{"n":"x","u":"u","tz":"\#(long(65))"}"#, "tz"),
            (#"{"n":"x","u":"u","w":"abc"}"#, "w"), (#"{"n":"x","u":"u","w":[4]}"#, "w"),
            (#"{"n":"x","u":"u","w":true}"#, "w"), (#"{"n":"x","u":"u","w":"nan"}"#, "w"),
            (#"{"n":"x","u":"u","i":"no"}"#, "i"), (#"{"n":"x","u":"u","i":2}"#, "i"),
            (#"{"n":"x","u":"u","i":"true"}"#, "i"), (#"{"n":"x","u":"u","h":{}}"#, "h"),
            (#"{"n":"x","u":"u","h":"yes"}"#, "h"), (#"{"n":"x","u":"u","wd":[]}"#, "wd"),
            // The first fault is told, whichever comes first in the body.
            (#"{"d":5,"u":5,"n":"x"}"#, "domain"),
        ])
    func fields(body: String, field: String) {
        let fault = fault(of: Array(body.utf8))
        #expect(fault?.field == field)
        #expect(fault?.message.isEmpty == false)
    }

    @Test("what is just inside a bound is taken")
    func justInside() throws {
        let name = String(repeating: "ē", count: BeaconLimits.name)
        let url = Self.long(BeaconLimits.url)
        let property = #""\#(Self.long(300))":"\#(Self.long(2_000))""#
        let beacon = try Beacon(
            json:
                #"{"n":"\#(name)","u":"\#(url)","k":"\#(Self.long(64))","p":{\#(property)},"#
                + #""tz":"\#(Self.long(64))","#
                + #""d":"a,b,c,d,e,f,g,h,i,j"}"#)
        #expect(beacon.name == name)
        #expect(beacon.url == url)
        #expect(beacon.domains.count == BeaconLimits.domains)
        #expect(beacon.properties.count == 1)
    }

    @Test(
        "what is no JSON object is a fault of the body",
        arguments: [
            "", " ", "null", "5", #""x""#, "[]", "[{}]", "{", "}", "{]", #"{"n"}"#, #"{"n":}"#,
            #"{"n":"x",}"#, #"{"n":"x"}}"#, #"{"n":"x"} x"#, #"{n:"x"}"#, #"{'n':'x'}"#,
            #"{"n":'x'}"#,
            #"{"n":"x""u":"u"}"#, #"{"n":01}"#, #"{"n":+1}"#, #"{"n":1.}"#, #"{"n":.5}"#,
            #"{"n":1e}"#,
            #"{"n":-}"#, #"{"n":NaN}"#, #"{"n":tru}"#, #"{"n":TRUE}"#, #"{"n":nul}"#,
            #"{"n":"\x"}"#,
            #"{"n":"\u12"}"#, #"{"n":"\u12G4"}"#, #"{"n":"x"#, "{\"n\":\"a\nb\"}",
            "{\"n\":\"a\u{0}b\"}",
            "\u{feff}{}", "{\u{a0}}", "{\u{b}}", #"{"n":"x","#, #"{"n":1 2}"#, #"{,}"#, "//{}",
        ])
    func syntax(body: String) {
        #expect(fault(of: Array(body.utf8))?.field == "body")
    }

    @Test(
        "invalid UTF-8 is a fault of the body, also in a key or a value that nobody reads",
        arguments: [
            [0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
            [0xe2, 0x82], [0x80],
        ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        let around: [(String, String)] = [
            (#"{"n":"x"#, #"","u":"u"}"#), (#"{"n":"x","u":"u","x"#, #"":1}"#),
            (#"{"n":"x","u":"u","x":["a"#, #""]}"#), (#"{"n":"x","u":"u","x":"\n"#, #""}"#),
            (#"{"n":"x","u":"u"}"#, ""),
        ]
        for (before, after) in around {
            let body = Array(before.utf8) + bytes + Array(after.utf8)
            #expect(fault(of: body)?.field == "body", "\(before)…\(after)")
        }
    }

    @Test("depth bombs are refused, and the deepest allowed nesting is not")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            // The body's own object is the first level.
            let (open, close) = (
                String(repeating: "[", count: depth - 1), String(repeating: "]", count: depth - 1)
            )
            return #"{"n":"x","u":"u","x":\#(open)1\#(close)}"#
        }
        #expect(try Beacon(json: nested(JSONReader.deepestNesting)).name == "x")
        #expect(fault(of: Array(nested(JSONReader.deepestNesting + 1).utf8))?.field == "body")
        for bomb in ["[", #"{"a":"#, #"[{"a":"#] {
            let body = #"{"n":"x","x":"# + String(repeating: bomb, count: 20_000)
            #expect(fault(of: Array(body.utf8))?.field == "body")
        }
        // Inside the text of `props` the depth counts anew, and is bounded as well.
        let inner = String(repeating: "[", count: 30_000)
        #expect(try Beacon(json: #"{"n":"x","u":"u","p":"{\"a\":\#(inner)"}"#).properties.isEmpty)
    }

    @Test("the fault says at which byte the JSON breaks")
    func offset() {
        #expect(
            fault(of: Array(#"{"n":"x" "u":1}"#.utf8))?.description
                == "body must be a JSON object in UTF-8 (fault at byte 9)")
    }

    private func fault(of body: [UInt8]) -> BeaconError? {
        do throws(BeaconError) {
            _ = try Beacon(bytes: body)
            return nil
        } catch {
            return error
        }
    }
}
