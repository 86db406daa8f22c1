import CFootfall
import Collector
import Logging

/// How many files, connections among them, the system lets this process have open.
enum OpenFiles {
    /// Raises the system's limit as far as it goes, and lowers the collector's to what that allows.
    ///
    /// - Throws: `Failure` when it allows too few for a collector.
    static func fit(_ limits: CollectorLimits, logger: Logger) throws -> CollectorLimits {
        let allowed = footfall_allow_open_files()
        guard allowed >= 0 else { return limits }
        var fitting = limits
        guard fitting.fit(openFiles: allowed) else {
            throw Failure(
                """
                The system lets this process open \(allowed) files, too few for a collector. \
                Raise the limit: LimitNOFILE= in its systemd unit, or ulimit -n in the shell.
                """)
        }
        if fitting.connections < limits.connections {
            logger.warning(
                """
                limit.connections is \(limits.connections), and the system's limit of \(allowed) \
                open files leaves room for \(fitting.connections): raise it (LimitNOFILE=, \
                ulimit -n), or lower limit.connections.
                """)
        }
        return fitting
    }
}
