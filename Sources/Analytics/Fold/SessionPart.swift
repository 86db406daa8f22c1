/// What a session brings to one of the days that it touches.
struct SessionPart {
    /// Position among all days of the fold.
    var day: Int
    /// See `FoldWalk.sighting`.
    var sighting: UInt32
    var pageviews = 0
    var events = 0
    var engagedMilliseconds: Int64 = 0
    var revenues: [Revenue] = []
    /// Whether the visitor was seen: an engagement update alone makes nobody seen.
    var isSeen = false

    init(day: Int, sighting: UInt32) {
        self.day = day
        self.sighting = sighting
    }

    mutating func add(_ event: FoldEvent) {
        if event.isEngagement {
            engagedMilliseconds += Int64(event.acquisition)
        } else {
            if event.isPageview { pageviews += 1 } else { events += 1 }
            isSeen = true
        }
    }
}

/// What a session as a whole brings to the day on which it starts.
struct SessionStart {
    let milliseconds: Int64
    let isBounce: Bool
    let isEngaged: Bool
    /// Buckets of a `Histogram`.
    let duration: Int
    let engagement: Int

    init(_ span: Sessionizer.Stretch) {
        milliseconds = span.end - span.start
        isBounce = span.isBounce
        isEngaged = span.isEngaged
        duration = Histogram.bucket(of: milliseconds)
        engagement = Histogram.bucket(of: span.engagedMilliseconds)
    }
}
