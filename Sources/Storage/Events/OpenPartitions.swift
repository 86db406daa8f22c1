import Analytics

/// The partitions that a collector has open, by UTC day: opens them when they are needed, looks
/// after their files and closes them when their days are over.
// Unchecked: after the journal's `init`, touched on its queue alone, which runs one block at a time.
final class OpenPartitions: @unchecked Sendable {
    private let folder: DataFolder
    private let newEntriesPerSite: Int
    private let warn: @Sendable (String) -> Void
    private var byDay: [LocalDay: PartitionWriter] = [:]
    /// What is at fault with which file, and was warned of: not told again until it is mended.
    private var told: [String: String] = [:]

    /// - Parameter warn: takes whole sentences that name a file.
    init(
        folder: DataFolder, newEntriesPerSite: Int, warn: @escaping @Sendable (String) -> Void
    ) {
        self.folder = folder
        self.newEntriesPerSite = newEntriesPerSite
        self.warn = warn
    }

    /// Texts that became `(other)`.
    var otherCount: Int { byDay.values.map(\.otherCount).reduce(0, +) }

    /// Writes entries of one UTC day in one synced transaction.
    func write(
        _ entries: some Sequence<JournalEntry>, on day: LocalDay
    ) throws(StorageError) {
        let writer = try writer(for: day)
        do {
            try writer.write(entries)
        } catch {
            if writer.mustReopen { give(up: writer) }
            throw error
        }
    }

    /// Opens a day's partition if it is not open, or is not the one that was opened any more.
    @discardableResult
    func writer(for day: LocalDay) throws(StorageError) -> PartitionWriter {
        if let writer = byDay[day], try isUsable(writer) { return writer }
        let writer = try PartitionWriter(
            PartitionFile(folder: folder.eventsPath, day: day),
            newEntriesPerSite: newEntriesPerSite)
        byDay[day] = writer
        return writer
    }

    // MARK: Files that go

    /// Gives the connection up if the partition's files are not the ones that it opened.
    ///
    /// - Throws: when a log that was deleted can't be saved now.
    private func isUsable(_ writer: PartitionWriter) throws(StorageError) -> Bool {
        let path = writer.file.path
        switch writer.place {
        case .asOpened: return true
        case .fileGone:
            warn(
                """
                The partition \(path) was deleted, moved away or replaced while the collector had \
                it open. What was kept in it has gone with it; a new one is begun, or the one that \
                is there is gone on with.
                """)
            give(up: writer)
        case .logGone:
            // The owner has to move a damaged file away; its log is not put into it.
            if writer.isDamaged { return true }
            try writer.saveLog()
            warn(
                """
                What belongs to the partition \(path) (-wal or -shm) was deleted or replaced while \
                the collector had it open. Nothing was lost: it was still in the collector's hands.
                """)
            byDay[writer.file.day] = nil
        }
        return false
    }

    private func give(up writer: PartitionWriter) {
        writer.abandon()
        byDay[writer.file.day] = nil
    }

    /// Looks whether the open partitions are where they were opened, and undamaged; warns of what
    /// is not, once.
    ///
    /// - Returns: whether nothing is at fault.
    func inspect() -> Bool {
        var isSound = true
        for writer in byDay.values {
            isSound =
                attempt(writer.file.path) { () throws(StorageError) in
                    guard try isUsable(writer) else { return }
                    try writer.lookForDamage()
                } && isSound
        }
        return isSound
    }

    /// - Returns: whether it went well; what went wrong with a file is warned of once.
    private func attempt(
        _ path: String, _ body: () throws(StorageError) -> Void
    ) -> Bool {
        do throws(StorageError) {
            try body()
            told[path] = nil
            return true
        } catch {
            let text = error.description
            if told.updateValue(text, forKey: path) != text { warn(text) }
            return false
        }
    }

    // MARK: Days that are over

    /// Closes partitions of days that are over, and moves grown logs into their files.
    func tidy(at now: Instant) {
        let closable = now - FoldWindow.lateness
        for (day, writer) in byDay {
            if day.advanced(by: 1).startInUTC <= closable {
                close(writer)
            } else if writer.place == .asOpened {
                try? writer.checkpointIfDue()
            }
        }
    }

    /// Closes partitions before `day` that a collector left open, as a crash does. One that can't
    /// be closed stops nothing: it is warned of, once.
    ///
    /// Only the holder of the collector's lock may call it.
    func closeLeft(before day: LocalDay) throws(StorageError) {
        // Names are enough: whether an import's file counts is for the main database to say, which
        // may be locked.
        for file in try folder.partitionFiles()
        where file.day < day && file.importID == nil && byDay[file.day] == nil && !file.isClosed {
            _ = attempt(file.path) { () throws(StorageError) in try PartitionWriter(file).close() }
        }
    }

    func closeAll() {
        for writer in byDay.values { close(writer) }
    }

    private func close(_ writer: PartitionWriter) {
        switch writer.place {
        case .asOpened where !writer.isDamaged: _ = try? writer.close()
        case .logGone where !writer.isDamaged:
            // The log is in this connection's hands alone: it stays open while a reader is in the
            // way.
            guard (try? writer.saveLog()) != nil else { return }
        default: writer.abandon()
        }
        byDay[writer.file.day] = nil
    }
}
