/// An array of plain values for the fold's innermost loops: it has one owner, so nobody asks at each
/// access whether it is shared, and it is checked for bounds in debug builds only, which the tests
/// run. With Swift's arrays the fold took half as long again.
struct RowStore<Value: BitwiseCopyable>: ~Copyable {
    private var values: UnsafeMutableBufferPointer<Value>
    private(set) var count: Int

    init(repeating value: Value, count: Int) {
        values = .allocate(capacity: max(16, count))
        values.initialize(repeating: value)
        self.count = count
    }

    deinit { values.deallocate() }

    @inline(__always)
    subscript(index: Int) -> Value {
        get { values[index] }
        set { values[index] = newValue }
        _modify { yield &values[index] }
    }

    /// - Parameter filler: stands in the places that are not used yet.
    mutating func append(_ value: Value, filler: Value) {
        if count == values.count {
            // All of the larger one is initialized: what there was, and the filler.
            let larger = UnsafeMutableBufferPointer<Value>.allocate(capacity: values.count * 2)
            let filled = larger.update(fromContentsOf: values)
            larger[filled...].initialize(repeating: filler)
            values.deallocate()
            values = larger
        }
        values[count] = value
        count += 1
    }

    mutating func fill(with value: Value) { values.update(repeating: value) }
}
