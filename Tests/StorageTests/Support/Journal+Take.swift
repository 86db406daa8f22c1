import Storage

extension Journal {
    /// Hands entries over and waits for their acknowledgement.
    ///
    /// - Parameter acknowledged: called when it comes, on the journal's thread.
    func take(
        _ entries: [JournalEntry], acknowledged: @escaping @Sendable () -> Void = {}
    ) async -> Result<Void, Failure> {
        await withCheckedContinuation { continuation in
            submit(entries) { result in
                acknowledged()
                continuation.resume(returning: result)
            }
        }
    }
}
