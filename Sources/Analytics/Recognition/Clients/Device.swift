/// What kind of thing a page was seen on.
package enum Device: String, Hashable, Sendable, CaseIterable {
    case desktop, mobile, tablet, tv, console
    /// A watch, or glasses: VR and AR headsets.
    case wearable
    case car
    /// Neither the user agent nor the hints say, or none of the above.
    case other
}
