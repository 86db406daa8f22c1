import Analytics

/// The time of a line: `22/Nov/2026:10:00:00 +0200`, with the server's offset from UTC.
enum AccessLogTime {
    /// In bytes; the closing bracket follows.
    static let length = 26

    /// Seconds since 1970; `nil` for anything that is no date of the calendar.
    static func seconds(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int64? {
        guard start + length < bytes.count, bytes[start + length] == UInt8(ascii: "]"),
            bytes[start + 2] == UInt8(ascii: "/"), bytes[start + 6] == UInt8(ascii: "/"),
            bytes[start + 11] == UInt8(ascii: ":"), bytes[start + 14] == UInt8(ascii: ":"),
            bytes[start + 17] == UInt8(ascii: ":"), bytes[start + 20] == 0x20,
            let day = number(bytes, start, 2), let month = month(bytes, start + 3),
            let year = number(bytes, start + 7, 4), let hour = number(bytes, start + 12, 2),
            let minute = number(bytes, start + 15, 2), let second = number(bytes, start + 18, 2),
            let offset = offset(bytes, start + 21),
            hour < 24, minute < 60, second <= 60, (1...daysIn(month, of: year)).contains(day)
        else { return nil }
        let days = Int64(LocalDay(year: year, month: month, day: day).daysSince1970)
        return days * 86_400 + Int64(hour * 3_600 + minute * 60 + second) - offset
    }

    private static func number(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int
    ) -> Int? {
        var value = 0
        for index in start..<(start + count) {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// `+0200` in seconds.
    private static func offset(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int64? {
        guard let hours = number(bytes, start + 1, 2), let minutes = number(bytes, start + 3, 2),
            hours <= 14, minutes < 60
        else { return nil }
        let seconds = Int64(hours * 3_600 + minutes * 60)
        switch bytes[start] {
        case UInt8(ascii: "+"): return seconds
        case UInt8(ascii: "-"): return -seconds
        default: return nil
        }
    }

    /// Servers write the months in English, whatever their language is.
    private static func month(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        switch (bytes[start], bytes[start + 1], bytes[start + 2]) {
        case (0x4A, 0x61, 0x6E): 1
        case (0x46, 0x65, 0x62): 2
        case (0x4D, 0x61, 0x72): 3
        case (0x41, 0x70, 0x72): 4
        case (0x4D, 0x61, 0x79): 5
        case (0x4A, 0x75, 0x6E): 6
        case (0x4A, 0x75, 0x6C): 7
        case (0x41, 0x75, 0x67): 8
        case (0x53, 0x65, 0x70): 9
        case (0x4F, 0x63, 0x74): 10
        case (0x4E, 0x6F, 0x76): 11
        case (0x44, 0x65, 0x63): 12
        default: nil
        }
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
