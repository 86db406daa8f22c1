package import Analytics

extension TextRenderer {
    /// Received = kept + dropped + lost, in a sentence.
    func books(_ books: Books) -> [StyledLine] {
        guard books.received > 0 || books.kept > 0 || books.lost else {
            return paragraph("No beacon was received.", .faint)
        }
        let dropped = DropReason.allCases.filter { (books.dropped[$0] ?? 0) > 0 }
        let sum = dropped.reduce(0) { $0 + (books.dropped[$1] ?? 0) }
        let noun = books.received == 1 ? "beacon" : "beacons"
        var text = "\(count(books.received)) \(noun) received, \(count(books.kept)) kept"
        if sum > 0 {
            let reasons = dropped.map { "\(count(books.dropped[$0] ?? 0)) \($0.words)" }
            text += ", \(count(sum)) dropped: \(reasons.joined(separator: ", "))"
        } else {
            text += ", none dropped"
        }
        if books.lostEvents > 0 { text += "; \(count(books.lostEvents)) lost" }
        var lines = paragraph(text + ".", .faint)
        for note in notes(books) { lines += paragraph(note, .faint) }
        if books.lost {
            lines += paragraph(Self.loss, .warning)
        }
        return lines
    }

    private static let loss = """
        ! Events of some days were deleted at their term before they could be folded; no figure \
        has them.
        """

    /// The books as a table, for `footfall books`.
    package func render(_ books: Books) -> String {
        var rows = [("received", books.received), ("kept", books.kept)]
        rows += DropReason.allCases.compactMap { reason in
            books.dropped[reason].flatMap { $0 > 0 ? ("dropped, \(reason.words)", $0) : nil }
        }
        if books.lostEvents > 0 { rows.append(("lost", books.lostEvents)) }
        let names = rows.map { TextWidth.columns(of: $0.0) }.max() ?? 0
        let numbers = rows.map { count($0.1).count }.max() ?? 0
        var lines = rows.map { name, number in
            var line = StyledLine(name)
            line.append(count(number), .strong, endingAt: names + 2 + numbers)
            return line
        }
        for note in notes(books) {
            lines += [StyledLine()]
            lines += paragraph(note, .faint)
        }
        if books.lost {
            lines += [StyledLine()]
            lines += paragraph(Self.loss, .warning)
        }
        return text(of: [lines])
    }

    private func notes(_ books: Books) -> [String] {
        let scrubbed: String? =
            switch books.scrubbed {
            case 0: nil
            case 1: "1 event's page had something that may identify a person: a • is in its place."
            case let number:
                """
                \(count(number)) events' pages had something that may identify a person: a • is in \
                its place.
                """
            }
        return [sharedVisitors(books), scrubbed].compactMap { $0 }
    }

    private func sharedVisitors(_ books: Books) -> String? {
        switch books.sharedVisitors {
        case 0: nil
        case 1:
            """
            1 visitor had over 300 pageviews or over 20 sessions in a day: most likely several \
            people with one address, counted as one.
            """
        case let number:
            """
            \(count(number)) visitors had over 300 pageviews or over 20 sessions in a day: each \
            most likely several people with one address, counted as one.
            """
        }
    }

    private func count(_ number: Int) -> String { Wording.count(Double(number)) }
}

extension DropReason {
    /// Plain words after a number: `1,150 from bots`.
    var words: String {
        switch self {
        case .bot: "from bots"
        case .optedOut: "asked not to be counted"
        case .excluded: "from excluded addresses"
        case .foreignHost: "of other hosts"
        case .prefetch: "fetched ahead"
        case .rate: "over the rate limit"
        case .unknownSite: "of unknown sites"
        case .duplicate: "sent twice"
        case .late: "too late for their day"
        }
    }
}
