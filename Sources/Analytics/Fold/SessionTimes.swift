/// The durations and engaged times of sessions, by row of a `Tallies`.
///
/// Sessions come in the order of visitors, which is no order of rows, and a histogram is larger than
/// what a processor has at hand: so each session is noted in 8 bytes, and a million of them are
/// counted at once, row by row. Counting each at once took twice the time of all else in the fold.
struct SessionTimes {
    struct Times {
        /// Of the sessions that are no bounces.
        var durations = Histogram()
        /// Of all sessions.
        var engagements = Histogram()
    }

    private static let mostNotes = 1 << 20

    /// `row << 32 | duration + 1 << 16 | engagement`, in buckets; no duration of a bounce.
    private var notes: [UInt64] = []
    /// By row; those of the highest rows may be missing.
    private var times: [Times] = []

    mutating func add(_ session: SessionStart, to row: Int) {
        let duration = session.isBounce ? 0 : UInt64(session.duration + 1)
        notes.append(UInt64(row) << 32 | duration << 16 | UInt64(session.engagement))
        if notes.count == Self.mostNotes { settle() }
    }

    /// Counts what was noted.
    mutating func settle() {
        guard let highest = notes.max().map({ Int($0 >> 32) }) else { return }
        while times.count <= highest { times.append(Times()) }
        var starts = [Int](repeating: 0, count: highest + 2)
        for note in notes { starts[Int(note >> 32) + 1] += 1 }
        for row in 1..<starts.count { starts[row] += starts[row - 1] }
        var next = starts
        let sorted = [UInt32](unsafeUninitializedCapacity: notes.count) { buffer, count in
            // Each note goes to a place of its own: `starts` counted exactly these.
            for note in notes {
                buffer.initializeElement(
                    at: next[Int(note >> 32)], to: UInt32(truncatingIfNeeded: note))
                next[Int(note >> 32)] += 1
            }
            count = notes.count
        }
        var counter = BucketCounter()
        for row in 0...highest where starts[row] < starts[row + 1] {
            counter.add(sorted[starts[row]..<starts[row + 1]], to: &times[row])
        }
        notes.removeAll(keepingCapacity: true)
    }

    /// Adds what was settled of a row to another.
    mutating func add(row source: Int, to row: Int) {
        guard source < times.count else { return }
        while times.count <= row { times.append(Times()) }
        let added = times[source]
        times[row].durations += added.durations
        times[row].engagements += added.engagements
    }

    /// What was settled of a row; empty without sessions.
    subscript(row: Int) -> Times { row < times.count ? times[row] : Times() }
}

/// Counts a row's notes in plain arrays first: a histogram asks more at each addition.
private struct BucketCounter {
    /// Fewer notes are added to the histograms at once.
    private static let fewest = 64

    private var engagements = [UInt32](repeating: 0, count: Histogram.bucketCount)
    private var durations = [UInt32](repeating: 0, count: Histogram.bucketCount)

    mutating func add(_ notes: ArraySlice<UInt32>, to times: inout SessionTimes.Times) {
        guard notes.count >= Self.fewest else {
            for note in notes {
                times.engagements.add(bucket: Int(note & 0xffff), count: 1)
                if note >> 16 > 0 { times.durations.add(bucket: Int(note >> 16) - 1, count: 1) }
            }
            return
        }
        for note in notes {
            engagements[Int(note & 0xffff)] += 1
            if note >> 16 > 0 { durations[Int(note >> 16) - 1] += 1 }
        }
        Self.move(&engagements, to: &times.engagements)
        Self.move(&durations, to: &times.durations)
    }

    private static func move(_ counts: inout [UInt32], to histogram: inout Histogram) {
        for bucket in counts.indices where counts[bucket] > 0 {
            histogram.add(bucket: bucket, count: counts[bucket])
            counts[bucket] = 0
        }
    }
}
