import Collector
import Logging
import ServiceLifecycle
import UnixSignals

/// On SIGHUP reads the log level and the certificates again; what is at fault stays as it was.
struct ReloadService: Service {
    let settings: @Sendable () async throws -> Settings
    let level: LogLevel
    let certificates: ServerCertificates?
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) { await reload() }
        }
    }

    private func reload() async {
        do {
            level.value = try await settings().logLevel
            try certificates?.reload()
            logger.notice(
                "Read again: the log level\(certificates == nil ? "" : " and the certificates").")
        } catch {
            logger.error("Could not be read again: \(error)")
        }
    }
}
