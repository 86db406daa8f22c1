/// The signs that a drawing is made of, with UTF-8 or in plain ASCII.
struct Glyphs {
    /// Bars that stand, from empty to full.
    let columns: [String]
    /// Bars that lie, from empty to full.
    let rows: [String]
    let shade: String
    let up: String
    let down: String
    let same: String
    let ellipsis: String
    /// Between dates.
    let dash: String
    /// Between facts of a line.
    let dot: String
    /// Whether anybody is there.
    let present: String
    let absent: String
    let axis: String
    let tick: String
    let corner: String
    let floor: String

    static let unicode = Glyphs(
        columns: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        rows: ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
        shade: "░", up: "▲", down: "▼", same: "±", ellipsis: "…", dash: "–", dot: "·",
        present: "●", absent: "○", axis: "│", tick: "┤", corner: "└", floor: "─")

    /// A lying bar of eighths; what is there at all shows.
    func bar(_ share: Double, width: Int) -> String {
        guard share > 0 else { return "" }
        // The first that can be seen.
        let least = rows[1].isEmpty ? 8 : 1
        let eighths = min(max(Int((share * Double(width * 8)).rounded()), least), width * 8)
        return String(repeating: rows[8], count: eighths / 8) + rows[eighths % 8]
    }

    /// Half a letter of bar is no bar.
    static let ascii = Glyphs(
        columns: [" ", " ", " ", " ", "#", "#", "#", "#", "#"],
        rows: ["", "", "", "", "", "#", "#", "#", "#"],
        shade: ":", up: "+", down: "-", same: "", ellipsis: "..", dash: "-", dot: "|",
        present: "*", absent: "o", axis: "|", tick: "+", corner: "+", floor: "-")
}
