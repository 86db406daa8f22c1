import Foundation

/// SplitMix64: small, good enough for tests, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// `true` once in so many times.
    mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    /// FOOTFALL_SEED alone if it is set; else FOOTFALL_SEEDS of them, 50 if that is not set, other
    /// ones each time. A failing test prints its own.
    static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["FOOTFALL_SEED"].flatMap(UInt64.init) { return [seed] }
        let count = environment["FOOTFALL_SEEDS"].flatMap(UInt64.init) ?? 50
        let first = UInt64.random(in: 0..<1_000_000_000)
        return Array(first..<(first + count))
    }
}
