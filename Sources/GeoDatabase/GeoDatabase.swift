package import Analytics
import CMaxMindDB
import Foundation
import Synchronization

/// A file in MaxMind's format (MaxMind DB file format 2.0) that knows places by addresses: GeoLite2
/// Country or City, DB-IP Lite, IPinfo Lite and their like.
package final class GeoDatabase: Geography {
    private let reader: DatabaseReader
    private let tellsCity: Bool
    /// By where its entry is in the file, since names are read and cleaned in some microseconds.
    /// Says nothing of any address.
    private let known = Mutex<[UInt32: Place?]>([:])
    /// Some 150 bytes each with their names.
    private static let mostKnown = 20_000

    /// Opens a file and looks through all of it, so that a damaged one is refused now and not met
    /// by a visitor.
    /// - Parameters:
    ///   - tellsCity: whether places have a city.
    ///   - scratch: a folder on a disk for the copy that is read: a file that is overwritten in place
    ///     while it is mapped would end the process.
    package init(
        path: String, tellsCity: Bool = false, scratch: String
    ) throws(GeoDatabaseError) {
        reader = try DatabaseReader(path: path, scratch: scratch)
        self.tellsCity = tellsCity
        guard try reader.verify() else {
            throw GeoDatabaseError(
                path, "has no country of any address",
                "Give a database of countries or cities, such as GeoLite2-Country.mmdb")
        }
    }

    package func place(of address: ClientAddress) -> Place? {
        guard let entry = reader.entry(of: address) else { return nil }
        if let place = known.withLock({ $0[entry.offset] }) { return place }
        let place = place(at: entry)
        known.withLock { known in
            if known.count >= Self.mostKnown { known = [:] }
            known[entry.offset] = .some(place)
        }
        return place
    }

    private func place(at entry: MMDB_entry_s) -> Place? {
        guard let country = reader.country(of: entry) else { return nil }
        func within(_ name: String?) -> String {
            guard let name, !name.isEmpty else { return "" }
            return "\(name), \(country)"
        }
        return Place(
            country: country, region: within(reader.region(of: entry)),
            city: tellsCity ? within(reader.city(of: entry)) : "")
    }
}

/// Why a database of places is not read.
package struct GeoDatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let problem: String
    package let mend: String

    init(_ path: String, _ problem: String, _ mend: String) {
        self.path = path
        self.problem = problem
        self.mend = mend
    }

    package var description: String { "The database of places \(path) \(problem). \(mend)." }
}
