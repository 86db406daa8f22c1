import Analytics
import Storage
import Testing

/// The product against the oracle on random traffic, under random schedules.
@Suite("Oracle")
struct OracleTests {
    @Test("every session and every figure, under two schedules", arguments: SeededGenerator.seeds)
    func agrees(seed: UInt64) throws {
        let world = World(seed: seed)
        var generator = SeededGenerator(seed: seed ^ 0xf007)
        let late = try Replay(world)
        try late.play(until: world.end + .days(4))
        try late.aggregate()
        let isRight = try OracleCheck(late, seed: seed).everything()
        let text = try late.database.canonicalText()

        let other = try Replay(world)
        try followRandomSchedule(other, &generator, seed: seed)
        let otherText = try other.database.canonicalText()
        #expect(firstDifference(text, otherText) == nil, "seed \(seed)")
        guard isRight else { return }

        try OracleCheck(late, seed: seed).randomQueries(&generator)
        try rebuildInAnyOrder(late, &generator)
        #expect(try late.database.canonicalText() == text, "rebuilt, seed \(seed)")
        #expect(try late.aggregate(.verify).problems.isEmpty, "verified, seed \(seed)")
    }

    /// Hourly, daily, at odd times or a week late; some runs twice; looked at in between.
    private func followRandomSchedule(
        _ replay: Replay, _ generator: inout SeededGenerator, seed: UInt64
    ) throws {
        let world = replay.world
        let lengths: [ClosedRange<Int64>] =
            world.dayCount <= 4
            ? [60...60, 1...600, 1_440...1_440] : [1_440...1_440, 1...4_000, 10_080...10_080]
        var minutes = generator.pick(lengths)
        var time = world.start
        let lookAt = Int.random(in: 0..<8, using: &generator)
        var runs = 0
        while !replay.isOver {
            time = time + .minutes(.random(in: minutes, using: &generator))
            try replay.play(until: time)
            if runs == lookAt {
                // Today, before and after the run: stored and live figures together.
                try OracleCheck(replay, seed: seed).randomQueries(&generator)
            }
            try replay.aggregate()
            if generator.once(in: 5) {
                let again = try replay.aggregate()
                #expect(again.written.isEmpty, "a second run wrote, seed \(seed)")
            }
            runs += 1
            // A day of hours shows what hours can show.
            if runs == 24 { minutes = 1_440...1_440 }
        }
        try replay.play(until: world.end + .days(4))
        try replay.aggregate()
    }

    private func rebuildInAnyOrder(_ replay: Replay, _ generator: inout SeededGenerator) throws {
        var days = Set(
            try replay.sites.flatMap { try replay.database.rollupDays(of: $0).keys }
        ).sorted().shuffled(using: &generator)
        while !days.isEmpty {
            let part = days.prefix(Int.random(in: 1...6, using: &generator))
            try replay.aggregate(.rebuild(Set(part)))
            days.removeFirst(part.count)
        }
    }
}

/// The first line that differs, of two texts.
func firstDifference(_ left: String, _ right: String) -> String? {
    let (a, b) = (left.split(separator: "\n"), right.split(separator: "\n"))
    for index in 0..<max(a.count, b.count) {
        let (one, two) = (index < a.count ? a[index] : "", index < b.count ? b[index] : "")
        if one != two { return "\(one) ≠ \(two)" }
    }
    return nil
}
