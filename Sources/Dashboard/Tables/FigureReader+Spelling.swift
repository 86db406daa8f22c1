package import Analytics
package import Storage

extension FigureReader {
    /// A filter's condition as the site's own figures spell its value, such as `source=Google` for
    /// `source=google`; `nil` where every value is known as it is, or nothing is near.
    package func knownSpelling(
        of filter: SessionFilter, on days: ClosedRange<LocalDay>, of site: Site
    ) throws(StorageError) -> String? {
        let figures = try open(site, days)
        for condition in filter.conditions where condition.comparison != .like {
            let values = try figures.figures(dimension: condition.dimension).rows.keys
            guard !values.contains(condition.value) else { continue }
            let wanted = condition.value.lowercased()
            guard let near = values.filter({ $0.lowercased() == wanted }).min() else { continue }
            var spelled = condition
            spelled.value = near
            return spelled.text
        }
        return nil
    }
}
