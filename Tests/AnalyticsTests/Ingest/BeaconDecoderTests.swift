import Analytics
import Testing

extension Beacon {
    init(json: String) throws(BeaconError) {
        try self.init(bytes: Array(json.utf8))
    }

    init(bytes: [UInt8]) throws(BeaconError) {
        self = try bytes.withUnsafeBufferPointer { (buffer) throws(BeaconError) in
            try BeaconDecoder.decode(buffer)
        }
    }
}

@Suite("Beacon decoder: what is taken")
struct BeaconDecoderTests {
    @Test(
        "short and long names mean the same",
        arguments: [
            #"{"n":"pageview","u":"https://a.test/x","d":"a.test","r":"https://b.test/"}"#,
            #"{"name":"pageview","url":"https://a.test/x","domain":"a.test","referrer":"https://b.test/"}"#,
            #" { "name" : "pageview" , "u":"https://a.test/x","domain":"a.test","r":"https://b.test/"}"#
                + "\r\n\t ",
            #"{"v":9,"x":[1,{"y":null}],"n":"pageview","u":"https://a.test/x","d":"a.test","r":"https://b.test/"}"#,
            // A key that comes twice counts by its last value.
            #"{"n":"other","name":"pageview","u":"x","url":"https://a.test/x","d":"a.test","r":"https://b.test/"}"#,
            #"{"n":" pageview\n","u":"\thttps://a.test/x ","d":"a.test","r":"https://b.test/"}"#,
        ])
    func names(body: String) throws {
        let beacon = try Beacon(json: body)
        #expect(beacon.name == "pageview")
        #expect(beacon.url == "https://a.test/x")
        #expect(beacon.domains == ["a.test"])
        #expect(beacon.referrer == "https://b.test/")
    }

