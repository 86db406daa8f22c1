/// A beacon that can't be taken: which field, and what is wrong with it.
package struct BeaconError: Error, Hashable, Sendable, CustomStringConvertible {
    package var field: String
    package var message: String

    package init(field: String, message: String) {
        self.field = field
        self.message = message
    }

    package var description: String { "\(field) \(message)" }
}

/// Bytes → Beacon, or the field that is at fault (DESIGN §8, the JSON that Plausible's trackers
/// send). Unknown keys are ignored; a key that comes twice counts by its last value. Which faults
/// are let pass, and why, is in docs/decisions/006-lenient-fields.md.
package enum BeaconDecoder {
    package static func decode(_ body: UnsafeBufferPointer<UInt8>) throws(BeaconError) -> Beacon {
        var fields = Fields()
        do throws(JSONReader.SyntaxError) {
            var reader = JSONReader(body)
            guard try reader.peek() == .object else {
                throw JSONReader.SyntaxError(offset: 0)
            }
            try reader.readObject { (key, reader) throws(JSONReader.SyntaxError) in
                try fields.read(key, &reader)
            }
            try reader.finish()
        } catch {
            throw BeaconError(
                field: "body",
                message: "must be a JSON object in UTF-8 (fault at byte \(error.offset))")
        }
        return try fields.beacon()
    }
}

/// The values as sent, each with its first fault; checked once the whole body was read.
private struct Fields {
    private var name: String?
    private var url: String?
    private var domains: String?
    private var referrer: String?
    private var title: String?
    private var timeZone: String?
    private var nonce: String?
    private var engaged: String?
    private var scroll: String?
    private var width: Double?
    private var properties: [(name: String, value: String)] = []
    private var revenue: Revenue?
    private var isInteractive = true
    private var countsHashRoutes = false
    private var isAutomated = false
    private var fault: BeaconError?

    mutating func read(
        _ key: String, _ reader: inout JSONReader
    ) throws(JSONReader.SyntaxError) {
        switch key {
        case "n", "name": name = try text("name", &reader, takesNumbers: true)
        case "u", "url": url = try text("url", &reader)
        case "d", "domain": domains = try text("domain", &reader)
        case "r", "referrer": referrer = try text("referrer", &reader)
        case "t", "title": title = try text("title", &reader)
        case "tz": timeZone = try text("tz", &reader)
        case "k": nonce = try text("k", &reader, takesNumbers: true)
        case "e": engaged = try lenient(&reader)
        case "sd": scroll = try lenient(&reader)
        case "w": width = try number("w", &reader)
        case "i": isInteractive = try flag("i", &reader) ?? true
        case "h": countsHashRoutes = try flag("h", &reader) ?? false
        case "wd": isAutomated = try flag("wd", &reader) ?? false
        case "p", "props", "m", "meta": try readProperties(&reader)
        case "$", "revenue": try readRevenue(&reader)
        default: try reader.skipValue()
        }
    }

    func beacon() throws(BeaconError) -> Beacon {
        if let fault { throw fault }
        guard let name = name?.trimmed, !name.isEmpty else {
            throw BeaconError(field: "name", message: "is required")
        }
        guard name.isWithin(characters: BeaconLimits.name) else {
            throw tooLong("name", BeaconLimits.name, "characters")
        }
        guard let url = url?.trimmed, !url.isEmpty else {
            throw BeaconError(field: "url", message: "is required")
        }
        guard url.utf8.count <= BeaconLimits.url else {
            throw tooLong("url", BeaconLimits.url, "bytes")
        }
        var beacon = Beacon(name: name, url: url)
        beacon.domains = try siteNames()
        beacon.referrer = referrer.map { $0.cut(toBytes: BeaconLimits.referrer) }
        beacon.title = title.map {
            $0.isWithin(characters: BeaconLimits.title) ? $0 : String($0.prefix(BeaconLimits.title))
        }
        guard (timeZone ?? "").utf8.count <= BeaconLimits.timeZone else {
            throw tooLong("tz", BeaconLimits.timeZone, "bytes")
        }
        beacon.timeZone = timeZone
        guard (nonce ?? "").utf8.count <= BeaconLimits.nonce else {
            throw tooLong("k", BeaconLimits.nonce, "bytes")
        }
        beacon.nonce = nonce.flatMap { $0.isEmpty ? nil : $0 }
        // A page in a frame that nobody sees has a width of 0.
        beacon.viewportWidth = width.flatMap { BeaconLimits.widths.contains($0) ? Int($0) : nil }
        beacon.isInteractive = isInteractive
        beacon.countsHashRoutes = countsHashRoutes
        beacon.isAutomated = isAutomated
        beacon.revenue = revenue
        beacon.properties = try boundedProperties()
        if name == Beacon.nameOfEngagement { try readEngagement(into: &beacon) }
        return beacon
    }

