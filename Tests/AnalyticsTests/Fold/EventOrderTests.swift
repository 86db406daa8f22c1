import Analytics
import Testing

@Suite("Event order")
struct EventOrderTests {
    @Test(
        "each visitor's events come together, by time, then as they were read",
        arguments: [0, 1, 100, 4_096, 4_097, 20_000])
    func order(count: Int) {
        let seed = SeededGenerator.seed
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let visitors = (0..<max(1, count / 7)).map { index -> UInt64 in
            // Some as hashes are, some small, as an import of another origin may bring.
            index.isMultiple(of: 2) ? .random(in: .min ... .max, using: &generator) : UInt64(index)
        }
        let events = (0..<count).map { number in
            FoldEvent(
                visitor: visitors.randomElement(using: &generator)!,
                time: .random(in: 0..<50, using: &generator), name: 0, page: UInt32(number),
                acquisition: 0, profile: 0)
        }
        let sorted = EventOrder.sort(events)
        #expect(Set(sorted.map(\.page)).count == count)
        var seen: Set<UInt64> = []
        for (index, event) in sorted.enumerated() {
            guard index > 0, sorted[index - 1].visitor == event.visitor else {
                #expect(seen.insert(event.visitor).inserted, "seed \(seed)")
                continue
            }
            let before = sorted[index - 1]
            #expect((before.time, before.page) < (event.time, event.page), "seed \(seed)")
        }
    }
}