    @Test(
        "domains: a comma list, or none for the URL's host",
        arguments: [
            (#""a.test,b.test""#, ["a.test", "b.test"]),
            (#"" a.test , ,b.test,""#, ["a.test", "b.test"]),
            ("null", []),
        ])
    func domains(value: String, names: [String]) throws {
        #expect(try Beacon(json: #"{"n":"x","u":"u","d":\#(value)}"#).domains == names)
    }

    @Test(
        "properties: an object, or a JSON string that holds one; anything else is ignored",
        arguments: [
            (
                #""props":{"a":"1","b":2.50,"c":true,"d":false}"#,
                ["a=1", "b=2.50", "c=true", "d=false"]
            ),
            (#""p":"{\"a\":\"1\",\"b\":-3e2}""#, ["a=1", "b=-3e2"]),
            (#""m":{"a":"1"}"#, ["a=1"]), (#""meta":{"a":"1"}"#, ["a=1"]),
            (#""props":{"a":null,"b":[1],"c":{"d":1},"e":" ","":"f","g":"kept"}"#, ["g=kept"]),
            (#""props":{"a":"first","b":"2","a":"last"}"#, ["b=2", "a=last"]),
            (#""props":"not json""#, []), (#""props":"[1,2]""#, []), (#""props":"{\"a\":""#, []),
            (#""props":5"#, []), (#""props":[{"a":1}]"#, []), (#""props":null"#, []),
            (#""p":{"a":"1"},"props":{"b":"2"}"#, ["b=2"]),
        ])
    func properties(member: String, expected: [String]) throws {
        let beacon = try Beacon(json: #"{"n":"x","u":"u",\#(member)}"#)
        #expect(beacon.properties.map { "\($0.name)=\($0.value)" } == expected)
    }

    @Test(
        "engagement: whole numbers, also as text",
        arguments: [
            (#""e":1500,"sd":40"#, 1_500, 40), (#""e":"1500","sd":"40""#, 1_500, 40),
            (#""e":0"#, 0, nil), (#""sd":0"#, nil, 0), (#""sd":250"#, nil, 100),
            (#""e":5,"sd":-1"#, 5, nil), (#""e":-5,"sd":1"#, 0, 1), (#""e":1.5,"sd":1"#, nil, 1),
            // 30 days and more in one update is no person's.
            (#""e":2591999999"#, 2_591_999_999, nil), (#""e":2592000000"#, 0, nil),
            (#""e":9223372036854775807"#, 0, nil), (#""e":9223372036854775808,"sd":3"#, nil, 3),
            (#""e":null,"sd":7"#, nil, 7), (#""e":[1],"sd":7"#, nil, 7),
        ] as [(String, Int64?, Int?)])
    func engagement(members: String, milliseconds: Int64?, depth: Int?) throws {
        let beacon = try Beacon(json: #"{"n":"engagement","u":"u",\#(members)}"#)
        #expect(beacon.engagedMilliseconds == milliseconds)
        #expect(beacon.scrollDepth == depth)
    }

    @Test("engaged time is read of engagement updates only")
    func engagementOfOthers() throws {
        let beacon = try Beacon(json: #"{"n":"pageview","u":"u","e":1500,"sd":40}"#)
        #expect(beacon.engagedMilliseconds == nil)
        #expect(beacon.scrollDepth == nil)
    }

    @Test(
        "flags, and the window's width, which may be unknown",
        arguments: [
            ("", true, false, nil), (#","i":false,"h":true,"w":400"#, false, true, 400),
            (#","i":0,"h":1,"w":"401.9""#, false, true, 401),
            (#","i":1,"h":0,"w":390.5"#, true, false, 390),
            (#","i":null,"h":null,"w":null"#, true, false, nil), (#","w":"""#, true, false, nil),
            (#","w":0"#, true, false, nil), (#","w":100001"#, true, false, nil),
            (#","w":100000"#, true, false, 100_000), (#","w":1e300"#, true, false, nil),
            (#","w":1e999"#, true, false, nil), (#","w":-5"#, true, false, nil),
        ] as [(String, Bool, Bool, Int?)])
    func flags(members: String, isInteractive: Bool, hash: Bool, width: Int?) throws {
        let beacon = try Beacon(json: #"{"n":"x","u":"u"\#(members)}"#)
        #expect(beacon.isInteractive == isInteractive)
        #expect(beacon.countsHashRoutes == hash)
        #expect(beacon.viewportWidth == width)
    }

    @Test(
        "revenue in minor units, or none; never a refusal",
        arguments: [
            (#"{"currency":"EUR","amount":"12.34"}"#, "EUR", 1_234),
            (#"{"currency":"eur","amount":12.345}"#, "EUR", 1_235),
            (#"{"currency":"JPY","amount":500}"#, "JPY", 500),
            (#"{"currency":"KWD","amount":"1.5"}"#, "KWD", 1_500),
            (#"{"currency":"USD","amount":-3}"#, "USD", -300),
            (#"{"currency":"EURO","amount":1}"#, nil, 0),
            (#"{"currency":"€€€","amount":1}"#, nil, 0),
            (#"{"currency":"EUR","amount":"much"}"#, nil, 0), (#"{"currency":"EUR"}"#, nil, 0),
            (#"{"currency":"EUR","amount":1e300}"#, nil, 0),
            (#"{"currency":"EUR","amount":"nan"}"#, nil, 0),
            (#"{"currency":"EUR","amount":"inf"}"#, nil, 0), ("12", nil, 0), ("null", nil, 0),
            ("[]", nil, 0),
        ] as [(String, String?, Int64)])
    func revenue(value: String, currency: String?, units: Int64) throws {
        for key in ["$", "revenue"] {
            let revenue = try Beacon(json: #"{"n":"x","u":"u","\#(key)":\#(value)}"#).revenue
            #expect(revenue?.currency == currency)
            #expect(revenue?.minorUnits ?? 0 == units)
        }
    }

    @Test(
        "texts: escapes, pairs of surrogates, and halves of them",
        arguments: [
            (#"a\"b\\c\/d"#, #"a"b\c/d"#), (#"\b\f\n\r\t"#, "\u{8}\u{c}\n\r\t"),
            (#"\u0101\u0041"#, "āA"), (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00!"#, "😀!"),
            (#"\ud83d"#, "\u{fffd}"), (#"\ude00x"#, "\u{fffd}x"), (#"\ud83dx"#, "\u{fffd}x"),
            (#"\ud83d\n"#, "\u{fffd}\n"),
            // What JSON.stringify makes of texts that were cut inside a character.
            (#"\ud83d\ud83d"#, "\u{fffd}\u{fffd}"), (#"\ud83d\u0007"#, "\u{fffd}\u{7}"),
            (#"\ud83d\ud83d\ude00"#, "\u{fffd}😀"), ("ā😀\u{7f}", "ā😀\u{7f}"),
        ])
    func texts(escaped: String, text: String) throws {
        #expect(try Beacon(json: #"{"n":"x","u":"u","t":"\#(escaped)"}"#).title == text)
    }

    @Test("texts past their bounds are cut where that does no harm")
    func cut() throws {
        let long = String(repeating: "ē", count: 3_000)
        let beacon = try Beacon(
            json:
                #"{"n":"x","u":"u","t":"\#(long)","r":"\#(long)"}"#)
        #expect(beacon.title?.count == BeaconLimits.title)
        #expect(beacon.referrer == String(repeating: "ē", count: BeaconLimits.referrer / 2))
    }

    @Test("past 30 properties the rest is dropped, the event kept")
    func manyProperties() throws {
        let members = (0..<40).map { #""p\#($0)":"v""# }.joined(separator: ",")
        let beacon = try Beacon(json: #"{"n":"x","u":"u","p":{\#(members)}}"#)
        #expect(beacon.properties.map(\.name) == (0..<BeaconLimits.properties).map { "p\($0)" })
    }

    @Test("names and nonces may come as numbers; an empty nonce is none")
    func numbers() throws {
        let beacon = try Beacon(json: #"{"n":404,"u":"u","k":12345678901234567890}"#)
        #expect(beacon.name == "404")
        #expect(beacon.nonce == "12345678901234567890")
        #expect(try Beacon(json: #"{"n":"x","u":"u","k":""}"#).nonce == nil)
    }
}
