/// What a pass over a user agent found of the bots' tables, and what it adds up to.
struct BotFindings {
    /// A mark found: whose row, and where.
    struct Hit {
        let row: Int
        let place: Range<Int>
    }

    private(set) var named: [Hit] = []
    private(set) var sure: [Hit] = []
    private var hints: [Hit] = []
    private(set) var mailboxes: [Hit] = []
    private var persons: [Range<Int>] = []
    /// Rows whose marks stand in the device's name.
    private var modelRows: [Int] = []
    private var isExplorer = false
    private(set) var hasEngine = false
    private(set) var namesDevice = false

    /// A user agent holds a handful of marks; more would not change the verdict.
    private static let hitLimit = 16

    mutating func note(
        _ row: Int, _ strength: BotStrength, from start: Int, to end: Int, in text: UserAgentText
    ) {
        let hit = Hit(row: row, place: start..<end)
        let isModel = isOfModel(row, at: start, in: text)
        switch strength {
        case .engine:
            hasEngine = true
            isExplorer = isExplorer || text.namesExplorer(at: hit.place)
        case .device: namesDevice = true
        case .person where persons.count < Self.hitLimit:
            persons.append(text.bracketed(from: hit.place))
        case .person: break
        case .named where isModel, .sure where isModel, .hint where isModel: break
        case .named: Self.add(hit, to: &named)
        case .sure: Self.add(hit, to: &sure)
        case .hint: Self.add(hit, to: &hints)
        case .domain: noteHost(hit, in: text)
        }
    }

    /// A device's maker called it so, and applications say the device's name once more behind.
    private mutating func isOfModel(_ row: Int, at start: Int, in text: UserAgentText) -> Bool {
        if text.model.contains(start) {
            Self.add(row, to: &modelRows)
            return true
        }
        return modelRows.contains(row)
    }

    /// What only hints at a bot: not where an application may have left its name, on a person's
    /// device or in an old Internet Explorer, to which each program of its time added a word.
    var countingHints: [Hit] { namesDevice || isExplorer ? [] : counting(hints) }

    /// The hits that no person's word covers.
    func counting(_ hits: [Hit]) -> [Hit] {
        persons.isEmpty
            ? hits : hits.filter { hit in !persons.contains { $0.overlaps(hit.place) } }
    }

    private static func add<Element>(_ element: Element, to list: inout [Element]) {
        if list.count < hitLimit { list.append(element) }
    }

    /// An address to write to gives a bot away; a host's name alone only hints at one.
    private mutating func noteHost(_ hit: Hit, in text: UserAgentText) {
        switch text.hostName(endingAt: hit.place) {
        case .mailbox: Self.add(hit, to: &mailboxes)
        case .host: Self.add(hit, to: &hints)
        case nil: break
        }
    }
}
