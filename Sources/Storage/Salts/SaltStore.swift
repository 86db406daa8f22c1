package import Analytics
import Foundation

/// Salts on disk: one file of 32 bytes each, `SITE-START.salt`, made with first-writer-wins and
/// destroyed by overwriting in place, syncing and unlinking (DESIGN §4, I5).
///
/// What a copy-on-write disk or a snapshot keeps below a file is outside its reach.
package struct SaltStore: Sendable {
    private let folder: String
    private let random: RandomSource

    package init(folder: DataFolder, random: RandomSource = .system) {
        self.folder = folder.secretPath
        self.random = random
    }

    /// A salt's file, by its name.
    package struct Entry: Hashable, Sendable {
        package var site: SiteID
        package var start: Instant
        var name: String { "\(site)-\(start.milliseconds).salt" }
    }

    /// The salt of a site's period, made if this is the period's first use.
    ///
    /// A period once left never gets a second salt: when the clock has stepped back into one, the
    /// salt of the period it came from is given in its place.
    package func salt(site: SiteID, period: SaltPeriod) throws(StorageError) -> Salt {
        let entry = Entry(site: site, start: period.start)
        if let salt = try read(entry) { return salt }
        let newer = try entries().filter { $0.site == site && $0.start > period.start }
        if let latest = newer.max(by: { $0.start < $1.start }), let salt = try read(latest) {
            return salt
        }
        if let left = leftThrough(site), period.start < left {
            // All salts of the time after are gone too: the one made now counts for that time.
            return try create(Entry(site: site, start: left))
        }
        return try create(entry)
    }

    /// The salt of a period, if it still exists.
    package func existingSalt(site: SiteID, period: SaltPeriod) throws(StorageError) -> Salt? {
        try read(Entry(site: site, start: period.start))
    }

    package func entries() throws(StorageError) -> [Entry] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .saltUnavailable(error.localizedDescription)
        }
        return names.compactMap { name in
            guard name.hasSuffix(".salt") else { return nil }
            let parts = name.dropLast(5).split(separator: "-", maxSplits: 1)
            guard parts.count == 2, let site = Int64(parts[0]), let start = Int64(parts[1]) else {
                return nil
            }
            return Entry(site: site, start: Instant(milliseconds: start))
        }
    }

    /// Destroys every salt whose period ended a session timeout and a minute ago, and those of
    /// sites that are no more.
    ///
    /// - Returns: how many were destroyed.
    @discardableResult
    package func destroyExpired(sites: [Site], at now: Instant) throws(StorageError) -> Int {
        var destroyed = 0
        for entry in try entries() {
            if let site = sites.first(where: { $0.id == entry.site }) {
                let calendar = site.calendar
                let period = calendar.saltPeriod(containing: entry.start)
                let timeout = calendar.epoch(at: period.end).sessionTimeout
                guard now > period.end + timeout + Self.grace else { continue }
                try note(leftThrough: period.end, entry.site)
            }
            try destroy(entry)
            destroyed += 1
        }
        return destroyed
    }

    /// A salt is destroyed this long after the timeout that follows its period.
    package static let grace = TimeSpan.minutes(1)

    private func path(_ entry: Entry) -> String { folder + "/" + entry.name }

    private func read(_ entry: Entry) throws(StorageError) -> Salt? {
        let descriptor = open(path(entry), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw failure() }
            return nil
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Salt.byteCount)
        guard Glibc.read(descriptor, &bytes, bytes.count) == bytes.count else {
            throw .saltUnavailable("\(path(entry)) is not 32 bytes long; remove it")
        }
        return Salt(bytes: bytes)
    }

    /// Writes a file of its own and links it to the name, which fails if another process was
    /// first: then that one's salt counts.
    private func create(_ entry: Entry) throws(StorageError) -> Salt {
        let salt = Salt(bytes: random.bytes(Salt.byteCount))
        let draft = folder + "/draft-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        let isWritten =
            write(descriptor, salt.bytes, Salt.byteCount) == Salt.byteCount
            && fsync(descriptor) == 0
        close(descriptor)
        defer { unlink(draft) }
        guard isWritten else { throw failure() }
        guard link(draft, path(entry)) == 0 else {
            guard errno == EEXIST, let winner = try read(entry) else { throw failure() }
            try overwrite(draft)
            return winner
        }
        try syncFolder(folder)
        return salt
    }

    private func destroy(_ entry: Entry) throws(StorageError) {
        try overwrite(path(entry))
        guard unlink(path(entry)) == 0 || errno == ENOENT else { throw failure() }
        try syncFolder(folder)
    }

    private func overwrite(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw failure() }
            return
        }
        defer { close(descriptor) }
        for filler in [UInt8(0xff), 0] {
            let bytes = [UInt8](repeating: filler, count: Salt.byteCount)
            guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, fsync(descriptor) == 0
            else { throw failure() }
        }
    }

    private func failure() -> StorageError {
        .saltUnavailable("\(folder): \(String(cString: strerror(errno)))")
    }

    // MARK: Periods left

    private func leftPath(_ site: SiteID) -> String { folder + "/\(site).left" }

    private func leftThrough(_ site: SiteID) -> Instant? {
        guard let text = try? String(contentsOfFile: leftPath(site), encoding: .utf8) else {
            return nil
        }
        return Int64(text).map(Instant.init(milliseconds:))
    }

    private func note(leftThrough end: Instant, _ site: SiteID) throws(StorageError) {
        guard leftThrough(site).map({ $0 < end }) ?? true else { return }
        do {
            try Data("\(end.milliseconds)".utf8)
                .write(to: URL(fileURLWithPath: leftPath(site)), options: .atomic)
        } catch {
            throw .saltUnavailable(error.localizedDescription)
        }
    }
}