    private func siteNames() throws(BeaconError) -> [String] {
        guard let domains else { return [] }
        if !domains.utf8.contains(UInt8(ascii: ",")) {
            let name = domains.trimmed
            if !name.isEmpty { return [name] }
        }
        let names = domains.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
        guard !names.isEmpty else {
            throw BeaconError(field: "domain", message: "can't be blank")
        }
        guard names.count <= BeaconLimits.domains else {
            throw BeaconError(
                field: "domain", message: "names over \(BeaconLimits.domains) sites")
        }
        return names
    }

    private func boundedProperties() throws(BeaconError) -> [(name: String, value: String)] {
        for (name, value) in properties {
            guard name.utf8.count <= BeaconLimits.propertyName else {
                throw tooLong("props", BeaconLimits.propertyName, "bytes in a name")
            }
            guard value.utf8.count <= BeaconLimits.propertyValue else {
                throw tooLong("props", BeaconLimits.propertyValue, "bytes in a value")
            }
        }
        return Array(properties.prefix(BeaconLimits.properties))
    }

    private func readEngagement(into beacon: inout Beacon) throws(BeaconError) {
        let time = engaged.flatMap(Int64.init)
        beacon.engagedMilliseconds = time.map {
            (0..<BeaconLimits.engagedMilliseconds).contains($0) ? $0 : 0
        }
        beacon.scrollDepth = scroll.flatMap(Int.init).flatMap { $0 < 0 ? nil : min($0, 100) }
        guard beacon.engagedMilliseconds != nil || beacon.scrollDepth != nil else {
            throw BeaconError(
                field: "e", message: "or sd must be an integer in an engagement event")
        }
    }

    // MARK: Values

    private mutating func text(
        _ field: String, _ reader: inout JSONReader, takesNumbers: Bool = false
    ) throws(JSONReader.SyntaxError) -> String? {
        switch try reader.peek() {
        case .string: return try reader.readString()
        case .number where takesNumbers: return try reader.readNumber()
        case .null: try reader.readNull()
        default:
            try reader.skipValue()
            fault = fault ?? BeaconError(field: field, message: "must be a string")
        }
        return nil
    }

    /// A number, or a string that may hold one; anything else counts as absent, as Plausible's
    /// server has it.
    private func lenient(_ reader: inout JSONReader) throws(JSONReader.SyntaxError) -> String? {
        switch try reader.peek() {
        case .string: return try reader.readString()
        case .number: return try reader.readNumber()
        default:
            try reader.skipValue()
            return nil
        }
    }

    /// A number, also as text, which is all that an image's address can hold.
    private mutating func number(
        _ field: String, _ reader: inout JSONReader
    ) throws(JSONReader.SyntaxError) -> Double? {
        switch try reader.peek() {
        case .number: return Double(try reader.readNumber())
        case .null:
            try reader.readNull()
            return nil
        case .string:
            let text = try reader.readString()
            if text.isEmpty { return nil }
            if let value = Double(text), value.isFinite { return value }
        default: try reader.skipValue()
        }
        fault = fault ?? BeaconError(field: field, message: "must be a number")
        return nil
    }

