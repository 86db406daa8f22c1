/// What an event brings beside its name and page, in the numbers of a `Vocabulary`; few do.
struct EventDetails: Hashable, Sendable {
    static let none = EventDetails()

    struct Value: Hashable, Sendable {
        var dimension: Dimension
        var number: UInt32
    }

    /// In event dimensions.
    var values: [Value] = []
    var revenue: Revenue?
    /// A `404` event that names no path is about the page that sent it.
    var isPageNotFound = false
}

/// A custom event's name, or a pageview, with what it brings.
struct EventKind: Sendable {
    /// The name's number of `.event`; of a pageview nothing.
    var name: UInt32 = 0
    var isInteractive = true
    var details = EventDetails.none
}

/// What the fold knows of each kind of event, by the numbers that `FoldEvent.name` has.
struct EventKinds: Sendable {
    /// From 1, the number 0 being the plain pageview.
    private(set) var custom = [EventKind()]
    /// Pageviews that bring something, from -2 downwards.
    private(set) var pageviews: [EventKind] = []

    mutating func add(custom kind: EventKind) -> Int32 {
        custom.append(kind)
        return Int32(custom.count - 1)
    }

    mutating func add(pageview kind: EventKind) -> Int32 {
        pageviews.append(kind)
        return -1 - Int32(pageviews.count)
    }

    /// - Parameter number: a `FoldEvent`'s name, not that of an engagement update.
    subscript(number: Int32) -> EventKind {
        number >= 0 ? custom[Int(number)] : pageviews[-2 - Int(number)]
    }
}
