/// A site's own channels in the numbers of one vocabulary: each acquisition is asked about once, and
/// no event.
struct ChannelMatcher {
    private struct Condition {
        /// Among a vocabulary's `acquisitionDimensions`.
        let place: Int
        let glob: Glob
        /// Whether sessions fit that have no such value. They are no text `(none)`, or `*on*`
        /// would find them.
        let fitsNone: Bool
    }

    private let channels: [(name: String, conditions: [Condition])]
    /// By place, then number, in small letters; `nil` for none. Empty where no condition looks.
    private let texts: [[[Unicode.Scalar]?]]

    init(_ channels: [CustomChannel], _ vocabulary: Vocabulary) {
        self.channels = channels.map { channel in
            let conditions = channel.conditions.map { condition in
                let pattern = condition.pattern.lowercased()
                let glob = Glob(pattern)
                return Condition(
                    place: Self.place(of: condition.field), glob: glob,
                    fitsNone: pattern == Dimension.unknownValue || glob.matches(""))
            }
            return (channel.name, conditions)
        }
        let places = Set(self.channels.flatMap { $0.conditions.map(\.place) })
        texts = Vocabulary.acquisitionDimensions.enumerated().map { place, dimension in
            guard places.contains(place) else { return [] }
            return vocabulary.texts(of: dimension).map {
                $0 == Dimension.unknownValue ? nil : Array($0.lowercased().unicodeScalars)
            }
        }
    }

    static func place(of field: Dimension) -> Int {
        // Settings hold the fields of `CustomChannel` alone, which are these dimensions.
        Vocabulary.acquisitionDimensions.firstIndex(of: field)!
    }

    /// The name of the first channel that fits, if one does.
    ///
    /// - Parameter acquisition: its values' numbers, by place.
    func channel(of acquisition: [UInt32]) -> String? {
        channels.first { channel in
            channel.conditions.allSatisfy { condition in
                let text = texts[condition.place][Int(acquisition[condition.place])]
                return text.map(condition.glob.matches) ?? condition.fitsNone
            }
        }?.name
    }
}

extension Vocabulary {
    /// The same for one site, whose own channels stand in place of the standard ones that the
    /// partitions have.
    func with(_ channels: [CustomChannel]) -> Vocabulary {
        guard !channels.isEmpty else { return self }
        let matcher = ChannelMatcher(channels, self)
        var named = self
        for (number, acquisition) in acquisitions.enumerated() {
            guard let name = matcher.channel(of: acquisition) else { continue }
            named.set(channel: name, ofAcquisition: number)
        }
        return named
    }
}

extension Site {
    /// The site's own channel of visits with this acquisition; `nil` where it is the standard one.
    package func ownChannel(of acquisition: Acquisition) -> String? {
        guard !settings.channels.isEmpty else { return nil }
        var vocabulary = Vocabulary()
        let number = vocabulary.number(of: acquisition)
        return ChannelMatcher(settings.channels, vocabulary)
            .channel(of: vocabulary.acquisitions[Int(number)])
    }
}
