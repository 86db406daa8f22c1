import Dispatch

/// Runs what waits for a disk, or for another process's lock, on a thread of its own: the threads
/// that serve requests are as few as the machine's cores.
///
/// On a serial queue made for it: those get a thread each, where the global queues share as many
/// as the machine has cores, with Swift's tasks, and two that wait would hold up all of them.
package func offEventLoop<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "footfall.waiting").async {
            continuation.resume(with: Result(catching: body))
        }
    }
}
