/// Money in a currency's minor unit.
package struct Revenue: Hashable, Sendable, Codable {
    /// ISO 4217, three capital letters.
    package var currency: String
    /// In hundredths, thousandths or wholes of the currency, as ISO 4217 divides it.
    package var minorUnits: Int64

    /// `nil` unless the currency is one of ISO 4217 and the amount is a number within ±10^12.
    package init?(currency: String, amount: String) {
        let code = currency.uppercased()
        guard Currency.isKnown(code), amount.utf8.allSatisfy(Self.isOfAmounts),
            let value = Double(amount), value.magnitude <= 1e12
        else { return nil }
        self.currency = code
        minorUnits = Int64((value * Double(Currency.minorUnitsPerUnit(of: code))).rounded())
    }

    /// Digits, signs, points and exponents: nothing of hexadecimal numbers.
    private static func isOfAmounts(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || "+-.eE".utf8.contains(byte)
    }

    /// In the currency's unit.
    package var units: Double {
        Double(minorUnits) / Double(Currency.minorUnitsPerUnit(of: currency))
    }

    package init(currency: String, minorUnits: Int64) {
        self.currency = currency
        self.minorUnits = minorUnits
    }
}

/// What orders brought in one currency.
package struct Takings: Hashable, Sendable {
    package var orders: Int
    /// Less what negative amounts, refunds, gave back.
    package var minorUnits: Int64

    package init(orders: Int = 0, minorUnits: Int64 = 0) {
        self.orders = orders
        self.minorUnits = minorUnits
    }

    /// An event with revenue is an order; a negative amount gives money of an earlier one back.
    package init(of revenue: Revenue) {
        self.init(orders: revenue.minorUnits < 0 ? 0 : 1, minorUnits: revenue.minorUnits)
    }

    /// Stays at the largest number where the sum is greater: amounts are what senders say.
    package static func += (left: inout Takings, right: Takings) {
        left.orders += right.orders
        let (sum, isOver) = left.minorUnits.addingReportingOverflow(right.minorUnits)
        left.minorUnits = isOver ? (right.minorUnits < 0 ? .min : .max) : sum
    }
}
