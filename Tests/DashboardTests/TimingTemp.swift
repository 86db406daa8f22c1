import Testing
import Foundation
@testable import Dashboard
@Test func timingTemp() throws {
    let site = try TestSite()
    for back in 1...70 {
        let day = Samples.today.advanced(by: -back)
        try site.addRollup("\(day)", visitors: 1000, pages: Dictionary(uniqueKeysWithValues: (0..<1000).map { ("/p/\($0 + back * 7)", 1000 - $0) }))
    }
    for p in ["30d", "today", "12mo"] {
        let a = ContinuousClock.now
        let r = try site.report(p)
        let b = ContinuousClock.now
        let t = TextRenderer(width: 120, usesColour: false, usesASCII: false).render(r)
        print("TIMING", p, b - a, ContinuousClock.now - b)
        if p == "30d" { print(t) }
    }
}
