import GRDB

extension DatabaseError {
    /// Whether the file's content is at fault, which no other try will mend.
    var tellsDamage: Bool {
        resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB
    }
}

/// As `naming`; a damaged file is told with its mend.
func namingDamage<Value>(
    _ path: String, _ body: () throws -> Value
) throws(StorageError) -> Value {
    try naming(path) {
        do {
            return try body()
        } catch let error as DatabaseError where error.tellsDamage {
            throw StorageError.damagedPartition(
                path: path, cause: error.message ?? "\(error.resultCode)")
        }
    }
}
