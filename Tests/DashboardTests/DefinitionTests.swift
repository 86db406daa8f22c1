import Analytics
import Testing

@testable import Dashboard

@Suite("Dashboard file")
struct DefinitionTests {
    @Test("the one that ships is read, and has what the overview promises")
    func overview() throws {
        let definition = try DashboardDefinition.overview()
        #expect(definition.panels.first == .now)
        #expect(definition.panels.last == .books)
        let dimensions = definition.panels.compactMap { panel in
            if case .table(let table) = panel { table.dimension } else { nil }
        }
        for dimension: Analytics.Dimension in [
            .page, .source, .country, .device, .entryPage, .exitPage,
        ] {
            #expect(dimensions.contains(dimension))
        }
    }

    @Test("every key is read")
    func everyKey() throws {
        let definition = try DashboardDefinition(
            yaml: """
                panels:
                  - now
                  - header:
                      figures: [visitors, typical_visit_seconds]
                  - chart: {metric: pageviews}
                  - table:
                      title: Goods & co
                      dimension: entry_page
                      metrics:
                        - sessions
                        - bounce_rate
                      limit: 3
                      optional: true
                  - table: {title: "T", dimension: os, metrics: [visitors]}
                  - books
                """, file: "x.yaml")
        #expect(
            definition
                == DashboardDefinition(panels: [
                    .now, .header([.visitors, .typicalVisitSeconds]), .chart(.pageviews),
                    .table(
                        .init(
                            title: "Goods & co", dimension: .entryPage,
                            metrics: [.sessions, .bounceRate], limit: 3, isOptional: true)),
                    .table(.init(title: "T", dimension: .os, metrics: [.visitors], limit: 10)),
                    .books,
                ]))
    }

    private static let table = "panels:\n  - table:\n      title: Pages\n      "

    @Test(
        "a fault has its place and its mend",
        arguments: [
            ("", "x.yaml:1:1: the file is empty; a dashboard needs 'panels:' with a list below it"),
            (
                "title: Overview",
                "x.yaml:1:1: there is no key 'title' in a dashboard; there are panels\nx.yaml:1:1: the dashboard has no panels; add 'panels:' with a list below it"
            ),
            (
                "panel: []",
                "x.yaml:1:1: there is no key 'panel' in a dashboard; did you mean 'panels'?\nx.yaml:1:1: the dashboard has no panels; add 'panels:' with a list below it"
            ),
            ("panels: 3", "x.yaml:1:9: 'panels' needs a list of 1 to 50 panels: '- header: …'"),
            ("panels: []", "x.yaml:1:9: 'panels' needs a list of 1 to 50 panels: '- header: …'"),
            ("[1, 2]", "x.yaml:1:1: a dashboard needs keys here: panels"),
            (
                "panels:\n  - tabel: {}",
                "x.yaml:2:5: there is no panel 'tabel'; did you mean 'table'?"
            ),
            (
                "panels:\n  - map",
                "x.yaml:2:5: there is no panel 'map'; there are header, chart, table, now, books"
            ),
            (
                "panels:\n  - worldwide",
                "x.yaml:2:5: there is no panel 'worldwide'; there are header, chart, table, now, books"
            ),
            (
                "panels:\n  - chart",
                "x.yaml:2:5: 'chart' needs keys below it; write '- chart:' and indent them"
            ),
            (
                "panels:\n  - books: {a: 1}",
                "x.yaml:2:12: 'books' has no keys; write '- books' alone"
            ),
            (
                "panels:\n  - [now]",
                "x.yaml:2:5: a panel is one name with its keys below it, such as '- table:'"
            ),
            (
                "panels:\n  - chart: {metric: bounce_rate}",
                "x.yaml:2:21: 'bounce_rate' is not to be had here; there are visitors, sessions, pageviews, events"
            ),
            (
                "panels:\n  - header: {figures: [visitors, visitor]}",
                "x.yaml:2:34: there is no metric 'visitor'; did you mean 'visitors'?"
            ),
            (
                "panels:\n  - header: {figures: visitors}",
                "x.yaml:2:23: a list of 1 to 6 metrics is needed: [visitors, sessions]"
            ),
            (
                "panels:\n  - header: {figures: [events, events]}",
                "x.yaml:2:32: 'events' stands twice in the list; leave one out"
            ),
            (
                table + "dimension: pages\n      metrics: [visitors]",
                "x.yaml:4:18: there is no dimension 'pages'; did you mean 'page'?"
            ),
            (
                table + "dimension: page\n      metrics: [bounces]",
                "x.yaml:5:17: 'bounces' is not to be had here; there are visitors, visitor_days, sessions, pageviews, events, engaged_seconds, conversions, conversion_rate, scroll_depth, orders, revenue, average_order"
            ),
            (
                table + "metrics: [visitors]",
                "x.yaml:3:7: a table needs the key 'dimension'; add it here"
            ),
            (
                table + "dimension: page\n      metrics: [visitors]\n      limit: many",
                "x.yaml:6:14: a limit is a whole number from 1 to 100"
            ),
            (
                table + "dimension: page\n      metrics: [visitors]\n      limit: 0",
                "x.yaml:6:14: a limit is a whole number from 1 to 100"
            ),
            (
                table + "dimension: page\n      metrics: [visitors]\n      limmit: 3",
                "x.yaml:6:7: there is no key 'limmit' in a table; did you mean 'limit'?"
            ),
            (
                table + "dimension: page\n      metrics: [visitors]\n      optional: maybe",
                "x.yaml:6:17: 'optional' is true or false"
            ),
            (
                "panels:\n  - now\n - books",
                "x.yaml:3:2: not YAML: did not find expected key"
            ),
            ("panels: [now\n", "x.yaml:2:1: not YAML: did not find expected ',' or ']'"),
            (
                "panels: [now]\npanels: [now]",
                "x.yaml:1:1: a key stands twice: 'panels'; leave one out"
            ),
        ])
    func faults(yaml: String, message: String) {
        #expect {
            try DashboardDefinition(yaml: yaml, file: "x.yaml")
        } throws: { error in
            let text = (error as? DefinitionError)?.description
            if text != message { Issue.record("\(text ?? "\(error)")") }
            return text == message
        }
    }

    @Test("all faults are told at once")
    func allAtOnce() {
        let yaml = """
            panels:
              - tabel: {}
              - chart: {metric: visits}
              - table: {title: "", dimension: pages, metrics: [visitors], limit: 1000}
            """
        #expect {
            try DashboardDefinition(yaml: yaml, file: "x.yaml")
        } throws: { error in
            (error as? DefinitionError)?.faults.map(\.line) == [2, 3, 4, 4, 4]
        }
    }
}
