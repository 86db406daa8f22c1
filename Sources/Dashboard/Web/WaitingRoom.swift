import Dispatch
import Synchronization

/// Runs slow work off the event loop, a little at a time: folding a day takes a processor for up
/// to a second, and the collector must not wait for it. Both what runs and what waits is bounded
/// (I11).
final class WaitingRoom: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let mostRunning: Int
    private let mostWaiting: Int
    private let state = Mutex(State())

    init(mostRunning: Int = 2, mostWaiting: Int = 32) {
        self.mostRunning = mostRunning
        self.mostWaiting = mostWaiting
    }

    /// The body's result; `nil` when too many wait already.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value? {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = take {
                continuation.resume(with: Result { try body() })
            }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    private func take(_ work: @escaping @Sendable () -> Void) -> Bool {
        enum Place { case now, later, none }
        let place = state.withLock { state -> Place in
            if state.running < mostRunning {
                state.running += 1
                return .now
            }
            guard state.waiting.count < mostWaiting else { return .none }
            state.waiting.append(work)
            return .later
        }
        if place == .now { start(work) }
        return place != .none
    }

    private func start(_ work: @escaping @Sendable () -> Void) {
        // A serial queue made for it has a thread of its own, while a concurrent one would take
        // those that Swift's tasks run on, which may have to wait for a locked database.
        DispatchQueue(label: "footfall.dashboard").async {
            work()
            self.startNext()
        }
    }

    private func startNext() {
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        if let next { start(next) }
    }
}
