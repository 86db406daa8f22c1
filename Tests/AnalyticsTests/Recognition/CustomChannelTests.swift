import Testing

@testable import Analytics

@Suite("Channels of a site's own")
struct CustomChannelTests {
    private static let visit = Acquisition(
        source: "newsletter", channel: "Unassigned", referrer: "blog.example/a",
        tags: CampaignTags(source: "Newsletter", medium: "mailing", campaign: "Spring 2026"))

    /// As a fold tells it.
    private func channel(_ channels: [CustomChannel], of acquisition: Acquisition) -> String {
        var vocabulary = Vocabulary()
        // Another comes first, so that numbers of places and of acquisitions differ.
        _ = vocabulary.number(of: Acquisition.direct)
        let number = Int(vocabulary.number(of: acquisition))
        let named = vocabulary.with(channels)
        #expect(named.acquisitions.count == vocabulary.acquisitions.count)
        return named.text(named.acquisitions[number][1], of: .channel)
    }

    @Test(
        "all conditions must hold, in any case, with stars and question marks",
        arguments: [
            (["utm_source=newsletter"], true), (["source=NEWS*"], true), (["source=*letter"], true),
            (["source=n*w*s*"], true), (["source=news"], false), (["source=*x*"], false),
            (["utm_medium=mail*", "utm_campaign=spring*"], true),
            (["utm_medium=mail*", "utm_campaign=autumn*"], false), (["utm_term=*"], true),
            (["referrer=blog.example*"], true), (["channel=unassigned"], true),
            (["UTM_Campaign=*20?6"], true), (["utm_campaign=*20?26"], false),
            (["utm_medium=mail*", "utm_medium=*ing"], true), (["source==x"], false),
            (["utm_term=(none)"], true), (["utm_term=?*"], false), (["utm_term=*on*"], false),
            (["utm_medium=(none)"], false), (["utm_medium=?*"], true),
        ])
    func conditions(texts: [String], fits: Bool) throws {
        let own = try CustomChannel(name: "Newsletters", conditions: texts)
        #expect(channel([own], of: Self.visit) == (fits ? "Newsletters" : "Unassigned"))
    }

    @Test("the first that fits names the channel; the standard one is what all are asked about")
    func order() throws {
        let channels = [
            try CustomChannel(name: "A", conditions: ["source=x"]),
            try CustomChannel(name: "B", conditions: ["source=news*"]),
            try CustomChannel(name: "C", conditions: ["source=newsletter"]),
            try CustomChannel(name: "D", conditions: ["channel=Organic*"]),
        ]
        #expect(channel(channels, of: Self.visit) == "B")
        #expect(channel(channels.reversed(), of: Self.visit) == "C")
        #expect(channel([], of: Self.visit) == "Unassigned")
        #expect(channel(channels, of: .direct) == "Direct")
    }

    @Test("a standard channel's name is written as that channel's")
    func standardNames() throws {
        let email = try CustomChannel(name: "eMAIL", conditions: ["source=newsletter"])
        #expect(email.name == "Email" && email.isStandard)
        #expect(!(try CustomChannel(name: "Mail", conditions: ["source=x"])).isStandard)
        #expect(Set(Channel.names).count == 20)
    }

    @Test(
        "what can't be read is told, with its mend",
        arguments: [
            ([], "A channel needs a condition, such as --if 'utm_source=news*'."),
            (
                ["source"],
                "'source' is no condition; write FIELD=PATTERN, such as 'utm_source=news*'."
            ),
            (
                ["colour=red"],
                """
                'colour' is no field of a channel; write one of source, channel, referrer, \
                utm_source, utm_medium, utm_campaign, utm_content, utm_term.
                """
            ),
            (
                ["source=x", "utm_term="],
                """
                'utm_term=' has no pattern; write 'utm_term=(none)' for sessions without one, \
                'utm_term=?*' for those with any.
                """
            ),
            (
                Array(repeating: "source=x", count: 11),
                """
                A channel has at most 10 conditions, and these are 11. Leave some out, or make \
                two channels.
                """
            ),
            (
                ["source=" + String(repeating: "ā", count: 257)],
                "The pattern of source is over 512 bytes; shorten it."
            ),
        ] as [([String], String)])
    func refused(texts: [String], message: String) {
        #expect(throws: CustomChannelError(message)) {
            try CustomChannel(name: "A", conditions: texts)
        }
    }

    @Test("a site has one of a name in any case, and 50 at most")
    func added() throws {
        let site = try #require(Domain("a.test"))
        var channels: [CustomChannel] = []
        for number in 1...50 {
            try channels.add(
                try CustomChannel(name: "Letter \(number)", conditions: ["source=\(number)"]),
                to: site)
        }
        #expect(channels.map(\.name).first == "Letter 1" && channels.last?.name == "Letter 50")
        #expect(channels.index(named: "letter 7") == 6)
        let same = try CustomChannel(name: "LETTER 7", conditions: ["source=x"])
        #expect(
            throws: CustomChannelError(
                "a.test has a channel 'Letter 7' already; remove it first.")
        ) { try channels.add(same, to: site) }
        let another = try CustomChannel(name: "Another", conditions: ["source=x"])
        #expect(
            throws: CustomChannelError(
                "A site has at most 50 channels of its own; remove one of a.test's first.")
        ) { try channels.add(another, to: site) }
        #expect(channels.count == 50)
    }
}
