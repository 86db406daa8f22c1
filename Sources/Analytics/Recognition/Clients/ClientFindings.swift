/// The heaviest mark of each kind that a pass over a text found.
struct ClientFindings {
    /// What a row of the index stands for: the place of a fact in its kind's table, and its weight.
    struct Key {
        enum Kind { case browser, system, device }

        let kind: Kind
        let row: Int
        let weight: Int
    }

    struct Hit {
        let row: Int
        let weight: Int
        let start: Int
        let end: Int
    }

    private(set) var browser: Hit?
    private(set) var system: Hit?
    private(set) var device: Hit?

    /// - Parameter model: where the text names the device; of its marks only a device's counts there.
    mutating func note(_ key: Key, from start: Int, to end: Int, model: Range<Int>) {
        if key.kind != .device, model.contains(start) { return }
        let hit = Hit(row: key.row, weight: key.weight, start: start, end: end)
        switch key.kind {
        // Wrappers append their names: of equal ones the last, and there the longest.
        case .browser: if hit.weight >= browser?.weight ?? 0 { browser = hit }
        case .system: if Self.precedes(hit, system) { system = hit }
        case .device: if Self.precedes(hit, device) { device = hit }
        }
    }

    /// Of equal ones the first, and there the longest, which is found last.
    private static func precedes(_ hit: Hit, _ best: Hit?) -> Bool {
        guard let best else { return true }
        return hit.weight > best.weight || hit.weight == best.weight && hit.start == best.start
    }
}
