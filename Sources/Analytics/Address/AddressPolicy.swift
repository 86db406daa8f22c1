/// What the owner sets of a site's addresses.
package struct AddressPolicy: Hashable, Sendable, Codable {
    /// Whether the part behind `#` names a page of its own (`/#/cart`).
    package var hashRoutes = false
    /// Names of the query parameters that tell pages apart (`id`, `lang`); all others are dropped.
    package var keptQuery: [String] = []
    /// The query parameter that holds what visitors search on the site.
    package var searchParameter: String?

    package init(
        hashRoutes: Bool = false, keptQuery: [String] = [], searchParameter: String? = nil
    ) {
        self.hashRoutes = hashRoutes
        self.keptQuery = keptQuery
        self.searchParameter = searchParameter
    }

    /// In scalars, of a kept parameter's value and of a search term.
    static let valueLimit = 100

    /// What the visitor searched on the site: scrubbed, in lower case so that a term is one row,
    /// at most 100 characters; `nil` when the site names no parameter or the address has none.
    package func searchTerm(in address: WebAddress) -> String? {
        guard let searchParameter, let value = address.queryValue(searchParameter) else {
            return nil
        }
        let term = Scrubber.scrub(value, limit: Self.valueLimit).text.lowercased()
        return term.isEmpty ? nil : term
    }
}
