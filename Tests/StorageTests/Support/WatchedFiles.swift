import Foundation
import GRDBSQLite
import Synchronization

/// SQLite's own access to files with an eye on it: each write, sync and deletion is noted, and
/// fails where a test says so. Everything else is the system's VFS, real files and all.
///
/// A connection opened after `install()` is watched; tests tell their files apart by path.
enum WatchedFiles {
    enum Kind: Hashable, Sendable { case write, sync, truncate, delete, mark }

    struct Operation: Hashable, Sendable {
        var kind: Kind
        var path: String
    }

    /// Fails operations on files whose path begins with `prefix`.
    struct Fault: Sendable {
        var prefix: String
        /// What a path must end in as well: tells a file from its log.
        var suffix = ""
        var kinds: Set<Kind> = [.write, .sync, .truncate, .delete]
        /// So many operations still succeed.
        var after = 0
        /// What SQLite is told; a full disk if nothing is said.
        var code = SQLITE_FULL
    }

    // Pointers are kept as numbers, so that the state may pass between threads.
    private struct State: Sendable {
        var originals: [UInt: UInt] = [:]
        var patched: [UInt: UInt] = [:]
        var paths: [UInt: String] = [:]
        var log: [Operation] = []
        var faults: [Fault] = []
    }

    private static let state = Mutex(State())

    static func install() { _ = installation }

    private static let installation: Bool = {
        // Both live as long as the process; SQLite keeps pointers to them.
        let system = sqlite3_vfs_find(nil)!
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: system.pointee)
        vfs.pointee.zName = UnsafePointer(strdup("watched"))
        vfs.pointee.xOpen = { _, name, file, flags, outFlags in
            WatchedFiles.open(name, file, flags, outFlags)
        }
        vfs.pointee.xDelete = { _, name, syncsFolder in
            let path = name.map { String(cString: $0) } ?? ""
            if let code = WatchedFiles.note(.delete, path) { return code }
            return WatchedFiles.system.pointee.xDelete(WatchedFiles.system, name, syncsFolder)
        }
        return sqlite3_vfs_register(vfs, 1) == SQLITE_OK
    }()

    private static var system: UnsafeMutablePointer<sqlite3_vfs> { sqlite3_vfs_find("unix")! }

    // MARK: For tests

    static func operations(under prefix: String) -> [Operation] {
        state.withLock { state in state.log.filter { $0.path.hasPrefix(prefix) } }
    }

    /// Notes something that the test itself did, between what SQLite does.
    static func mark(_ path: String) {
        state.withLock { $0.log.append(Operation(kind: .mark, path: path)) }
    }

    static func fail(_ fault: Fault) {
        state.withLock { $0.faults.append(fault) }
    }

    static func heal(_ prefix: String) {
        state.withLock { state in state.faults.removeAll { $0.prefix.hasPrefix(prefix) } }
    }

    // MARK: For SQLite

    /// The code to fail with, or `nil` to go on.
    fileprivate static func note(_ kind: Kind, _ path: String) -> Int32? {
        state.withLock { state in
            for index in state.faults.indices
            where state.faults[index].kinds.contains(kind)
                && path.hasPrefix(state.faults[index].prefix)
                && path.hasSuffix(state.faults[index].suffix)
            {
                guard state.faults[index].after == 0 else {
                    state.faults[index].after -= 1
                    continue
                }
                return state.faults[index].code
            }
            state.log.append(Operation(kind: kind, path: path))
            return nil
        }
    }

    fileprivate static func note(_ kind: Kind, _ file: UnsafeMutablePointer<sqlite3_file>?)
        -> Int32?
    {
        let path = state.withLock { $0.paths[UInt(bitPattern: file)] } ?? ""
        return note(kind, path)
    }

    fileprivate static func methods(
        of file: UnsafeMutablePointer<sqlite3_file>?
    ) -> sqlite3_io_methods {
        let original = state.withLock { $0.originals[UInt(bitPattern: file)] }!
        return UnsafePointer<sqlite3_io_methods>(bitPattern: original)!.pointee
    }

    private static func open(
        _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        let result = system.pointee.xOpen(system, name, file, flags, outFlags)
        guard result == SQLITE_OK, let file, let original = file.pointee.pMethods else {
            return result
        }
        let key = UInt(bitPattern: file)
        let path = name.map { String(cString: $0) } ?? ""
        let patched = state.withLock { state -> UInt in
            state.originals[key] = UInt(bitPattern: original)
            state.paths[key] = path
            if let known = state.patched[UInt(bitPattern: original)] { return known }
            let made = UInt(bitPattern: patch(original.pointee))
            state.patched[UInt(bitPattern: original)] = made
            return made
        }
        file.pointee.pMethods = UnsafePointer(bitPattern: patched)
        return result
    }

    /// The system's methods, but for those that a test wants to know of.
    private static func patch(
        _ original: sqlite3_io_methods
    ) -> UnsafeMutablePointer<sqlite3_io_methods> {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: original)
        methods.pointee.xWrite = { file, bytes, count, offset in
            WatchedFiles.note(.write, file)
                ?? WatchedFiles.methods(of: file).xWrite(file, bytes, count, offset)
        }
        methods.pointee.xSync = { file, flags in
            WatchedFiles.note(.sync, file) ?? WatchedFiles.methods(of: file).xSync(file, flags)
        }
        methods.pointee.xTruncate = { file, size in
            WatchedFiles.note(.truncate, file)
                ?? WatchedFiles.methods(of: file).xTruncate(file, size)
        }
        methods.pointee.xClose = { file in
            let original = WatchedFiles.methods(of: file)
            WatchedFiles.state.withLock { state in
                state.paths[UInt(bitPattern: file)] = nil
                state.originals[UInt(bitPattern: file)] = nil
            }
            return original.xClose(file)
        }
        return methods
    }
}
