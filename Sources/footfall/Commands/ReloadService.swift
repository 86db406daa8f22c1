import Analytics
import Collector
import Logging
import ServiceLifecycle
import UnixSignals

/// On SIGHUP reads the log level, the certificates, and what hits are recognised by again; what is at
/// fault stays as it was.
struct ReloadService: Service {
    let settings: @Sendable () async throws -> Settings
    let level: LogLevel
    let certificates: ServerCertificates?
    let recognition: @Sendable (Settings) throws -> Recognition
    let receiver: BeaconReceiver
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) { await reload() }
        }
    }

    private func reload() async {
        let settings: Settings
        do {
            settings = try await self.settings()
        } catch {
            tell(error)
            return
        }
        level.value = settings.logLevel
        var read = ["the log level"]
        var faults: [any Error] = []
        func part(_ name: String, _ load: () throws -> Void) {
            do {
                try load()
                read.append(name)
            } catch {
                faults.append(error)
            }
        }
        if let certificates { part("the certificates") { try certificates.reload() } }
        part("tables, lists and places") {
            receiver.replace(IngestSteps(recognition: try recognition(settings)))
        }
        logger.notice("Read again: \(read.joined(separator: ", ")).")
        for fault in faults { tell(fault) }
    }

    private func tell(_ fault: any Error) {
        logger.error("Could not be read again: \(Failure(fault)?.message ?? "\(fault)")")
    }
}
