package import Analytics
package import Storage

/// What a question with a filter needs: raw events, and a value as it is written.
extension FigureReader {
    /// Answers for the most days, up to the query's and ending with them, whose raw events are
    /// kept and few enough; the answer says which.
    package func answerForMostDays(
        _ query: Query, of site: Site
    ) throws(StorageError) -> QueryAnswer {
        var query = query
        while true {
            do throws(StorageError) {
                return try answer(query, of: site)
            } catch {
                let last = query.days.upperBound
                let first: LocalDay
                switch error {
                case .frozenDay(let day, _): first = day.advanced(by: 1)
                case .tooManyEvents: first = query.days.lowerBound.advanced(by: 1)
                default: throw error
                }
                guard first <= last else { throw error }
                query.days = first...last
            }
        }
    }

    /// The filter as the site's own figures spell its value, such as `source=Google` for
    /// `source=google`; `nil` where the answer found something, or nothing is near.
    package func knownSpelling(
        for answer: QueryAnswer, filter: SessionFilter?, of site: Site
    ) throws(StorageError) -> String? {
        guard let filter, answer.totals.allSatisfy({ ($0 ?? 0) == 0 }) else { return nil }
        let values = try open(site, answer.days).figures(dimension: filter.dimension).rows.keys
        guard !values.contains(filter.value) else { return nil }
        let wanted = filter.value.lowercased()
        let near = values.filter { $0.lowercased() == wanted }.min()
        return near.map { "\(filter.dimension.rawValue)=\($0)" }
    }
}
