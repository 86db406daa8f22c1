import Analytics
import CMaxMindDB
import Foundation
import Glibc

/// The library's handle on one open file.
///
/// Sendable, since its functions only read what `MMDB_open` mapped and nothing changes after `init`.
final class DatabaseReader: @unchecked Sendable {
    private let path: String
    // On the heap: what is looked up points back to it.
    private let handle: UnsafeMutablePointer<MMDB_s>

    /// - Throws: where the file is not there, or its metadata can't be read.
    init(path: String, scratch: String) throws(GeoDatabaseError) {
        let source = try Self.open(path)
        defer { close(source) }
        let copy = try Self.copy(source, path, into: scratch)
        // What is mapped stays readable.
        defer { close(copy) }
        // Given back below, or when this object ends.
        let opened = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        opened.initialize(to: MMDB_s())
        let status = MMDB_open("/dev/fd/\(copy)", UInt32(MMDB_MODE_MMAP), opened)
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

    /// More than any such database has: what is larger is something else, and would fill the disk.
    private static let largest = 4 << 30

    /// - Returns: a descriptor of a regular file.
    private static func open(_ path: String) throws(GeoDatabaseError) -> Int32 {
        // Whoever opens a pipe would wait for its writer.
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw GeoDatabaseError(
                path, "can't be opened: \(String(cString: strerror(errno)))",
                "Check the setting geo-database and the file's rights")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= largest
        else {
            close(descriptor)
            throw GeoDatabaseError(path, "is no file of up to 4 GB", mend)
        }
        return descriptor
    }

    /// Copies to a file without a name, which nobody else can write to and no crash leaves behind.
    /// - Returns: its descriptor.
    private static func copy(
        _ source: Int32, _ path: String, into folder: String
    ) throws(GeoDatabaseError) -> Int32 {
        func failure() -> GeoDatabaseError {
            GeoDatabaseError(
                path, "can't be copied to \(folder): \(String(cString: strerror(errno)))",
                "Check that the folder exists, can be written to and has room")
        }
        var name = Array("\(folder)/geo-database.XXXXXX".utf8CString)
        let copy = mkstemp(&name)
        guard copy >= 0 else { throw failure() }
        unlink(name)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count == 0 { return copy }
            guard count > 0, write(copy, buffer, count) == count else {
                let failure = failure()
                close(copy)
                throw failure
            }
        }
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

    /// Of what is asked for; all of an entry may be made to be without end.
    private func check(_ entry: MMDB_entry_s) throws(GeoDatabaseError) {
        for keys in Self.countryKeys + Self.regionKeys + Self.cityKeys {
            let status = look(entry, keys).status
            switch status {
            case MMDB_INVALID_LOOKUP_PATH_ERROR, MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR:
                continue
            default: try check(status)
            }
        }
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

    // As MaxMind and DB-IP have them, then as IPinfo has them.
    private static let countryKeys: [[StaticString]] = [
        ["country", "iso_code"], ["country_code"], ["country"],
    ]
    private static let regionKeys: [[StaticString]] = [
        ["subdivisions", "0", "names", "en"], ["region"],
    ]
    private static let cityKeys: [[StaticString]] = [["city", "names", "en"], ["city"]]

    func country(of entry: MMDB_entry_s) -> String? {
        guard let code = text(entry, Self.countryKeys), code.utf8.count == 2,
            code.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { return nil }
        return code
    }

    func region(of entry: MMDB_entry_s) -> String? { text(entry, Self.regionKeys) }
    func city(of entry: MMDB_entry_s) -> String? { text(entry, Self.cityKeys) }

    /// The first text that there is under some keys, cleaned; of 80 scalars at most.
    private func text(_ entry: MMDB_entry_s, _ keys: [[StaticString]]) -> String? {
        for keys in keys {
            let (status, data) = look(entry, keys)
            guard status == MMDB_SUCCESS, data.has_data,
                data.type == UInt32(MMDB_DATA_TYPE_UTF8_STRING), let start = data.utf8_string
            else { continue }
            // Of the length that the library checked against the file's end; a name has few bytes.
            let bytes = UnsafeRawBufferPointer(start: start, count: min(400, Int(data.data_size)))
            return Scrubber.scrub(String(decoding: bytes, as: UTF8.self), limit: 80).text
        }
        return nil
    }

    private func look(
        _ entry: MMDB_entry_s, _ keys: [StaticString]
    ) -> (status: Int32, data: MMDB_entry_data_s) {
        var entry = entry
        var data = MMDB_entry_data_s()
        // Static strings end with a zero and live for ever, as do these pointers to them.
        var path = keys.map { UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) }
            .map(Optional.some)
        path.append(nil)
        return (MMDB_aget_value(&entry, &data, path), data)
    }
}
