/// Counts the visitors that are most likely several people: one hash can't tell apart who shares
/// an address and a browser's version (an office, a mobile network's gateway), and counts them as
/// one. The figures leave them as they are; the books tell how many there were.
struct SharedVisitors {
    /// Of one visitor on one day. Hardly anybody views more pages of a site, or comes more often.
    static let mostPageviews = 300
    static let mostSessions = 20

    /// By position among the days asked for.
    private(set) var counts: [Int]
    private var day: Int?
    private var pageviews = 0
    private var sessions = 0

    init(dayCount: Int) {
        counts = Array(repeating: 0, count: dayCount)
    }

    /// The visitor has no more parts.
    mutating func endVisitor() {
        judge()
        day = nil
    }

    /// Adds a part of a session; a visitor's parts come by time.
    ///
    /// - Parameter day: `nil` for one that was not asked for.
    mutating func add(_ part: SessionPart, on day: Int?, startsSession: Bool) {
        if day != self.day {
            judge()
            self.day = day
        }
        pageviews += part.pageviews
        if startsSession { sessions += 1 }
    }

    private mutating func judge() {
        if let day, pageviews > Self.mostPageviews || sessions > Self.mostSessions {
            counts[day] += 1
        }
        (pageviews, sessions) = (0, 0)
    }
}
