import Analytics
import CMaxMindDB
import Foundation

/// The library's handle on one open file.
///
/// Its functions only read what `MMDB_open` mapped, from any thread.
final class DatabaseReader: @unchecked Sendable {
    private let path: String
    // On the heap: what is looked up points back to it.
    private let handle: UnsafeMutablePointer<MMDB_s>

    /// - Throws: where the file is not there, or its metadata can't be read.
    init(path: String, scratch: String) throws(GeoDatabaseError) {
        let copy = try Self.copy(path, into: scratch)
        // What is mapped stays readable; nobody else can write to it now.
        defer { unlink(copy) }
        // Given back below, or when this object ends.
        let opened = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        opened.initialize(to: MMDB_s())
        let status = MMDB_open(copy, UInt32(MMDB_MODE_MMAP), opened)
        guard status == MMDB_SUCCESS else {
            opened.deallocate()
            throw GeoDatabaseError(
                path, "can't be read: \(Self.text(of: status))", Self.mend)
        }
        self.path = path
        handle = opened
    }

    deinit {
        MMDB_close(handle)
        handle.deallocate()
    }

    private static let mend = "Download it again, whole, in MaxMind's format (.mmdb)"

    /// A copy that is named like the setting, for who finds one that a power cut left.
    private static func copy(_ path: String, into folder: String) throws(GeoDatabaseError) -> String
    {
        guard let source = FileHandle(forReadingAtPath: path) else {
            throw GeoDatabaseError(
                path, "can't be opened: \(String(cString: strerror(errno)))",
                "Check the setting geo-database and the file's rights")
        }
        defer { try? source.close() }
        var name = Array("\(folder)/geo-database.XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        let copy = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else {
            throw GeoDatabaseError(
                path, "can't be copied to \(folder): \(String(cString: strerror(errno)))",
                "Check that the folder exists and can be written to")
        }
        let target = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            while let piece = try source.read(upToCount: 1 << 20), !piece.isEmpty {
                try target.write(contentsOf: piece)
            }
        } catch {
            unlink(copy)
            throw GeoDatabaseError(
                path, "can't be copied to \(folder): \(error.localizedDescription)",
                "Check the disk's space and the file")
        }
        return copy
    }

    var title: String {
        let metadata = handle.pointee.metadata
        let built = Instant(milliseconds: Int64(clamping: metadata.build_epoch) * 1_000)
        let type = metadata.database_type.map { String(cString: $0) } ?? "a database"
        // It goes into the log: nothing that a terminal would obey.
        let name = type.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }
        return "\(String(String.UnicodeScalarView(name))) of \(built.utcDay)"
    }

    // MARK: Looking through

    /// Reads every node and all that the nodes lead to.
    /// - Returns: whether any address has a country.
    /// - Throws: at the first that can't be read.
    func verify() throws(GeoDatabaseError) -> Bool {
        var seen: Set<UInt32> = []
        var hasCountry = false
        for number in 0..<handle.pointee.metadata.node_count {
            var node = MMDB_search_node_s()
            try check(MMDB_read_node(handle, number, &node))
            let records = [
                (node.left_record_type, node.left_record_entry),
                (node.right_record_type, node.right_record_entry),
            ]
            for (type, entry) in records {
                guard type != UInt8(MMDB_RECORD_TYPE_INVALID) else {
                    try check(MMDB_CORRUPT_SEARCH_TREE_ERROR)
                    continue
                }
                guard type == UInt8(MMDB_RECORD_TYPE_DATA), seen.insert(entry.offset).inserted
                else { continue }
                try check(entry)
                if !hasCountry { hasCountry = country(of: entry) != nil }
            }
        }
        return hasCountry
    }

    private func check(_ entry: MMDB_entry_s) throws(GeoDatabaseError) {
        var entry = entry
        var list: UnsafeMutablePointer<MMDB_entry_data_list_s>?
        let status = MMDB_get_entry_data_list(&entry, &list)
        // Made by the library, of an entry that it could read in part as well.
        MMDB_free_entry_data_list(list)
        try check(status)
    }

    private func check(_ status: Int32) throws(GeoDatabaseError) {
        guard status != MMDB_SUCCESS else { return }
        throw GeoDatabaseError(path, "is damaged: \(Self.text(of: status))", Self.mend)
    }

    private static func text(of status: Int32) -> String {
        guard let text = MMDB_strerror(status) else { return "error \(status)" }
        return String(cString: text)
    }

    // MARK: Looking up

    func entry(of address: ClientAddress) -> MMDB_entry_s? {
        var error: Int32 = 0
        let found: MMDB_lookup_result_s
        if address.isIPv4 {
            var socket = sockaddr_in()
            socket.sin_family = sa_family_t(AF_INET)
            socket.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
            found = lookUp(&socket, &error)
        } else {
            // An IPv4 database knows none of these.
            guard handle.pointee.metadata.ip_version == 6 else { return nil }
            var socket = sockaddr_in6()
            socket.sin6_family = sa_family_t(AF_INET6)
            // The field's 16 bytes, of which each word fills 8.
            withUnsafeMutableBytes(of: &socket.sin6_addr) { bytes in
                bytes.storeBytes(of: address.high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            found = lookUp(&socket, &error)
        }
        return error == MMDB_SUCCESS && found.found_entry ? found.entry : nil
    }

    private func lookUp<Address>(
        _ address: inout Address, _ error: inout Int32
    ) -> MMDB_lookup_result_s {
        // Read within the call.
        withUnsafePointer(to: &address) { pointer in
            // C's way to hand on a socket address of either family, which its first field tells.
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                MMDB_lookup_sockaddr(handle, $0, &error)
            }
        }
    }

    func country(of entry: MMDB_entry_s) -> String? {
        guard
            let code = text(entry, ["country", "iso_code"]) ?? text(entry, ["country_code"])
                ?? text(entry, ["country"]),
            code.utf8.count == 2, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { return nil }
        return code
    }

    func region(of entry: MMDB_entry_s) -> String? {
        text(entry, ["subdivisions", "0", "names", "en"]) ?? text(entry, ["region"])
    }

    func city(of entry: MMDB_entry_s) -> String? {
        text(entry, ["city", "names", "en"]) ?? text(entry, ["city"])
    }

    /// - Returns: `nil` where there is no text under these keys; 80 scalars at most.
    private func text(_ entry: MMDB_entry_s, _ keys: [StaticString]) -> String? {
        var entry = entry
        var data = MMDB_entry_data_s()
        // Static strings end with a zero and live for ever, as do these pointers to them.
        var path = keys.map { UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) }
            .map(Optional.some)
        path.append(nil)
        let status = MMDB_aget_value(&entry, &data, path)
        guard status == MMDB_SUCCESS, data.has_data,
            data.type == UInt32(MMDB_DATA_TYPE_UTF8_STRING),
            let start = data.utf8_string
        else { return nil }
        // Of the length that the library checked against the file's end.
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(data.data_size))
        return String(String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(80))
    }
}
