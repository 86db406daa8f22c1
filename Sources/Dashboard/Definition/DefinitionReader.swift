import Analytics
import Yams

/// YAML → typed panels. Goes on after a fault, so that all of them are told at once.
struct DefinitionReader {
    private static let panelNames = ["header", "chart", "table", "now", "books"]
    private static let tableKeys = ["title", "dimension", "metrics", "limit", "optional"]
    /// What a chart can show: figures that a single hour has too.
    private static let chartMetrics: [Metric] = [.visitors, .sessions, .pageviews, .events]
    private static let mostPanels = 50
    private static let mostMetrics = 6
    private static let limits = 1...100
    private static let longestTitle = 60

    private let file: String
    private var faults: [DefinitionError.Fault] = []

    static func read(_ yaml: String, file: String) throws(DefinitionError) -> DashboardDefinition {
        var reader = DefinitionReader(file: file)
        let definition = reader.definition(of: yaml)
        guard reader.faults.isEmpty, let definition else {
            throw DefinitionError(faults: reader.faults)
        }
        return definition
    }

    private init(file: String) {
        self.file = file
    }

    private mutating func definition(of yaml: String) -> DashboardDefinition? {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            fault(error)
            return nil
        } catch {
            fault("the file cannot be read as YAML: \(error)", at: nil)
            return nil
        }
        guard let root else {
            fault("the file is empty; a dashboard needs 'panels:' with a list below it", at: nil)
            return nil
        }
        guard let keys = values(of: root, allowed: ["panels"], for: "a dashboard") else {
            return nil
        }
        guard let list = keys["panels"] else {
            fault("the dashboard has no panels; add 'panels:' with a list below it", at: root)
            return nil
        }
        guard let items = list.sequence, (1...Self.mostPanels).contains(items.count) else {
            fault(
                "'panels' needs a list of 1 to \(Self.mostPanels) panels: '- header: …'", at: list)
            return nil
        }
        let panels = items.map { panel($0) }
        return DashboardDefinition(panels: panels.compactMap(\.self))
    }

    // MARK: Panels

    /// A panel is a name, or one name with its keys below it.
    private mutating func panel(_ node: Node) -> DashboardDefinition.Panel? {
        let (name, body): (Node, Node?)
        if let mapping = node.mapping, mapping.count == 1, let pair = mapping.first {
            (name, body) = (pair.key, pair.value)
        } else if node.scalar != nil {
            (name, body) = (node, nil)
        } else {
            fault("a panel is one name with its keys below it, such as '- table:'", at: node)
            return nil
        }
        let text = name.scalar?.string ?? ""
        switch text {
        case "now", "books":
            if let body {
                fault("'\(text)' has no keys; write '- \(text)' alone", at: body)
                return nil
            }
            return text == "now" ? .now : .books
        case "header", "chart", "table":
            guard let body else {
                fault("'\(text)' needs keys below it; write '- \(text):' and indent them", at: name)
                return nil
            }
            return panel(text, body)
        default:
            fault(unknown("panel", text, known: Self.panelNames), at: name)
            return nil
        }
    }

    private mutating func panel(_ name: String, _ body: Node) -> DashboardDefinition.Panel? {
        switch name {
        case "header":
            guard let keys = values(of: body, allowed: ["figures"], for: "a header"),
                let node = required("figures", keys, of: "a header", body)
            else { return nil }
            return metrics(node, among: Metric.allCases).map { .header($0) }
        case "chart":
            guard let keys = values(of: body, allowed: ["metric"], for: "a chart"),
                let node = required("metric", keys, of: "a chart", body)
            else { return nil }
            return metric(node, among: Self.chartMetrics).map { .chart($0) }
        default:
            return table(body).map { .table($0) }
        }
    }

    private mutating func table(_ body: Node) -> DashboardDefinition.Table? {
        guard let keys = values(of: body, allowed: Self.tableKeys, for: "a table") else {
            return nil
        }
        let title = required("title", keys, of: "a table", body).flatMap { self.title($0) }
        let dimension = required("dimension", keys, of: "a table", body).flatMap {
            self.dimension($0)
        }
        var given: [Metric]?
        if let node = required("metrics", keys, of: "a table", body) {
            let known = Metric.allCases.filter {
                $0.isOfEvents || dimension?.hasSessionMetrics ?? true
            }
            given = metrics(node, among: known)
        }
        let limit = keys["limit"].map { self.limit($0) } ?? 10
        let isOptional = keys["optional"].map { self.flag($0) } ?? false
        guard let title, let dimension, let given, let limit, let isOptional else { return nil }
        return DashboardDefinition.Table(
            title: title, dimension: dimension, metrics: given, limit: limit,
            isOptional: isOptional)
    }

    // MARK: Values

    private mutating func title(_ node: Node) -> String? {
        if let text = node.scalar?.string, (1...Self.longestTitle).contains(text.count) {
            return text
        }
        fault("a title is a text of 1 to \(Self.longestTitle) letters", at: node)
        return nil
    }

    private mutating func dimension(_ node: Node) -> Analytics.Dimension? {
        let text = node.scalar?.string ?? ""
        if let dimension = Analytics.Dimension(rawValue: text) { return dimension }
        let known = Analytics.Dimension.allCases.map(\.rawValue)
        fault(unknown("dimension", text, known: known), at: node)
        return nil
    }

    private mutating func metric(_ node: Node, among known: [Metric]) -> Metric? {
        let text = node.scalar?.string ?? ""
        if let metric = Metric(rawValue: text) {
            if known.contains(metric) { return metric }
            let names = known.map(\.rawValue).joined(separator: ", ")
            fault("'\(text)' is not to be had here; there are \(names)", at: node)
            return nil
        }
        fault(unknown("metric", text, known: known.map(\.rawValue)), at: node)
        return nil
    }

    private mutating func metrics(_ node: Node, among known: [Metric]) -> [Metric]? {
        guard let items = node.sequence, (1...Self.mostMetrics).contains(items.count) else {
            fault(
                "a list of 1 to \(Self.mostMetrics) metrics is needed: [visitors, sessions]",
                at: node)
            return nil
        }
        var found: [Metric] = []
        for item in items {
            guard let metric = metric(item, among: known) else { continue }
            if found.contains(metric) {
                fault("'\(metric.rawValue)' stands twice in the list; leave one out", at: item)
            }
            found.append(metric)
        }
        return found
    }

    private mutating func limit(_ node: Node) -> Int? {
        if let limit = node.int, Self.limits.contains(limit) { return limit }
        fault(
            "a limit is a whole number from \(Self.limits.lowerBound) to \(Self.limits.upperBound)",
            at: node)
        return nil
    }

    private mutating func flag(_ node: Node) -> Bool? {
        if let flag = node.bool { return flag }
        fault("'optional' is true or false", at: node)
        return nil
    }

    private mutating func required(
        _ key: String, _ keys: [String: Node], of owner: String, _ body: Node
    ) -> Node? {
        if let node = keys[key] { return node }
        fault("\(owner) needs the key '\(key)'; add it here", at: body)
        return nil
    }

    /// The values of a mapping by key; a key that is not allowed is a fault.
    private mutating func values(
        of node: Node, allowed: [String], for owner: String
    ) -> [String: Node]? {
        guard let mapping = node.mapping else {
            fault("\(owner) needs keys here: \(allowed.joined(separator: ", "))", at: node)
            return nil
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            let text = key.scalar?.string ?? ""
            if allowed.contains(text) {
                values[text] = value
            } else {
                fault(unknown("key", text, known: allowed, of: owner), at: key)
            }
        }
        return values
    }

    // MARK: Faults

    private func unknown(
        _ kind: String, _ text: String, known: [String], of owner: String? = nil
    ) -> String {
        let place = owner.map { " in \($0)" } ?? ""
        let near = known.map { ($0, editDistance(text, $0)) }.min { $0.1 < $1.1 }
        if let near, near.1 <= 2 {
            return "there is no \(kind) '\(text)'\(place); did you mean '\(near.0)'?"
        }
        return "there is no \(kind) '\(text)'\(place); there are \(known.joined(separator: ", "))"
    }

    private mutating func fault(_ message: String, at node: Node?) {
        fault(message, line: node?.mark?.line ?? 1, column: node?.mark?.column ?? 1)
    }

    private mutating func fault(_ message: String, line: Int, column: Int) {
        faults.append(.init(file: file, line: line, column: column, message: message))
    }

    private mutating func fault(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            fault("not YAML: \(problem)", line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            fault(
                "a key stands twice: \(keys); leave one out", line: context.mark.line,
                column: context.mark.column)
        default:
            fault("the file cannot be read as YAML: \(error)", at: nil)
        }
    }
}

/// Letters to insert, remove or replace to make one word the other.
package func editDistance(_ left: String, _ right: String) -> Int {
    let letters = Array(right)
    var row = Array(0...letters.count)
    for (index, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for (position, other) in letters.enumerated() {
            let replaced = diagonal + (letter == other ? 0 : 1)
            diagonal = row[position + 1]
            row[position + 1] = min(replaced, row[position] + 1, row[position + 1] + 1)
        }
    }
    return row[letters.count]
}
