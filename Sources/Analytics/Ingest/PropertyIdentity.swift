/// Tells by its name whether a property says who somebody is; the value is never looked at.
enum PropertyIdentity {
    /// What trackers and shops call it, as a whole or at the end of a name: `user_id`, `contactEmail`,
    /// `billing_address_2`. In letters and digits alone, in lower case.
    private static let names: Set<String> = [
        "accesstoken", "address", "anonymousid", "authtoken", "birthdate", "birthday", "cellphone",
        "clientid", "clientip", "customerid", "dateofbirth", "deviceid", "distinctid", "dob",
        "email", "externalid", "fbclid", "fingerprint", "firstname", "fullname", "gclid", "idtoken",
        "ip", "ipaddr", "ipaddress", "jwt", "lastname", "mail", "mobilenumber",
        "mobilephone", "msclkid", "passwd", "password", "phone", "phonenumber", "postcode", "pwd",
        "remoteip", "sessionid", "ssn", "surname", "tel", "telefon", "telephone", "token", "uid",
        "useragent", "userid", "userip", "username", "uuid", "visitorid", "zipcode",
    ]
    /// Only as the whole of a name: `light_mobile` and `main_street` are no person's.
    private static let wholeNames: Set<String> = ["em", "login", "mobile", "street", "ua", "zip"]
    /// What stands behind an identity and makes it no other: `email_hash`, `phone_number`.
    private static let endings: Set<String> = [
        "hash", "hashed", "line", "md5", "no", "number", "raw", "sha1", "sha256", "value",
    ]

    /// Long enough to be no end of another word, as `phone` is of `headphone`: `contactemail`.
    private static let unparted = names.filter { $0.count >= 5 && $0 != "phone" }

    static func isOne(_ name: String) -> Bool {
        var words = words(of: name)
        let whole = words.joined()
        if wholeNames.contains(whole) || PathCleaner.sessionNames.contains(whole) { return true }
        while words.count > 1, isEnding(words[words.count - 1]) { words.removeLast() }
        guard let last = words.popLast() else { return false }
        // `email1` is one, too.
        words.append(String(last.reversed().drop(while: \.isNumber).reversed()))
        var end = ""
        for word in words.reversed() {
            end = word + end
            if names.contains(end) { return true }
        }
        return unparted.contains(where: end.hasSuffix)
    }

    private static func isEnding(_ word: String) -> Bool {
        endings.contains(word) || word.allSatisfy(\.isNumber)
    }

    /// Parted by signs and by capitals: `user_id`, `userId` and `User ID` are `user`, `id`.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasSmall = false
        for scalar in name.unicodeScalars {
            guard scalar.properties.isAlphabetic || ("0"..."9") ~= scalar else {
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
