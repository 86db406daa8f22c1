import Crypto
import Foundation

/// Stands for one browser on one site during one salt's life: 64 bits of a keyed hash.
///
/// Pseudonymous personal data while its event exists; printed nowhere.
package struct Visitor: Hashable, Sendable, CustomStringConvertible {
    package let value: UInt64
    package var description: String { "<visitor>" }

    package init(value: UInt64) {
        self.value = value
    }
}

/// Stands for a site's number of an order during one salt's life: 64 bits of a keyed hash.
package struct TransactionKey: Hashable, Sendable, CustomStringConvertible {
    package let value: UInt64
    package var description: String { "<transaction>" }

    package init(value: UInt64) {
        self.value = value
    }
}

/// 32 random bytes, per site and salt period; secret. Its description redacts.
package struct Salt: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 32
    package let bytes: [UInt8]
    package var description: String { "<salt>" }

    package init(bytes: [UInt8]) {
        precondition(bytes.count == Self.byteCount, "a salt has 32 bytes")
        self.bytes = bytes
    }
}

/// Computes visitors: the first 64 bits of HMAC-SHA256(salt, network ‖ 0 ‖ User-Agent) (DESIGN §4).
package struct VisitorHash: Sendable {
    private let keyed: HMAC<SHA256>

    package init(salt: Salt) {
        keyed = HMAC(key: SymmetricKey(data: salt.bytes))
    }

    /// - Parameters:
    ///   - name: of the event: an order's checkout and its purchase are two.
    ///   - transactionID: as the site numbers its orders; never kept.
    package func transactionKey(event name: String, transactionID: String) -> TransactionKey {
        // No visitor has such a message: its network would be followed by a letter, not by 0.
        let message = Array("transaction\0\(name)\0\(transactionID)".utf8)
        return TransactionKey(value: code(of: message))
    }

    package func visitor(address: ClientAddress, userAgent: String) -> Visitor {
        var message: [UInt8] = []
        message.reserveCapacity(9 + userAgent.utf8.count)
        address.appendNetwork(to: &message)
        message.append(0)
        message.append(contentsOf: userAgent.utf8)
        return Visitor(value: code(of: message))
    }

    /// The first 64 bits of the message's code.
    private func code(of message: [UInt8]) -> UInt64 {
        var hash = keyed
        hash.update(data: message)
        // Read within the closure; the code has 32 bytes.
        return hash.finalize().withUnsafeBytes { code in
            UInt64(bigEndian: code.loadUnaligned(as: UInt64.self))
        }
    }
}
