package import Analytics
import Foundation

/// The clock, passed in so that tests can move it.
package struct Clock: Sendable {
    package var now: @Sendable () -> Instant

    package init(now: @escaping @Sendable () -> Instant) {
        self.now = now
    }

    package static let system = Clock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The system's clock plus the offset in ms that a file holds, read each time: lets a test
    /// move the clock of a running process past a midnight.
    package static func shifted(byFileAt path: String) -> Clock {
        Clock {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let offset = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
            return Clock.system.now() + TimeSpan(milliseconds: offset)
        }
    }
}

/// Random bytes, passed in so that tests can choose them.
package struct RandomSource: Sendable {
    package var bytes: @Sendable (_ count: Int) -> [UInt8]

    package init(bytes: @escaping @Sendable (_ count: Int) -> [UInt8]) {
        self.bytes = bytes
    }

    package static let system = RandomSource { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension Fingerprinter {
    package init(random: RandomSource) {
        self.init(key: random.bytes(Self.keyLength))
    }
}
