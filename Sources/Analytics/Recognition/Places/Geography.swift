/// Where a visitor is; texts are "" when unknown.
package struct Place: Hashable, Sendable {
    /// ISO 3166-1 alpha-2.
    package var country: String
    /// A name with its country, as regions of two countries may share one: `Rīga, LV`.
    package var region: String
    package var city: String

    package init(country: String, region: String = "", city: String = "") {
        self.country = country
        self.region = region
        self.city = city
    }
}

/// Tells places by addresses.
package protocol Geography: Sendable {
    /// - Returns: `nil` where nothing is known of the address.
    func place(of address: ClientAddress) -> Place?
}
