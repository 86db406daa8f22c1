/// A value that many events have in common: passed on by reference and hashed once, so that an
/// event of a known page, source and client costs no copies of their texts.
@dynamicMemberLookup
package final class Shared<Value: Hashable & Sendable>: Hashable, Sendable {
    package let value: Value
    private let hash: Int

    package init(_ value: Value) {
        self.value = value
        hash = value.hashValue
    }

    package subscript<Member>(dynamicMember path: KeyPath<Value, Member>) -> Member {
        value[keyPath: path]
    }

    package static func == (a: Shared, b: Shared) -> Bool {
        a === b || a.hash == b.hash && a.value == b.value
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
