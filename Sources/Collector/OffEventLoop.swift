import Dispatch

/// Runs what waits for a disk on a thread of its own: the threads that serve requests are as few
/// as the machine's cores.
package func offEventLoop<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
    }
}
