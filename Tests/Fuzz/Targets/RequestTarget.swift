@testable import Analytics
@testable import Collector

/// What the byte level takes whole it also takes when it comes in pieces: no part of it is anything
/// but incomplete, and what follows changes nothing of it.
func fuzzRequest(_ bytes: UnsafeBufferPointer<UInt8>) {
    check(bytes, .standard)
    // With small limits short inputs reach them.
    var small = CollectorLimits.standard
    small.url = 16
    small.header = 160
    small.body = 24
    check(bytes, small)
}

private func check(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: CollectorLimits) {
    let whole = Taken(bytes, limits)
    guard let length = whole.length else { return }
    expect((1...bytes.count).contains(length), "a length within what came")
    // Parts of the input, used inside this call.
    func part(_ end: Int) -> Taken { Taken(UnsafeBufferPointer(rebasing: bytes[..<end]), limits) }
    expectSame(part(length), whole, "without what follows it")
    // Each byte of a short request, sixty places of a long one.
    for end in stride(from: 0, to: length, by: max(1, length / 60)) {
        expectSame(part(end).kind, "incomplete", "its first \(end) bytes")
    }
    expectSame(part(length - 1).kind, "incomplete", "all but its last byte")
    let followed = Array(bytes[..<length]) + Array("POST /api/event HTTP/1.1\r\n".utf8)
    followed.withUnsafeBufferPointer { expectSame(Taken($0, limits), whole, "with more behind it") }
}

/// What the byte level makes of some bytes.
private struct Taken: Equatable {
    var kind = ""
    var length: Int?
    var closes = false
    var values: [String?] = []
    var body: [UInt8] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: CollectorLimits) {
        switch PlainRequest(bytes, limits: limits) {
        case .incomplete: kind = "incomplete"
        case .other: kind = "other"
        case .tooLarge(let isTarget): kind = "too large \(isTarget)"
        case .bodyless(let length, let closes):
            kind = "bodyless"
            self.length = length
            self.closes = closes
        case .beacon(let beacon):
            kind = "beacon"
            length = beacon.length
            closes = beacon.head.closes
            body = Array(beacon.body)
            values = SenderHeader.allCases.map { beacon.head.value($0) }
            values += beacon.head.values("x-forwarded-for")
            expect(beacon.body.count <= limits.body, "a body within its limit")
            expectSame(beacon.head.contentLength, beacon.body.count, "a body of its length")
        }
    }
}
