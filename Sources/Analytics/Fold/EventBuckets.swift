/// One site's events, a visitor's all in one list, in the order read: a large day is sorted and
/// walked a list at a time, so that it is held once and no more.
package struct EventBuckets: Sendable {
    package private(set) var lists: [[FoldEvent]]

    /// - Parameters:
    ///   - count: a power of 2, at most 4,096.
    ///   - capacity: how many events there may be, as far as it is known.
    package init(count: Int = 1, capacity: Int = 0) {
        lists = (0..<count).map { _ in
            var list: [FoldEvent] = []
            // Visitors are hashes: no list gets many more than another.
            if capacity > 0 { list.reserveCapacity(capacity / count + capacity / count / 16) }
            return list
        }
    }

    package init(_ events: [FoldEvent]) { lists = [events] }

    package mutating func append(_ event: FoldEvent) {
        // Other bits than those by which a list is sorted (`EventOrder`).
        let bits = (event.visitor &* 0x9e37_79b9_7f4a_7c15) >> 40
        lists[Int(bits) & (lists.count - 1)].append(event)
    }

    package var isEmpty: Bool { lists.allSatisfy(\.isEmpty) }

    /// In the order read where there is one list.
    package var all: [FoldEvent] { lists.count == 1 ? lists[0] : Array(lists.joined()) }

    /// Calls `body` with each list in the fold's order.
    func forEachSorted(_ body: ([FoldEvent]) -> Void) {
        for list in lists { body(EventOrder.sort(list)) }
    }

    /// Changes every event in its place.
    mutating func update(_ body: (inout FoldEvent) -> Void) {
        for number in lists.indices {
            for index in lists[number].indices { body(&lists[number][index]) }
        }
    }

    /// Of the first and the last event; `nil` without events.
    var times: ClosedRange<Int64>? {
        var times: ClosedRange<Int64>?
        for list in lists {
            for event in list {
                let time = event.time
                guard let known = times else {
                    times = time...time
                    continue
                }
                if time < known.lowerBound { times = time...known.upperBound }
                if time > known.upperBound { times = known.lowerBound...time }
            }
        }
        return times
    }
}
