/// What is kept of an event's properties: nothing that names a person (I3).
package enum PropertyPolicy {
    /// The properties of a hit's event, scrubbed, in the order sent; what the visitor searched on
    /// the site comes last.
    static func properties(of hit: Hit, policy: AddressPolicy) -> [EventProperty] {
        let isLink = EventName.isLink(hit.beacon.name)
        var kept: [EventProperty] = []
        let term =
            hit.beacon.name == Beacon.nameOfPageview ? policy.searchTerm(in: hit.page) : nil
        for (sentName, value) in hit.beacon.properties {
            // First: a sign that shows nothing hides no name.
            let name = Scrubber.scrub(sentName, limit: BeaconLimits.propertyName).text
            if PropertyIdentity.isOne(name) || PropertyName.isTransactionID(name) { continue }
            switch name {
            case PropertyName.searchTerm:
                guard term == nil else { continue }
                let sent = Scrubber.scrub(value, limit: AddressPolicy.valueLimit).text
                kept.append(EventProperty(name: name, value: sent.lowercased()))
            case PropertyName.path where hit.beacon.name == EventName.notFound:
                let base = value.hasPrefix("/") ? "https://" + hit.page.host : ""
                guard let address = WebAddress(base + value) else { continue }
                let page = PageAddress(cleaning: address, policy: policy)
                kept.append(EventProperty(name: name, value: page.path))
            default:
                let isAddress = isLink && name == PropertyName.link
                // A link to a mail address or a telephone number says whom somebody writes to.
                guard let text = text(of: value, isAddress: isAddress) else { continue }
                kept.append(EventProperty(name: name, value: text))
            }
        }
        if let term { kept.append(EventProperty(name: PropertyName.searchTerm, value: term)) }
        return kept
    }

    /// Addresses without query and fragment, as pages are kept; `nil` for what should be one and
    /// is not.
    private static func text(of value: String, isAddress: Bool) -> String? {
        let begin = value.prefix(8).lowercased()
        if isAddress || begin.hasPrefix("https://") || begin.hasPrefix("http://") {
            if let address = WebAddress(value) {
                let page = PageAddress(cleaning: address, policy: AddressPolicy())
                return page.host + page.path
            }
            if isAddress { return nil }
        }
        return Scrubber.scrub(value, limit: BeaconLimits.keptPropertyValue).text
    }
}
