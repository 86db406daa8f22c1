import Logging
import Synchronization

/// The level of all loggers of the process; changed while it runs, by SIGHUP.
final class LogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    init(_ level: Logger.Level) {
        self.level = Mutex(level)
    }

    var value: Logger.Level {
        get { level.withLock { $0 } }
        set { level.withLock { $0 = newValue } }
    }

    /// Structured lines on standard error; nothing that we log names a visitor (I3).
    func logger() -> Logger {
        Logger(label: "footfall") { label in
            AdjustableLogHandler(
                level: self, inner: StreamLogHandler.standardError(label: label))
        }
    }
}

/// Passes on what the process's level lets through.
private struct AdjustableLogHandler: LogHandler {
    let level: LogLevel
    var inner: StreamLogHandler

    var logLevel: Logger.Level {
        get { level.value }
        set { level.value = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { inner.log(event: event) }
}
