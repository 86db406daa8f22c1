/// What is kept of an event's properties: nothing that names a person (I3).
package enum PropertyPolicy {
    /// Names under which trackers send who somebody is, without their signs and in lower case;
    /// their values are never looked at.
    private static let identities: Set<String> = [
        "address", "birthdate", "birthday", "clientid", "customerid", "dateofbirth", "deviceid",
        "email", "emailaddress", "fingerprint", "firstname", "fullname", "ip", "ipaddress",
        "lastname", "mail", "mobile", "password", "phone", "phonenumber", "postcode",
        "sessionid", "ssn", "street", "surname", "tel", "telephone", "userid", "username",
        "visitorid", "zip", "zipcode",
    ]

    /// The properties of a hit's event, scrubbed, in the order sent; what the visitor searched on
    /// the site comes last.
    static func properties(of hit: Hit, policy: AddressPolicy) -> [EventProperty] {
        let isLink = EventName.isLink(hit.beacon.name)
        var kept: [EventProperty] = []
        let term =
            hit.beacon.name == Beacon.nameOfPageview ? policy.searchTerm(in: hit.page) : nil
        for (name, value) in hit.beacon.properties where !isIdentity(name) {
            switch name {
            case PropertyName.transactionID: continue
            case PropertyName.searchTerm where term != nil: continue
            case PropertyName.link where isLink:
                // A link to a mail address or a telephone number says whom somebody writes to.
                guard let address = WebAddress(value) else { continue }
                let page = PageAddress(cleaning: address, policy: AddressPolicy())
                kept.append(EventProperty(name: name, value: page.host + page.path))
            case PropertyName.path where hit.beacon.name == EventName.notFound:
                let base = value.hasPrefix("/") ? "https://" + hit.page.host : ""
                guard let address = WebAddress(base + value) else { continue }
                let page = PageAddress(cleaning: address, policy: policy)
                kept.append(EventProperty(name: name, value: page.path))
            default:
                kept.append(
                    EventProperty(
                        name: Scrubber.scrub(name, limit: BeaconLimits.propertyName).text,
                        value: Scrubber.scrub(value, limit: BeaconLimits.keptPropertyValue).text))
            }
        }
        if let term { kept.append(EventProperty(name: PropertyName.searchTerm, value: term)) }
        return kept
    }

    private static func isIdentity(_ name: String) -> Bool {
        let letters = name.lowercased().filter { !"_- .".contains($0) }
        return identities.contains(letters)
    }
}
