/// Something that visitors do and the owner waits for: an event, or a page that they reach.
package struct GoalTarget: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case event, page
    }

    package var kind: Kind
    /// A `Glob` for the event's name or the page's path.
    package var pattern: String

    package init(_ kind: Kind, _ pattern: String) {
        self.kind = kind
        self.pattern = pattern
    }

    /// `page=/thanks*`
    package var text: String { "\(kind.rawValue)=\(pattern)" }
}

/// A goal of a site, by its name. A conversion is one such event or pageview.
package struct Goal: Hashable, Sendable, Codable {
    package static let most = 50

    /// Unique among the site's goals.
    package var name: String
    package var target: GoalTarget
    /// What a conversion is worth; `nil` takes the revenue that the event brings, if any.
    package var value: Revenue?
    /// The first day that was folded with it; `nil` when there was none before.
    package var since: LocalDay?

    package init(
        name: String, target: GoalTarget, value: Revenue? = nil, since: LocalDay? = nil
    ) {
        self.name = name
        self.target = target
        self.value = value
        self.since = since
    }
}

/// Steps that lead somewhere, in their order; others may lie between them.
package struct Funnel: Hashable, Sendable, Codable {
    package static let most = 20
    package static let stepCounts = 2...10

    /// Unique among the site's funnels.
    package var name: String
    package var steps: [GoalTarget]
    /// The first day that was folded with it; `nil` when there was none before.
    package var since: LocalDay?

    package init(name: String, steps: [GoalTarget], since: LocalDay? = nil) {
        self.name = name
        self.steps = steps
        self.since = since
    }

    /// The value of `funnel_step` for the sessions that come to a step, from 1: `checkout/2`.
    package func value(ofStep step: Int) -> String { "\(name)/\(step)" }
}

/// How far a session comes towards an order, by GA4's recommended events; the values of
/// `shop_step`. A session has each that it comes to, in whatever order.
package enum ShopStep: String, Hashable, Sendable, CaseIterable {
    case viewed = "product viewed"
    case cart = "added to cart"
    case checkout = "checkout begun"
    case purchased
    /// Something was added to the cart, and nothing purchased.
    case cartLeft = "cart left"
    case checkoutLeft = "checkout left"

    /// The event that tells of the step.
    package var event: String? {
        switch self {
        case .viewed: "view_item"
        case .cart: "add_to_cart"
        case .checkout: "begin_checkout"
        case .purchased: "purchase"
        case .cartLeft, .checkoutLeft: nil
        }
    }
}
