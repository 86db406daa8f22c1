/// The currencies of ISO 4217 (list one, without funds, metals and test codes), so that what senders
/// make up does not fill the rollups.
package enum Currency {
    package static func isKnown(_ code: String) -> Bool { known.contains(code) }

    /// How many minor units make one unit, by ISO 4217's exponents.
    package static func minorUnitsPerUnit(of code: String) -> Int64 {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF":
            1
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 1_000
        case "CLF", "UYW": 10_000
        default: 100
        }
    }

    /// How many digits stand after the point: EUR 2, JPY 0.
    package static func fractionDigits(of code: String) -> Int {
        switch minorUnitsPerUnit(of: code) {
        case 1: 0
        case 1_000: 3
        case 10_000: 4
        default: 2
        }
    }

    private static let known = Set(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP \
        BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP \
        GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS \
        KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
        MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF \
        SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
        TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG \
        ZWL
        """.split(separator: " ").map(String.init))
}
