import CFootfall
import Foundation

/// What keeps addresses and user agents in memory from reaching a disk or a log (I3).
enum ProcessSafety {
    static func apply() {
        let result = footfall_forbid_core_dumps()
        if result != 0 {
            Console.error("core dumps could not be forbidden: \(String(cString: strerror(result)))")
        }
        // Swift's own crash report prints registers and the memory that they point to; the
        // system's default prints nothing.
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT] {
            Glibc.signal(signal, SIG_DFL)
        }
        // A reader that has gone is seen where it is written to.
        Glibc.signal(SIGPIPE, SIG_IGN)
        umask(0o077)
    }
}
