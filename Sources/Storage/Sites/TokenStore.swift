package import Analytics
import Crypto
import Foundation
import GRDB

/// Tokens for reading a site's figures over HTTP: 256 random bits, stored hashed.
extension MainDatabase {
    /// Makes a token; it is shown once and can't be had again.
    package func createToken(
        for site: Site, random: RandomSource, at now: Instant
    ) throws(StorageError) -> String {
        let secret = random.bytes(32)
        let token = Data(secret).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
        try write { database in
            try database.execute(
                sql: "INSERT INTO token (site, hash, created_at) VALUES (?, ?, ?)",
                arguments: [site.id, Data(SHA256.hash(data: Data(token.utf8))), now.milliseconds])
        }
        return token
    }

    /// Compared in constant time with each of the site's tokens, so that the answer's time tells
    /// nothing of how much of a guess was right.
    package func isToken(_ token: String, of site: Site) throws(StorageError) -> Bool {
        let hashes = try read { database in
            try Data.fetchAll(
                database, sql: "SELECT hash FROM token WHERE site = ?", arguments: [site.id])
        }
        let digest = SHA256.hash(data: Data(token.utf8))
        // Crypto's `==` takes the same time wherever two digests differ; no token is passed over.
        return hashes.count { digest == $0 } > 0
    }

    /// The tokens' numbers and when they were made.
    package func tokens(of site: Site) throws(StorageError) -> [(id: Int64, created: Instant)] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT id, created_at FROM token WHERE site = ? ORDER BY id",
                arguments: [site.id]
            ).map { ($0["id"], Instant(milliseconds: $0["created_at"])) }
        }
    }

    /// `false` when the site has no such token.
    package func revokeToken(_ id: Int64, of site: Site) throws(StorageError) -> Bool {
        try write { database in
            try database.execute(
                sql: "DELETE FROM token WHERE id = ? AND site = ?", arguments: [id, site.id])
            return database.changesCount > 0
        }
    }
}
