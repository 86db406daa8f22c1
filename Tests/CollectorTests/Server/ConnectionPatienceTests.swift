import Analytics
import Testing

@testable import Collector

@Suite("A connection's patience")
struct ConnectionPatienceTests {
    private static let limits: CollectorLimits = {
        var limits = CollectorLimits.standard
        limits.requestTime = .seconds(3)
        limits.idleTime = .seconds(5)
        return limits
    }()

    /// One letter a second: resting, Request coming, answering, blocked, closing; `!` a request that
    /// is whole, in no time.
    private func seconds(of script: String, isStopping: Bool = false) -> (Int, String) {
        var patience = ConnectionPatience()
        var seconds = 0
        for letter in script {
            if letter == "!" {
                patience.requestCame()
                continue
            }
            let activities: [Character: ConnectionPatience.Activity] = [
                "r": .resting, "q": .receiving, "a": .answering, "b": .blocked, "c": .closing,
            ]
            seconds += 1
            switch patience.secondPassed(
                activities[letter]!, isStopping: isStopping, Self.limits)
            {
            case .stays: continue
            case .tooSlow: return (seconds, "too slow")
            case .isOver: return (seconds, "over")
            }
        }
        return (seconds, "stays")
    }

    @Test(
        "is as long as the limits",
        arguments: [
            ("rrrrr", 5, "stays"), ("rrrrrr", 6, "over"), ("qqq", 3, "stays"),
            ("qqqq", 4, "too slow"), ("bbbbb", 5, "stays"), ("bbbbbb", 6, "over"), ("c", 1, "over"),
            ("aaaaaaaaaaaaaaaaaaaaaa", 22, "stays"),
            // A whole request begins anew, an answer that is taken too; a part of a request doesn't.
            ("rrrr!rrrrr", 9, "stays"), ("qqq!qqq", 6, "stays"), ("bbbbbabbbbb", 11, "stays"),
            ("rrrrarrrrr", 10, "stays"), ("rrqrrqrrq", 8, "over"), ("qqrqqr!", 6, "stays"),
            // One who begins a request as his time of rest ends gains no more than its time.
            ("rrrrrqqqq", 9, "too slow"), ("qqbqq", 5, "too slow"),
        ])
    func limits(script: String, seconds: Int, end: String) {
        let found = self.seconds(of: script)
        #expect(found.0 == seconds && found.1 == end)
    }

    @Test(
        "is short when the server stops",
        arguments: [
            ("rrr", 3, "over"), ("qqq", 3, "too slow"), ("ab", 2, "stays"),
            ("aaaaaaaaaaaaaaaaaaaa", 20, "stays"), ("aaaaaaaaaaaaaaaaaaaaa", 21, "over"),
            ("!r!r!r", 3, "over"),
        ])
    func stopping(script: String, seconds: Int, end: String) {
        let found = self.seconds(of: script, isStopping: true)
        #expect(found.0 == seconds && found.1 == end)
    }
}

@Suite("Open files")
struct OpenFilesTests {
    @Test(
        "connections leave a reserve of files, and never fewer than a few",
        arguments: [
            (100_000, 10_000, true), (10_064, 10_000, true), (1_024, 960, true), (80, 16, true),
            (79, 15, false), (3, -61, false),
        ])
    func fit(openFiles: Int, connections: Int, fits: Bool) {
        var limits = CollectorLimits.standard
        #expect(limits.fit(openFiles: openFiles) == fits)
        #expect(limits.connections == connections)
    }
}
