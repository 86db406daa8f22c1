/// Host labels of other scripts in letters, digits and hyphens (RFC 3492), without the `xn--`.
enum Punycode {
    private static let base = 36
    private static let smallest = 1
    private static let largest = 26
    private static let skew = 38
    private static let damp = 700
    private static let firstBias = 72
    private static let firstCode = 0x80

    /// `nil` when the label isn't valid, or encodes what no label can hold.
    static func decoded(_ label: some StringProtocol) -> String? {
        let bytes = Array(label.utf8)
        guard bytes.count <= 63 else { return nil }
        var scalars: [Unicode.Scalar] = []
        var index = 0
        if let delimiter = bytes.lastIndex(of: UInt8(ascii: "-")) {
            scalars = bytes[..<delimiter].map { Unicode.Scalar($0) }
            index = delimiter + 1
        }
        var code = firstCode
        var bias = firstBias
        var position = 0
        while index < bytes.count {
            let before = position
            var weight = 1
            var step = base
            while true {
                guard index < bytes.count, let digit = digit(bytes[index]) else { return nil }
                index += 1
                position += digit * weight
                let threshold = threshold(step, bias)
                if digit < threshold { break }
                weight *= base - threshold
                step += base
                // Far past U+10FFFF already; stop before the numbers overflow.
                guard weight < 1 << 32, position < 1 << 32 else { return nil }
            }
            let count = scalars.count + 1
            bias = adapted(position - before, count: count, isFirst: before == 0)
            code += position / count
            position %= count
            guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
                return nil
            }
            scalars.insert(scalar, at: position)
            position += 1
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// `nil` when the label would be longer than a label can be.
    static func encoded(_ label: String) -> String? {
        let scalars = label.unicodeScalars.map { Int($0.value) }
        guard scalars.count <= 59 else { return nil }
        var output = scalars.filter { $0 < firstCode }.map { UInt8($0) }
        let basic = output.count
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var handled = basic
        var code = firstCode
        var bias = firstBias
        var delta = 0
        while handled < scalars.count, let next = scalars.filter({ $0 >= code }).min() {
            delta += (next - code) * (handled + 1)
            code = next
            for scalar in scalars {
                if scalar < code { delta += 1 }
                guard scalar == code else { continue }
                append(delta, bias, to: &output)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return output.count <= 59 ? String(decoding: output, as: UTF8.self) : nil
    }

    private static func append(_ delta: Int, _ bias: Int, to output: inout [UInt8]) {
        var rest = delta
        var step = base
        while true {
            let threshold = threshold(step, bias)
            if rest < threshold { break }
            output.append(letter(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            step += base
        }
        output.append(letter(rest))
    }

    private static func threshold(_ step: Int, _ bias: Int) -> Int {
        min(max(step - bias, smallest), largest)
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var step = 0
        while delta > (base - smallest) * largest / 2 {
            delta /= base - smallest
            step += base
        }
        return step + (base - smallest + 1) * delta / (delta + skew)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        if ASCII.isLetter(byte) { return Int((byte | 0x20) - 0x61) }
        return ASCII.isDigit(byte) ? Int(byte - 0x30) + 26 : nil
    }

    private static func letter(_ digit: Int) -> UInt8 {
        UInt8(digit < 26 ? digit + 0x61 : digit - 26 + 0x30)
    }
}
