extension UserAgentText {
    private static let linux = Array("(linux".utf8)
    private static let android = Array("android ".utf8)
    private static let build = Array(" build/".utf8)
    /// Says that it runs Android's programs, and names the device behind itself.
    private static let harmony = Array("harmonyos".utf8)

    /// What stands behind Android's version and language up to the build: `MAVEN_10_PLUS` of
    /// `(Linux; U; Android 5.1.1; en-us; MAVEN_10_PLUS Build/LMY47V)`.
    ///
    /// Makers call their devices like everything (`M bot 54`, `Amigo7`, `Phoenix 5`), and no program
    /// is known that leaves its name there. Empty where there is none, and where it holds what no
    /// model does.
    static func model(in bytes: [UInt8]) -> Range<Int> {
        guard let linux = end(of: linux, in: bytes), var index = end(of: android, in: bytes),
            linux < index, !bytes[linux..<index].contains(UInt8(ascii: ")"))
        else { return 0..<0 }
        let version = bytes[index...].prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
        index = version.endIndex
        guard !version.isEmpty else { return 0..<0 }
        while index < bytes.count, bytes[index] == UInt8(ascii: ";") {
            let start = index + 1
            let part = bytes[start...].prefix {
                $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ")")
            }
            index = part.endIndex
            let name = part.drop { $0 == UInt8(ascii: " ") }
            if isLanguage(name) || name.elementsEqual(harmony) { continue }
            let model = withoutBuild(name)
            let isProgram = model.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "@") }
            return isProgram ? 0..<0 : model.startIndex..<model.endIndex
        }
        return 0..<0
    }

    private static func withoutBuild(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let end = end(of: build, in: Array(name)) else { return name }
        return name.prefix(end - build.count)
    }

    /// `lv`, `en-us`, `zh_hans_cn`.
    private static func isLanguage(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(
            omittingEmptySubsequences: false,
            whereSeparator: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        return parts[0].count == 2 && (1...3).contains(parts.count)
            && parts.allSatisfy { (2...4).contains($0.count) && $0.allSatisfy(isLetter) }
    }
}
