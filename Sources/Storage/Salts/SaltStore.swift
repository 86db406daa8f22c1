package import Analytics
import Foundation

/// Salts on disk: one file of 32 bytes each, `SITE-START.salt`, made with first-writer-wins and
/// destroyed by overwriting in place, syncing and unlinking (DESIGN §4, I5).
///
/// What a copy-on-write disk or a snapshot keeps below a file is outside its reach.
///
/// The collector uses one store and its copies: it makes salts in memory (`draft`), since a salt
/// is first needed on an event loop, which no disk may hold up, and the journal makes them durable
/// (`keepDrafts`) before it commits an event under one. Killed in between, nothing is kept under
/// the lost salt.
package struct SaltStore: Sendable {
    private let folder: String
    private let random: RandomSource
    private let drafts = SaltDrafts()

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

    /// The salt of a site's period, made if this is the period's first use, and durable.
    ///
    /// A period once left never gets a second salt: when the clock has stepped back into one, the
    /// salt of the period it came from is given in its place.
    package func salt(site: SiteID, period: SaltPeriod) throws(StorageError) -> Salt {
        switch try find(site, period) {
        case .found(let salt): return salt
        case .missing(let entry): return try create(entry, newSalt())
        }
    }

    /// The same for the holder of the collector's lock, without a wait for the disk to sync: what
    /// is made is in memory only until `keepDrafts`.
    package func draft(site: SiteID, period: SaltPeriod) throws(StorageError) -> Salt {
        switch try find(site, period) {
        case .found(let salt): return salt
        case .missing(let entry): return drafts.add(entry, newSalt())
        }
    }

    /// Makes the salts durable that are in memory only; cheap when there is none.
    ///
    /// - Throws: `saltUnavailable` when one can't be, or when another process made one for the same
    ///   period: nothing may be kept under ours then.
    package func keepDrafts() throws(StorageError) {
        for (entry, salt) in drafts.salts {
            let kept = try create(entry, salt)
            drafts.remove(entry)
            guard kept == salt else {
                drafts.countLost()
                throw .saltUnavailable("another process made \(path(entry)) at the same time")
            }
        }
    }

    /// Rises when a draft was lost to another process's salt: who holds salts asks again.
    package var lostDrafts: Int { drafts.lostCount }

    private enum Finding {
        case found(Salt)
        /// None; this is the name that a new one gets.
        case missing(Entry)
    }

    private func find(_ site: SiteID, _ period: SaltPeriod) throws(StorageError) -> Finding {
        let entry = Entry(site: site, start: period.start)
        if let salt = try known(entry) { return .found(salt) }
        let newer = try (entries() + drafts.salts.keys)
            .filter { $0.site == site && $0.start > period.start }
        if let latest = newer.max(by: { $0.start < $1.start }), let salt = try known(latest) {
            return .found(salt)
        }
        guard let left = leftThrough(site), period.start < left else { return .missing(entry) }
        // All salts of the time after are gone too: the one made now counts for that time.
        let after = Entry(site: site, start: left)
        return try known(after).map(Finding.found) ?? .missing(after)
    }

    private func known(_ entry: Entry) throws(StorageError) -> Salt? {
        if let draft = drafts.salts[entry] { return draft }
        return try read(entry)
    }

    private func newSalt() -> Salt { Salt(bytes: random.bytes(Salt.byteCount)) }

    /// The salt of a period, if it still exists.
    package func existingSalt(site: SiteID, period: SaltPeriod) throws(StorageError) -> Salt? {
        try known(Entry(site: site, start: period.start))
    }

    /// - Throws: `saltUnavailable` when a salt can't be read.
    package func check(_ entry: Entry) throws(StorageError) { _ = try read(entry) }

    /// Whether all can be read that there are.
    var areReadable: Bool {
        do throws(StorageError) {
            for entry in try entries() { try check(entry) }
            return true
        } catch {
            return false
        }
    }

    /// Those on disk. Where the folder is gone, with all that was in it, it is made anew.
    package func entries() throws(StorageError) -> [Entry] {
        let names: [String]
        do {
            if !FileManager.default.fileExists(atPath: folder) {
                try DataFolder.makeSecret(at: folder)
            }
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

    /// Destroys every salt whose period ended a session timeout and a minute ago, those of sites
    /// that are no more, and those of a time to come, which a clock that was ahead has left: it
    /// would stand for every period until then.
    ///
    /// One that can't be destroyed keeps no other.
    ///
    /// - Parameter sites: asked for after the salts were listed, so that a site that is added
    ///   meanwhile is not taken for one that is no more.
    /// - Returns: how many were destroyed.
    @discardableResult
    package func destroyExpired(
        sites: @autoclosure () throws(StorageError) -> [Site], at now: Instant
    ) throws(StorageError) -> Int {
        let (kept, drafted) = (try entries(), drafts.salts.keys)
        let sites = try sites()
        var destroyed = 0
        for entry in drafted where end(of: entry, sites).map({ now > $0.destruction }) ?? true {
            drafts.remove(entry)
            destroyed += 1
        }
        var failure: StorageError?
        for entry in kept {
            let end = end(of: entry, sites)
            let isToCome = entry.start - now > Self.farthestStart
            guard end.map({ now > $0.destruction }) ?? true || isToCome else { continue }
            do throws(StorageError) {
                if let end, !isToCome { try note(leftThrough: end.period, entry.site) }
            } catch {
                // A full disk keeps no secret: the salt goes all the same.
                failure = error
            }
            do throws(StorageError) {
                try destroy(entry)
                destroyed += 1
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return destroyed
    }

    /// No period of a right clock starts later: an announced time zone may start a day early.
    private static let farthestStart = TimeSpan.days(2)

    /// When a salt's period ends and when the salt is due to be destroyed; `nil` when its site is
    /// no more.
    private func end(
        of entry: Entry, _ sites: [Site]
    ) -> (period: Instant, destruction: Instant)? {
        guard let calendar = sites.first(where: { $0.id == entry.site })?.calendar else {
            return nil
        }
        let end = calendar.saltPeriod(containing: entry.start).end
        return (end, end + calendar.epoch(at: end).sessionTimeout + Self.grace)
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
    ///
    /// - Returns: the salt that counts.
    private func create(_ entry: Entry, _ salt: Salt) throws(StorageError) -> Salt {
        let draft = folder + "/draft-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        let isWritten =
            write(descriptor, salt.bytes, Salt.byteCount) == Salt.byteCount
            && fsync(descriptor) == 0
        close(descriptor)
        defer { unlink(draft) }
        guard isWritten else {
            let failure = failure()
            try? overwrite(draft)
            throw failure
        }
        var winner = salt
        if link(draft, path(entry)) != 0 {
            guard errno == EEXIST, let first = try read(entry) else { throw failure() }
            // It may be ours, whose name a failed sync left in doubt: its bytes stay.
            winner = first
            try overwrite(draft)
        }
        try syncFolder(folder)
        return winner
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
