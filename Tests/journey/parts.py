"""The journey's parts: what a visitor does, and what the owner must then see."""

import html
from datetime import datetime, timezone

from browser import beacon, kept, open_page
from product import wait_until

SEARCH_PAGE = """<!doctype html><title>Search</title>
<meta name="referrer" content="origin"><a href="{target}">A shop</a>"""

STAY_MS = 3000  # engaged time is real time; there is no signal for it


def now():
    """The clock as the collector writes it down: UTC, in whole milliseconds."""
    moment = datetime.now(timezone.utc)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def equal(what, seen, expected):
    assert seen == expected, f"{what} is {seen!r}, not {expected!r}"


def from_search(page, target):
    """Leads the browser to `target` by a link on the search engine's own address."""
    page.route(
        "https://www.google.com/**",
        lambda route: route.fulfill(
            content_type="text/html", body=SEARCH_PAGE.format(target=html.escape(target))
        ),
    )
    page.goto("https://www.google.com/search?q=lamp")
    with page.expect_response(beacon("pageview")) as answer:
        page.click("a")
    return kept(answer.value)


def step(page, selector):
    """Clicks, and returns the pageview that comes of it."""
    with page.expect_response(beacon("pageview")) as answer:
        page.click(selector)
    return kept(answer.value)


def scroll_to_bottom(page):
    page.mouse.wheel(0, 10_000)
    page.wait_for_function("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")


def visit(browser, footfall, shop):
    """Lands from a search with utm fields, sees three pages, stays, scrolls, leaves."""
    site = "shop.test"
    with open_page(browser) as page:
        moments = [now()]
        landing = from_search(page, shop.url(site, "/?utm_campaign=autumn&token=secret"))
        moments.append(now())
        assert page.evaluate("navigator.webdriver") is False
        equal("the referrer", landing.get("r"), "https://www.google.com/")
        equal("the title", landing["t"], "Home")

        assert "r" in step(page, "#on")
        pushed = step(page, "#on")
        equal("the pushed address", pushed["u"], shop.url(site, "/products/lamp"))
        equal("the pushed title", pushed["t"], "Lamp")
        assert "r" not in pushed, "a single-page view must not have a referrer"

        page.wait_for_timeout(STAY_MS)
        scroll_to_bottom(page)
        moments.append(now())
        page.goto(shop.url("elsewhere.test"))
        # Three views and three engagement updates; the last one outlives its page.
        wait_until("the visit is in the books", lambda: footfall.books(site)["received"] >= 6)
        moments.append(now())
        equal("what the pages said", page.errors, [])
    return moments


def owner_sees_the_visit(footfall, visit_moments, zone):
    """`sessions`, `query` and `dashboard`, before `aggregate` has run and after it."""
    site = "shop.test"
    before, landed, leaving, gone = visit_moments
    equal("the books", footfall.books(site), {"received": 6, "kept": 6, "dropped": {}})

    sessions = footfall.sessions(site, str(landed.astimezone(zone).date()))
    equal("the number of sessions", len(sessions), 1)
    check_session(sessions[0], before, landed, leaving, gone)
    check_figures(footfall, site)
    footfall.run("aggregate")
    check_figures(footfall, site)
    footfall.run("aggregate", "--verify")
    after = footfall.sessions(site, str(landed.astimezone(zone).date()))
    equal("the session after aggregate", after, sessions)


def check_session(session, before, landed, leaving, gone):
    start = datetime.fromisoformat(session["start"])
    end = datetime.fromisoformat(session["end"])
    assert before <= start <= landed, f"start {start} is not in {before} … {landed}"
    assert leaving <= end <= gone, f"end {end} is not in {leaving} … {gone}"
    equal("the duration", round(session["duration_seconds"], 3),
          round((end - start).total_seconds(), 3))
    stayed = STAY_MS / 1000
    engaged = session["engaged_seconds"]
    assert stayed <= engaged <= (gone - before).total_seconds(), f"engaged for {engaged} s"
    expected = {
        "entry_page": "/",
        "exit_page": "/products/lamp",
        "pageviews": 3,
        "events": 0,
        "bounce": False,
        "source": "Google",
        "channel": "Organic Search",
        "country": "LV",
        "browser": "Chrome",
        "os": "Windows",
        "device": "desktop",
        "visit_number": None,
    }
    for key, value in expected.items():
        equal(f"the session's {key}", session[key], value)


def check_figures(footfall, site):
    totals = footfall.totals(site)
    for metric, value in {"visitors": 1, "sessions": 1, "pageviews": 3}.items():
        equal(f"the total of {metric}", totals[metric], value)
    pages = footfall.rows(site, "page", "pageviews")
    equal("the pages", {value: row["pageviews"] for value, row in pages.items()},
          {"/": 1, "/products.html": 1, "/products/lamp": 1})
    campaigns = footfall.rows(site, "utm_campaign", "sessions")
    equal("the campaigns", {value: row["sessions"] for value, row in campaigns.items()},
          {"autumn": 1})
    dashboard = footfall.run("dashboard", site, "--period", "today")
    for word in (site, "/products/lamp", "Google"):
        assert word in dashboard, f"the dashboard doesn't show {word}:\n{dashboard}"


