import Analytics
import Storage

extension Installation {
    /// Changes a site from what it is now. Where another command changes it at the same time, asks
    /// again, so that both take effect.
    ///
    /// - Parameter change: changes the settings; returns an epoch to put in force at the site's next
    ///   midnight.
    /// - Returns: the site as it was before.
    @discardableResult
    func change(
        _ domain: String, _ change: (Site, inout SiteSettings) throws -> SiteEpoch?
    ) throws -> Site {
        var attempts = 10
        while true {
            attempts -= 1
            let site = try database.site(named: domain)
            var settings = site.settings
            let epoch = try change(site, &settings)
            do throws(StorageError) {
                try database.updateSite(site, settings: settings, nextEpoch: epoch, at: clock.now())
                return site
            } catch {
                guard case .siteChanged = error, attempts > 0 else { throw error }
            }
        }
    }
}
