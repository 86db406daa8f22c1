@testable import Analytics

/// A beacon's body decodes to one thing, however often and with whatever space around it, and what
/// it decodes to is within `BeaconLimits`.
func fuzzBeacon(_ bytes: UnsafeBufferPointer<UInt8>) {
    let first = decoded(bytes)
    expectSame(first.text, decoded(bytes).text, "decoded twice")
    if let beacon = first.beacon {
        checkBounds(of: beacon)
        let padded = [0x20, 0x0A] + Array(bytes) + [0x09, 0x20]
        expectSame(
            padded.withUnsafeBufferPointer { decoded($0).text }, first.text, "with space around it")
    }
}

private func decoded(_ bytes: UnsafeBufferPointer<UInt8>) -> (beacon: Beacon?, text: String) {
    do throws(BeaconError) {
        let beacon = try BeaconDecoder.decode(bytes)
        return (beacon, "\(beacon)")
    } catch {
        expect(!error.field.isEmpty && !error.message.isEmpty, "a fault names its field")
        return (nil, "\(error)")
    }
}

private func checkBounds(of beacon: Beacon) {
    expect(!beacon.name.isEmpty && beacon.name.count <= BeaconLimits.name, "name")
    expect(!beacon.url.isEmpty && beacon.url.utf8.count <= BeaconLimits.url, "url")
    expect(beacon.domains.count <= BeaconLimits.domains, "domains")
    expect((beacon.referrer ?? "").utf8.count <= BeaconLimits.referrer, "referrer")
    expect((beacon.title ?? "").count <= BeaconLimits.title, "title")
    expect((beacon.timeZone ?? "").utf8.count <= BeaconLimits.timeZone, "time zone")
    expect((beacon.nonce ?? "x").utf8.count <= BeaconLimits.nonce, "nonce")
    expect(beacon.nonce != "", "an empty nonce is none")
    expect(beacon.properties.count <= BeaconLimits.properties, "properties")
    for (name, value) in beacon.properties {
        expect(name.count <= BeaconLimits.propertyName, "name of a property")
        expect(value.count <= BeaconLimits.propertyValue, "value of a property")
    }
    expect((0...100).contains(beacon.scrollDepth ?? 0), "scroll depth")
    expect((beacon.engagedMilliseconds ?? 0) >= 0, "engaged time")
    expect((beacon.engagedMilliseconds ?? 0) < BeaconLimits.engagedMilliseconds, "engaged time")
    expect(BeaconLimits.widths.contains(Double(beacon.viewportWidth ?? 1)), "width")
    if let revenue = beacon.revenue {
        expect(revenue.currency.utf8.count == 3, "currency")
        expect(revenue.minorUnits.magnitude <= 1_000_000_000_000_000, "revenue")
    }
}
