import Analytics
import ArgumentParser

/// What goals, funnels and channels share.
enum GoalOptions {
    static let discussion = """
        Today shows a change at once; days that have passed and whose raw events are kept are \
        folded anew by the next 'footfall aggregate', older ones know nothing of it.
        """

    /// The days of a period since something was known of, at least the last.
    static func days(_ since: LocalDay?, _ days: ClosedRange<LocalDay>) -> ClosedRange<LocalDay> {
        min(max(since ?? days.lowerBound, days.lowerBound), days.upperBound)...days.upperBound
    }

    /// A name that fits a line and a row.
    static func name(_ text: String) throws -> String {
        let name = text.trimmed
        guard !name.isEmpty, name.unicodeScalars.count <= 60,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Failure("A name has 1 to 60 signs, and no line breaks.", code: Failure.usage)
        }
        guard ![Dimension.otherValue, Dimension.unknownValue].contains(name) else {
            throw Failure(
                "'\(name)' has a meaning of its own; choose another.", code: Failure.usage)
        }
        return name
    }

    /// `page=/cart*` or `event=signup`.
    static func target(_ text: String) throws -> GoalTarget {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = GoalTarget.Kind(rawValue: String(parts[0])) else {
            throw Failure(
                "'\(text)' is no step; write page=/cart* or event=signup.", code: Failure.usage)
        }
        return try target(kind, String(parts[1]))
    }

    static func target(_ kind: GoalTarget.Kind, _ pattern: String) throws -> GoalTarget {
        guard !pattern.isEmpty, pattern.utf8.count <= 512 else {
            throw Failure("A pattern has 1 to 512 bytes.", code: Failure.usage)
        }
        guard kind == .event || pattern.hasPrefix("/") || pattern.hasPrefix("*") else {
            throw Failure(
                "'\(pattern)' is no page's path; it begins with / (or *).", code: Failure.usage)
        }
        return GoalTarget(kind, pattern)
    }
}
