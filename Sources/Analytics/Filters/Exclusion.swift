/// Sessions that a site's owner leaves out of every figure: bots that nobody else knows, a country
/// where nobody buys. Their events stay as long as raw events do, so an exclusion can be taken back
/// for the days that can be folded.
package struct Exclusion: Hashable, Sendable, Codable {
    /// By which the owner names it; unique within the site.
    package var number: Int
    package var sessions: SessionFilter

    package init(number: Int, sessions: SessionFilter) {
        self.number = number
        self.sessions = sessions
    }
}
