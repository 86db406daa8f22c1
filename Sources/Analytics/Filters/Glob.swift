/// A pattern for whole values: `*` stands for any run of signs, `?` for one, all else for itself,
/// capital and small letters apart. `/shop/*` matches `/shop/lamp/4000`.
package struct Glob: Hashable, Sendable {
    private let pattern: [Unicode.Scalar]

    package init(_ pattern: String) {
        self.pattern = Array(pattern.unicodeScalars)
    }

    /// At most pattern × text steps: of a `*` only the last is ever tried again.
    package func matches(_ text: String) -> Bool { matches(Array(text.unicodeScalars)) }

    func matches(_ text: [Unicode.Scalar]) -> Bool {
        var (place, position) = (0, 0)
        var lastStar: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == "*" {
                lastStar = (place, position)
                place += 1
            } else if place < pattern.count,
                pattern[place] == "?" || pattern[place] == text[position]
            {
                place += 1
                position += 1
            } else if let star = lastStar {
                // It takes one sign more.
                lastStar = (star.place, star.position + 1)
                (place, position) = (star.place + 1, star.position + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
