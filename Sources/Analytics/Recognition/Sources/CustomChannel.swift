/// A channel that a site's owner defines beside the standard ones: sessions whose acquisition fits
/// every condition. Of several, the first that fits names the session's channel.
package struct CustomChannel: Hashable, Sendable, Codable {
    /// On a site. With the standard ones they are fewer than the values that a day keeps.
    package static let most = 50
    package static let mostConditions = 10
    /// In bytes.
    package static let longestPattern = 512

    /// What a condition can look at; `channel` is the standard channel.
    package static let fields = Vocabulary.acquisitionDimensions

    package struct Condition: Hashable, Sendable, Codable {
        /// One of `fields`.
        package let field: Dimension
        /// A `Glob`, in any case: `news*`.
        package let pattern: String

        /// `utm_source=news*`
        package var text: String { "\(field.rawValue)=\(pattern)" }
    }

    /// Unique among the site's channels, capital and small letters alike.
    package let name: String
    /// At least one.
    package let conditions: [Condition]
    /// The first day that was folded with it; `nil` when there was none before.
    package var since: LocalDay?

    /// Reads conditions as the command line has them: `utm_source=news*`.
    ///
    /// - Parameter name: a line of at least one sign. A standard channel's in any case becomes that
    ///   channel's own, so that no table has both `email` and `Email`.
    /// - Throws: `CustomChannelError`, a sentence that names what is wrong and its mend.
    package init(name: String, conditions texts: [String]) throws(CustomChannelError) {
        let small = name.lowercased()
        self.name = Channel.names.first { $0.lowercased() == small } ?? name
        guard !texts.isEmpty else {
            throw CustomChannelError(
                "A channel needs a condition, such as --if 'utm_source=news*'.")
        }
        guard texts.count <= Self.mostConditions else {
            throw CustomChannelError(
                """
                A channel has at most \(Self.mostConditions) conditions, and these are \
                \(texts.count). Leave some out, or make two channels.
                """)
        }
        var conditions: [Condition] = []
        for text in texts { conditions.append(try Self.condition(text)) }
        self.conditions = conditions
    }

    private static func condition(_ text: String) throws(CustomChannelError) -> Condition {
        guard let equals = text.firstIndex(of: "=") else {
            throw CustomChannelError(
                "'\(text)' is no condition; write FIELD=PATTERN, such as 'utm_source=news*'.")
        }
        let name = String(text[..<equals])
        let pattern = String(text[text.index(after: equals)...])
        guard let field = fields.first(where: { $0.rawValue == name.lowercased() }) else {
            let known = fields.map(\.rawValue).joined(separator: ", ")
            throw CustomChannelError("'\(name)' is no field of a channel; write one of \(known).")
        }
        guard !pattern.isEmpty else {
            throw CustomChannelError(
                """
                '\(text)' has no pattern; write '\(field.rawValue)=\(Dimension.unknownValue)' for \
                sessions without one, '\(field.rawValue)=?*' for those with any.
                """)
        }
        guard pattern.utf8.count <= longestPattern else {
            throw CustomChannelError(
                "The pattern of \(field.rawValue) is over \(longestPattern) bytes; shorten it.")
        }
        let glob = Glob(pattern.lowercased())
        guard field != .channel || Channel.names.contains(where: { glob.matches($0.lowercased()) })
        else {
            throw CustomChannelError(
                """
                No standard channel is called '\(pattern)'; they are \
                \(Channel.names.joined(separator: ", ")).
                """)
        }
        return Condition(field: field, pattern: pattern)
    }

    /// Whether the name is a standard channel's, so that sessions have it without this rule too.
    package var isStandard: Bool { Channel.names.contains(name) }
}

/// What is wrong with a channel's definition.
package struct CustomChannelError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension [CustomChannel] {
    /// Where a name is, in any case.
    package func index(named name: String) -> Int? {
        firstIndex { $0.name.lowercased() == name.lowercased() }
    }

    /// Puts a channel behind the others, which name a session before it does.
    ///
    /// - Throws: `CustomChannelError` where the site has one of that name, or no place for another.
    package mutating func add(
        _ channel: CustomChannel, to site: Domain
    ) throws(CustomChannelError) {
        if let index = index(named: channel.name) {
            throw CustomChannelError(
                "\(site) has a channel '\(self[index].name)' already; remove it first.")
        }
        guard count < CustomChannel.most else {
            throw CustomChannelError(
                """
                A site has at most \(CustomChannel.most) channels of its own; remove one of \
                \(site)'s first.
                """)
        }
        append(channel)
    }
}
