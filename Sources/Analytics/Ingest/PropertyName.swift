/// Properties with a meaning of their own; all others are the site's.
package enum PropertyName {
    package static let searchTerm = "search_term"
    package static let link = "url"
    package static let path = "path"
    /// GA4's name; serves once, to tell an order that is sent twice (`TransactionKey`).
    package static let transactionID = "transaction_id"

    /// `transactionId` too.
    package static func isTransactionID(_ name: String) -> Bool {
        letters(of: name) == "transactionid"
    }

    /// What is left of a name without its signs, in lower case.
    static func letters(of name: String) -> String {
        let kept = name.unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9") ~= $0 }
        return String(String.UnicodeScalarView(kept)).lowercased()
    }
}

/// Events with a meaning of their own, by the names that Plausible's trackers and GA4's
/// recommended events give them.
package enum EventName {
    package static let outboundLink = "Outbound Link: Click"
    package static let download = "File Download"
    package static let notFound = "404"

    static func isLink(_ name: String) -> Bool { name == outboundLink || name == download }
}
