/// The figures of one dimension on one day while they are counted: a row for each value seen.
///
/// Distinct visitors need no set: a visitor's events come together, so a row that remembers the
/// last visitor it counted knows whether this one is new to it.
struct Tally {
    struct Row {
        var figures = Figures()
        /// The visitor, by number of the fold, that was counted last.
        var visitorStamp: UInt32 = 0
        var sessionStamp: UInt32 = 0
    }

    private static let unused: Int32 = -1

    /// Value → its row; several values share the row of `(other)`.
    private var slots: [Int32]
    private(set) var values: [UInt32] = []
    var rows: [Row] = []

    init(capacity: Int) {
        slots = Array(repeating: Self.unused, count: capacity)
    }

    /// The row of a value, made when it is first seen.
    mutating func row(of value: UInt32) -> Int {
        let slot = slots[Int(value)]
        if slot != Self.unused { return Int(slot) }
        let row = rows.count
        slots[Int(value)] = Int32(row)
        values.append(value)
        rows.append(Row())
        return row
    }

    func existingRow(of value: UInt32) -> Int? {
        let slot = slots[Int(value)]
        return slot == Self.unused ? nil : Int(slot)
    }

    /// An empty tally in which the values of `kept` have rows of their own and all others share
    /// one: the last.
    func emptied(keeping kept: [UInt32]) -> Tally {
        var tally = Tally(capacity: slots.count)
        for value in kept { _ = tally.row(of: value) }
        let other = Int32(tally.rows.count)
        tally.rows.append(Row())
        for value in values where tally.slots[Int(value)] == Self.unused {
            tally.slots[Int(value)] = other
        }
        return tally
    }
}
