extension SeededGenerator {
    mutating func pick<Element>(from elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    mutating func text(_ count: Int, of alphabet: String) -> String {
        let signs = Array(alphabet)
        return String((0..<count).map { _ in pick(from: signs) })
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
