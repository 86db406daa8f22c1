package import Hummingbird

/// `GET /healthz`: the process answers.
package struct HealthRoutes: Sendable {
    package init() {}

    package func add(to router: Router<FootfallRequestContext>) {
        router.get("/healthz") { _, _ in "ok\n" }
    }
}
