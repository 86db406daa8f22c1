/// A channel that the owner defines beside the standard ones: visits whose acquisition fits every
/// condition. Of several, the first that fits names the visit's channel.
package struct CustomChannel: Hashable, Sendable, Codable {
    /// What a condition looks at.
    package enum Field: String, Hashable, Sendable, Codable, CaseIterable {
        case source
        case channel
        case referrer
        case utmSource = "utm_source"
        case utmMedium = "utm_medium"
        case utmCampaign = "utm_campaign"
        case utmContent = "utm_content"
        case utmTerm = "utm_term"

        func text(of acquisition: Acquisition) -> String {
            switch self {
            case .source: acquisition.source
            case .channel: acquisition.channel
            case .referrer: acquisition.referrer
            case .utmSource: acquisition.tags.source
            case .utmMedium: acquisition.tags.medium
            case .utmCampaign: acquisition.tags.campaign
            case .utmContent: acquisition.tags.content
            case .utmTerm: acquisition.tags.term
            }
        }
    }

    package struct Condition: Hashable, Sendable, Codable {
        package var field: Field
        /// A `Glob`, in any case: `news*`.
        package var pattern: String

        package init(field: Field, pattern: String) {
            self.field = field
            self.pattern = pattern
        }
    }

    package var name: String
    /// At least one.
    package var conditions: [Condition]

    /// Reads conditions as the command line has them: `utm_source=news*`.
    /// - Throws: `CustomChannelError`, a sentence that names what is wrong and its mend.
    package init(name: String, conditions texts: [String]) throws(CustomChannelError) {
        self.name = Scrubber.scrub(name, limit: 60).text
        guard !self.name.isEmpty else { throw CustomChannelError("A channel needs a name.") }
        guard !texts.isEmpty else {
            throw CustomChannelError("A channel needs a condition, such as utm_source=news*.")
        }
        conditions = []
        for text in texts {
            guard let equals = text.firstIndex(of: "="),
                let field = Field(rawValue: String(text[..<equals])),
                text.index(after: equals) < text.endIndex
            else {
                let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw CustomChannelError(
                    "'\(text)' is no condition: write FIELD=PATTERN with one of \(known).")
            }
            conditions.append(
                Condition(field: field, pattern: String(text[text.index(after: equals)...])))
        }
    }

    package func fits(_ acquisition: Acquisition) -> Bool {
        conditions.allSatisfy {
            Glob($0.pattern.lowercased()).matches($0.field.text(of: acquisition).lowercased())
        }
    }
}

/// What is wrong with a channel's definition.
package struct CustomChannelError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension [CustomChannel] {
    /// The name of the first that fits, or the standard channel.
    package func channel(of acquisition: Acquisition) -> String {
        first { $0.fits(acquisition) }?.name ?? acquisition.channel
    }
}
