/// Tells by its name whether a property says who somebody is; the value is never looked at.
enum PropertyIdentity {
    /// What trackers and shops call it, in letters alone and in lower case: one of a name's words, or
    /// several in a row (`user_id`, `contactEmail`, `billing_address_2`).
    private static let names: Set<String> = [
        "address", "anonymousid", "birthdate", "birthday", "cellphone", "clientid", "customerid",
        "dateofbirth", "deviceid", "distinctid", "dob", "email", "externalid", "fbclid",
        "fingerprint", "firstname", "fullname", "gclid", "ip", "ipaddr", "jwt", "lastname", "mail",
        "mobilenumber", "msclkid", "passwd", "password", "phone", "phonenumber", "postcode", "pwd",
        "sessionid", "ssn", "surname", "tel", "telefon", "telephone", "token", "uid", "useragent",
        "userid", "username", "uuid", "visitorid", "zipcode",
    ]
    /// Only as the whole of a name: `light_mobile` and `main_street` are no person's.
    private static let wholeNames: Set<String> = ["em", "login", "mobile", "street", "ua", "zip"]
    /// What stands behind one and makes another thing of it: `phone_model`, `email_campaign`.
    private static let others: Set<String> = [
        "brand", "campaign", "case", "color", "colour", "count", "format", "length", "model", "opt",
        "provider", "size", "status", "template", "type", "verified", "version",
    ]
    /// Long enough to be no end of another word, as `phone` is of `headphone`: `contactemail`.
    private static let unparted = names.filter { $0.count >= 5 && $0 != "phone" }

    static func isOne(_ name: String) -> Bool {
        let words = words(of: name)
        let whole = words.joined()
        if wholeNames.contains(whole) || PathCleaner.sessionNames.contains(whole) { return true }
        for start in words.indices {
            var run = ""
            for end in words.indices[start...] {
                run += words[end]
                let isOther = end + 1 < words.count && others.contains(words[end + 1])
                let isUnparted = start == end && unparted.contains(where: run.hasSuffix)
                if !isOther, names.contains(run) || isUnparted { return true }
            }
        }
        return false
    }

    /// Parted by signs, by digits and by capitals: `user_id`, `userId2` and `User ID` are `user`, `id`.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasSmall = false
        for scalar in name.unicodeScalars {
            guard scalar.properties.isAlphabetic else {
                if !word.isEmpty { words.append(word) }
                (word, wasSmall) = ("", false)
                continue
            }
            if wasSmall, scalar.properties.isUppercase {
                words.append(word)
                word = ""
            }
            wasSmall = scalar.properties.isLowercase
            word += scalar.properties.lowercaseMapping
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
