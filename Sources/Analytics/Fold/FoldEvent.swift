/// An event as the fold reads it: 32 bytes, texts as numbers of the fold's `Vocabulary`.
package struct FoldEvent: Sendable {
    package static let pageview: Int32 = 0
    package static let engagement: Int32 = -1
    /// Stands for an event without a visitor.
    package static let noVisitor: UInt64 = 0

    package var visitor: UInt64
    /// Milliseconds since 1970.
    package var time: Int64
    /// `pageview`, `engagement`, or the number of a custom event (from 1) or of a pageview that
    /// brings something (from -2 downwards) in `EventKinds`.
    package var name: Int32
    package var page: UInt32
    /// The acquisition's number; of an engagement update the engaged milliseconds.
    package var acquisition: UInt32
    /// The client profile's number; of an engagement update the scroll depth reached in percent
    /// and 1, or 0 for none.
    package var profile: UInt32

    package init(
        visitor: UInt64, time: Int64, name: Int32, page: UInt32, acquisition: UInt32,
        profile: UInt32
    ) {
        self.visitor = visitor
        self.time = time
        self.name = name
        self.page = page
        self.acquisition = acquisition
        self.profile = profile
    }

    package var isEngagement: Bool { name == Self.engagement }
    package var isPageview: Bool { name == Self.pageview || name < Self.engagement }
    /// Whether it is a custom event.
    package var isCustom: Bool { name > Self.pageview }
    /// An engagement update without time and depth: it only prolongs its session.
    var isEmpty: Bool { isEngagement && acquisition == 0 && profile == 0 }
    /// Of an engagement update.
    var scrollDepth: Int? { isEngagement && profile > 0 ? Int(profile) - 1 : nil }
}

/// Brings each visitor's events together in the order of time; events of the same millisecond
/// keep the order in which they were read, which is that of `seq`.
package enum EventOrder {
    private static let bucketBits: UInt64 = 12

    /// Spreads the events over 4,096 buckets by visitor, then sorts each small bucket: about twice
    /// as fast as sorting all at once, since the comparisons stay in the cache.
    package static func sort(_ events: [FoldEvent]) -> [FoldEvent] {
        guard events.count > 4_096 else { return events.sorted(by: precedes) }
        var starts = [Int](repeating: 0, count: 1 << bucketBits + 1)
        for event in events { starts[bucket(event) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var next = starts
        return [FoldEvent](unsafeUninitializedCapacity: events.count) { buffer, count in
            // Each event goes to a place of its own: `starts` counted exactly these events.
            for event in events {
                let bucket = bucket(event)
                buffer.initializeElement(at: next[bucket], to: event)
                next[bucket] += 1
            }
            for bucket in 0..<(starts.count - 1) {
                buffer[starts[bucket]..<starts[bucket + 1]].sort(by: precedes)
            }
            count = events.count
        }
    }

    private static func bucket(_ event: FoldEvent) -> Int {
        // Visitors are hashes; imports of other origin may not be, hence the mixing.
        Int((event.visitor &* 0x9e37_79b9_7f4a_7c15) >> (64 - bucketBits))
    }

    private static func precedes(_ left: FoldEvent, _ right: FoldEvent) -> Bool {
        left.visitor != right.visitor
            ? left.visitor < right.visitor : left.time < right.time
    }
}