    private mutating func flag(
        _ field: String, _ reader: inout JSONReader
    ) throws(JSONReader.SyntaxError) -> Bool? {
        switch try reader.peek() {
        case .boolean: return try reader.readBoolean()
        case .null:
            try reader.readNull()
            return nil
        case .number:
            let digits = try reader.readNumber()
            if digits == "0" || digits == "1" { return digits == "1" }
        default: try reader.skipValue()
        }
        fault = fault ?? BeaconError(field: field, message: "must be true or false, or 1 or 0")
        return nil
    }

    /// An object, or a JSON string that holds one; anything else is ignored.
    private mutating func readProperties(
        _ reader: inout JSONReader
    ) throws(JSONReader.SyntaxError) {
        switch try reader.peek() {
        case .object: try readPropertyObject(&reader)
        case .string:
            let inner = Array(try reader.readString().utf8)
            // The reader lives no longer than the closure, the bytes longer.
            properties = inner.withUnsafeBufferPointer { bytes in
                var copy = self
                var innerReader = JSONReader(bytes)
                do throws(JSONReader.SyntaxError) {
                    guard try innerReader.peek() == .object else { return [] }
                    try copy.readPropertyObject(&innerReader)
                    return copy.properties
                } catch {
                    return []
                }
            }
        default: try reader.skipValue()
        }
    }

    private mutating func readPropertyObject(
        _ reader: inout JSONReader
    ) throws(JSONReader.SyntaxError) {
        var found: [(name: String, value: String)] = []
        try reader.readObject { (name, reader) throws(JSONReader.SyntaxError) in
            let value: String
            switch try reader.peek() {
            case .string: value = try reader.readString()
            case .number: value = try reader.readNumber()
            case .boolean: value = try reader.readBoolean() ? "true" : "false"
            default:
                try reader.skipValue()
                return
            }
            guard !value.trimmed.isEmpty, !name.isEmpty else { return }
            found.removeAll { $0.name == name }
            // Past the limit a property is dropped; one more is read to know of an over-long one.
            if found.count <= BeaconLimits.properties { found.append((name, value)) }
        }
        properties = found
    }

    /// An invalid revenue is dropped, the event kept.
    private mutating func readRevenue(_ reader: inout JSONReader) throws(JSONReader.SyntaxError) {
        var currency: String?
        var amount: String?
        switch try reader.peek() {
        case .object:
            try reader.readObject { (key, reader) throws(JSONReader.SyntaxError) in
                switch (key, try reader.peek()) {
                case ("currency", .string): currency = try reader.readString()
                case ("amount", .string): amount = try reader.readString()
                case ("amount", .number): amount = try reader.readNumber()
                default: try reader.skipValue()
                }
            }
        default: try reader.skipValue()
        }
        if let currency, let amount { revenue = Revenue(currency: currency, amount: amount) }
    }

    private func tooLong(_ field: String, _ limit: Int, _ unit: String) -> BeaconError {
        BeaconError(field: field, message: "is over \(limit) \(unit)")
    }
}

extension String {
    /// Counts characters, which is slow, only where the bytes leave a doubt.
    fileprivate func isWithin(characters limit: Int) -> Bool {
        utf8.count <= limit || count <= limit
    }

    package var trimmed: String {
        // Nearly all begin and end with a visible character of ASCII.
        if let first = utf8.first, let last = utf8.last, (0x21...0x7e).contains(first),
            (0x21...0x7e).contains(last)
        {
            return self
        }
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// The longest prefix of whole characters within `limit` bytes.
    package func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let limit = utf8.index(startIndex, offsetBy: limit)
        // Forwards: to look backwards for a character's start costs the square of its length, and
        // a character can be as long as the text.
        var end = startIndex
        while case let next = index(after: end), next <= limit { end = next }
        return String(self[..<end])
    }
}
