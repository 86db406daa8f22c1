/// Finds which row of a table speaks for a host, with no allocation: each event asks it.
///
/// A row is written as
/// - `reddit.com`: the host and all below it (`old.reddit.com`);
/// - `google.*`: the name under any country's domain (`google.lv`, `www2.google.co.uk`, and
///   `google.com`), and all below it;
/// - `webmail.**`: hosts whose first label it is, whatever follows.
///
/// The row that names more labels wins; of two that name as many, the one without a star.
struct HostTable: Sendable {
    private var exact = ByteTable()
    private var countries = ByteTable()
    private var firstLabels = ByteTable()

    enum Addition {
        case added
        case notAHost
        case repeated
    }

    /// - Parameter value: what `find` gives back; not negative.
    mutating func add(_ host: String, value: Int) -> Addition {
        var name = host[...]
        let table: WritableKeyPath<HostTable, ByteTable>
        if name.hasSuffix(".**") {
            name = name.dropLast(3)
            table = \.firstLabels
        } else if name.hasSuffix(".*") {
            name = name.dropLast(2)
            table = \.countries
        } else {
            table = \.exact
        }
        let isHost =
            !name.isEmpty && name.first != "." && name.last != "."
            && name.utf8.allSatisfy {
                ASCII.isLower($0) || ASCII.isDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
            }
        guard isHost, table != \.firstLabels || !name.contains(".") else { return .notAHost }
        let isNew = self[keyPath: table].insert(Array(name.utf8), value: value)
        return isNew ? .added : .repeated
    }

    /// - Parameter host: in lower case, without `www.`.
    /// - Returns: the value of the row for it, or `nil`.
    func find(_ host: [UInt8]) -> Int? {
        find(host, accepting: { _ in true })
    }

    /// The same, passing over rows whose value isn't accepted: the next wider one speaks then.
    func find(_ host: [UInt8], accepting isAccepted: (Int) -> Bool) -> Int? {
        let byName = exact.longestSuffix(of: host[...], accepting: isAccepted)
        if let byName, byName.start == 0 { return byName.value }
        if let end = Self.endBeforeCountry(host),
            let byCountry = countries.longestSuffix(of: host[..<end], accepting: isAccepted),
            byCountry.start < byName?.start ?? Int.max
        {
            return byCountry.value
        }
        if let byName { return byName.value }
        guard let dot = host.firstIndex(of: 0x2E),
            let value = firstLabels.value(of: host[..<dot]), isAccepted(value)
        else { return nil }
        return value
    }

    /// Where the part starts under which a country (or the world) registers names: `.lv`, `.com`,
    /// `.co.uk`, `.com.br`.
    static func endBeforeCountry(_ host: [UInt8]) -> Int? {
        guard let last = host.lastIndex(of: 0x2E), last > 0 else { return nil }
        let top = host[(last + 1)...]
        if top.count == 3 { return isShared(top) ? last : nil }
        guard top.count == 2 else { return nil }
        guard let dot = host[..<last].lastIndex(of: 0x2E) else { return last }
        let second = host[(dot + 1)..<last]
        return isShared(second) ? dot : last
    }

    /// Whether a host is one under which others register names: `com`, `co.uk`, or none at all.
    static func isSuffix(_ host: [UInt8]) -> Bool {
        guard let last = host.lastIndex(of: 0x2E) else { return true }
        let first = host[..<last]
        return !first.contains(0x2E) && host.count - last == 3 && isShared(first)
    }

    private static func isShared(_ label: ArraySlice<UInt8>) -> Bool {
        switch label.count {
        case 2:
            label.elementsEqual("co".utf8) || label.elementsEqual("ne".utf8)
                || label.elementsEqual("or".utf8)
        case 3:
            label.elementsEqual("com".utf8) || label.elementsEqual("net".utf8)
                || label.elementsEqual("org".utf8)
        default: false
        }
    }
}

/// Byte strings with a number each, found by all their suffixes that begin a label in one pass
/// from the end.
struct ByteTable: Sendable {
    private struct Entry {
        let hash: UInt64
        let key: Range<Int>
        let value: Int
    }

    private var keys: [UInt8] = []
    private var entries: [Entry] = []
    /// Indices into `entries`, found by the hash and probing on from there; -1 is a free place.
    private var places = [Int](repeating: -1, count: 16)

    /// `false` when the key is there already.
    mutating func insert(_ key: [UInt8], value: Int) -> Bool {
        let hash = Self.hash(key[...])
        guard entry(hash, key[...]) == nil else { return false }
        entries.append(
            Entry(hash: hash, key: keys.count..<(keys.count + key.count), value: value))
        keys += key
        if entries.count * 2 > places.count {
            places = [Int](repeating: -1, count: places.count * 4)
            for index in entries.indices { place(index) }
        } else {
            place(entries.count - 1)
        }
        return true
    }

    func value(of key: ArraySlice<UInt8>) -> Int? {
        entry(Self.hash(key), key)?.value
    }

    /// The longest suffix of `text` that is a key and starts the text or follows a dot.
    func longestSuffix(
        of text: ArraySlice<UInt8>, accepting isAccepted: (Int) -> Bool
    ) -> (value: Int, start: Int)? {
        var hash = Self.seed
        var found: (value: Int, start: Int)?
        var index = text.endIndex
        while index > text.startIndex {
            index -= 1
            hash = Self.mix(hash, text[index])
            guard index == text.startIndex || text[index - 1] == 0x2E else { continue }
            if let entry = entry(hash, text[index...]), isAccepted(entry.value) {
                found = (entry.value, index)
            }
        }
        return found
    }

    private mutating func place(_ index: Int) {
        var place = Int(truncatingIfNeeded: entries[index].hash) & (places.count - 1)
        while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
        places[place] = index
    }

    private func entry(_ hash: UInt64, _ key: ArraySlice<UInt8>) -> Entry? {
        var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
        while places[place] >= 0 {
            let entry = entries[places[place]]
            if entry.hash == hash, keys[entry.key].elementsEqual(key) { return entry }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    // FNV-1a from the end to the start, so that one walk passes the hashes of all suffixes.
    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    private static func hash(_ key: ArraySlice<UInt8>) -> UInt64 {
        key.reversed().reduce(seed, mix)
    }
}