def newsletter_and_event(browser, footfall, shop):
    """The utm fields name the source where there is no referrer, and an event is counted."""
    site = "letter.test"
    with open_page(browser) as page:
        with page.expect_response(beacon("pageview")) as answer:
            page.goto(shop.url(site, "/?utm_source=newsletter&utm_medium=email"))
        kept(answer.value)
        with page.expect_response(beacon("signup")) as answer:
            page.evaluate("footfall('signup', {plan: 'pro'})")
        equal("the event's properties", kept(answer.value)["p"], {"plan": "pro"})
        equal("what the page said", page.errors, [])
    sources = footfall.rows(site, "source", "sessions")
    equal("the sources", list(sources), ["newsletter"])
    equal("the channels", list(footfall.rows(site, "channel", "sessions")), ["Email"])
    events = footfall.rows(site, "event", "events")
    equal("the events", {value: row["events"] for value, row in events.items()}, {"signup": 1})


def without_scripts(browser, footfall, shop):
    """The `<img>` counts a view of the page that embeds it."""
    site = "pixel.test"
    with open_page(browser, java_script_enabled=False) as page:
        with page.expect_response(lambda answer: "/pixel.gif" in answer.url) as answer:
            page.goto(shop.url(site, "/products.html"))
        reason = answer.value.headers.get("footfall-dropped")
        assert reason is None, f"the pixel was dropped: {reason}"
    wait_until("the pixel is in the books", lambda: footfall.books(site)["received"] >= 1)
    pages = footfall.rows(site, "page", "pageviews")
    equal("the pages", {value: row["pageviews"] for value, row in pages.items()},
          {"/products.html": 1})


def collector_out_of_reach(browser, shop):
    """A page whose beacons get nowhere goes on, and says nothing of it but the browser's own."""
    with open_page(browser) as page:
        with page.expect_event("requestfailed"):
            page.goto(shop.url("broken.test"))
        page.evaluate("footfall('signup', {plan: 'pro'})")
        page.click("#on")
        page.wait_for_url("**/products.html")
        page.click("#on")
        page.wait_for_url("**/products/lamp")
        scroll_to_bottom(page)
        page.goto(shop.url("elsewhere.test"))
        ours = [each for each in page.errors if not each[2].endswith("/api/event")]
        equal("what the pages said", ours, [])


def scripted_browser(robot, footfall, shop):
    """A browser that says that it is driven by a script is counted as dropped, and only there."""
    site = "robot.test"
    with open_page(robot) as page:
        with page.expect_response(beacon("pageview")) as answer:
            page.goto(shop.url(site))
        assert page.evaluate("navigator.webdriver") is True
        equal("the answer", answer.value.status, 202)
        equal("the reason", answer.value.headers.get("footfall-dropped"), "bot")
    books = footfall.books(site)
    equal("what was kept", books["kept"], 0)
    equal("what was dropped", books["dropped"], {"bot": books["received"]})
    equal("the pageviews", footfall.totals(site)["pageviews"], 0)


def demo(browser, footfall, screenshots):
    """The demo shop that the collector serves: it looks well and is counted."""
    site = "demo.test"
    for scheme in ("light", "dark"):
        with open_page(browser, color_scheme=scheme) as page:
            with page.expect_response(beacon("pageview")) as answer:
                page.goto(footfall.url("/demo/"))
            equal("the demo's site", kept(answer.value)["d"], site)
            take(page, screenshots, f"demo-{scheme}.png")
            step(page, "text=See the products")
            step(page, "text=Stoneware cup")
            take(page, screenshots, f"demo-product-{scheme}.png")
            with page.expect_response(beacon("add_to_cart")) as answer:
                page.click("text=Add to cart")
            equal("what is in the cart", kept(answer.value)["p"], {"product": "cup"})
            step(page, "text=Contact")
            equal("what the demo said", page.errors, [])
    pages = footfall.rows(site, "page", "pageviews")
    equal("the demo's product page", pages["/demo/product.html"]["pageviews"], 2)


def picture_of_dashboard(browser, footfall, screenshots):
    """The text dashboard as a file, and as a picture of it, to be looked at."""
    text = footfall.run("dashboard", "shop.test", "--period", "today")
    (screenshots / "dashboard.txt").write_text(text, encoding="utf-8")
    with open_page(browser) as page:
        page.set_content(
            "<meta charset=utf-8><body style='background: #111; color: #eee'>"
            f"<pre style='font: 15px/1.25 monospace'>{html.escape(text)}</pre>"
        )
        take(page, screenshots, "dashboard.png", full_page=True)


def take(page, folder, name, **options):
    if folder:
        page.screenshot(path=folder / name, **options)
