package import Logging
import ServiceLifecycle
package import Storage

/// Catches up when no aggregation has run for 25 h, because cron is broken or was never set up:
/// retention and salts must not depend on it (DESIGN §5).
package struct AggregationWatch: Service {
    private static let interval = Duration.seconds(600)

    let aggregator: Aggregator
    let logger: Logger

    package init(aggregator: Aggregator, logger: Logger) {
        self.aggregator = aggregator
        self.logger = logger
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await offEventLoop({ try aggregator.isOverdue() }) {
                        logger.warning("No aggregation has run for 25 hours; doing it now.")
                        let report = try await offEventLoop { try aggregator.run() }
                        for problem in report.problems { logger.error("\(problem)") }
                    }
                } catch {
                    logger.error("The aggregation failed.", metadata: ["cause": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
