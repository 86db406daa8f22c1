#!/usr/bin/env python3
"""What visitors do besides looking at pages: properties, links, orders, searches.

    events.py BINARY
"""

from support.beacons import TRUSTED, kept, pageview, send
from support.footfall import Footfall, calm_zone, value_rows
from support.options import run_test
from support.search import forms, found_in_folder

SITE = "veikals.test"
URL = f"https://{SITE}"
ORDER_NUMBER = "PAS-2026-004711"
PERSON = "anna.berzina@example.lv"


def event(name, path="/", properties=None, **more):
    return {"n": name, "u": URL + path, "p": properties or {}} | more


def order(amount, number=None, currency="EUR", path="/paldies", **properties):
    if number:
        properties["transaction_id"] = number
    return event("purchase", path, properties, **{
        "$": {"currency": currency, "amount": amount}})


# By visitor; all in one day.
VISITS = {
    "198.51.100.1": [
        pageview(f"{URL}/", r="https://www.google.com/"),
        pageview(f"{URL}/mekle?q=Galda%20Lampa&utm_source=google"),
        {"n": "engagement", "u": f"{URL}/mekle", "e": 3000, "sd": 40},
        {"n": "engagement", "u": f"{URL}/mekle", "e": 3000, "sd": 80},
        event("signup", properties={"plan": "pro", "email": PERSON, "user_id": PERSON}),
        order("49.90", ORDER_NUMBER, delivery="parcel"),
        order("49.90", ORDER_NUMBER, delivery="parcel"),
    ],
    "198.51.100.2": [
        pageview(f"{URL}/mekle?q=krēsls", p={"author": "Anna"}),
        event("signup", properties={"plan": "free"}),
        event("Outbound Link: Click", properties={"url": f"https://b.test/x?mail={PERSON}"}),
        event("Outbound Link: Click", properties={"url": f"mailto:{PERSON}"}),
        event("File Download", properties={"url": f"{URL}/cenas.pdf"}),
        event("404", "/nav-te"),
    ],
    "198.51.100.3": [
        order("10", currency="USD"), order("-5.00"), order("20.10", "PAS-2"),
        order("20.10", "PAS-3"), order("1", currency="XXX"),
    ],
}

EXPECTED = {
    ("property:plan", "visitors,events"): {"pro": (1, 1), "free": (1, 1)},
    ("property", "pageviews,events"): {
        "author=Anna": (1, 0), "plan=pro": (0, 1), "plan=free": (0, 1), "delivery=parcel": (0, 1)},
    ("search_term", "visitors,pageviews"): {"galda lampa": (1, 1), "krēsls": (1, 1)},
    ("outbound_link", "events"): {"b.test/x": (1,)},
    ("download", "events"): {f"{SITE}/cenas.pdf": (1,)},
    ("not_found", "events,sessions"): {"/nav-te": (1, 1)},
    ("source", "orders,revenue,average_order"): {
        "Google": (1, 49.9, 49.9), "Direct": (2, 35.2, 17.6)},
    ("event", "events,orders,revenue"): {
        "purchase": (6, 3, 85.1), "signup": (2, 0, 0), "Outbound Link: Click": (2, 0, 0),
        "File Download": (1, 0, 0), "404": (1, 0, 0)},
    ("page", "pageviews,scroll_depth"): {"/": (1, None), "/mekle": (2, 80)},
}


def what_visitors_do(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, calm_zone(), "--search-parameter", "q")
    with footfall.serve(*TRUSTED) as server:
        for address, bodies in VISITS.items():
            for body in bodies:
                with server.connect() as connection:
                    checks.check(f"{body} is kept", kept(send(connection, body, address)))
        compare(checks, footfall, "today")
        footfall.must("aggregate")
        compare(checks, footfall, "after aggregation")
        server.stop()
    secrets = {text: forms(text) for text in (ORDER_NUMBER, PERSON)}
    checks.equal("what may not be in the folder", [], found_in_folder(footfall.data, secrets))


def compare(checks, footfall, stage):
    for (dimension, metrics), rows in EXPECTED.items():
        answer = footfall.query(SITE, metrics.split(","), "today", dimension)
        found = {row["value"]: tuple(row[name] for name in metrics.split(","))
                 for row in answer["rows"]}
        checks.equal(f"{dimension}, {stage}", rows, found)
        checks.equal("its name", dimension, answer["dimension"])
    answer = footfall.query(SITE, ["orders", "revenue"], "today")
    checks.equal(f"orders, {stage}", (3, 85.1, "EUR", ["USD"]), (
        answer["totals"]["orders"], answer["totals"]["revenue"], answer["currency"],
        answer["other_currencies"]))
    answer = footfall.query(SITE, ["orders", "revenue"], "today", None, "--currency", "usd")
    checks.equal(f"in dollars, {stage}", (1, 10, "USD"), (
        answer["totals"]["orders"], answer["totals"]["revenue"], answer["currency"]))
    text = footfall.must("query", SITE, "--metrics", "orders,revenue", "--period", "today")
    checks.contains("the text names the currency", text, "revenue EUR")
    checks.contains("and the other one", text, "USD")
    answer = footfall.query(SITE, ["pageviews"], "today", None, "--filter", "property:plan=pro")
    checks.equal(f"a filter by a property, {stage}", 2, answer["totals"]["pageviews"])
    for wrong in (("--currency", "EURO"), ("--dimension", "property:"),
                  ("--filter", "property:=x")):
        checks.equal(f"{wrong}", 64, footfall.run(
            "query", SITE, "--metrics", "revenue", *wrong).status)


SHOPPERS = {
    "198.51.100.1": ["/", "/prece/1", "add_to_cart", "/grozs", "begin_checkout", "purchase"],
    "198.51.100.2": ["/prece/2", "add_to_cart", "/grozs"],
    "198.51.100.3": ["/grozs", "/prece/1"],
    "198.51.100.4": ["/"],
}


def goals_and_funnels(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, calm_zone())
    footfall.must("goal", "add", SITE, "Pasūtījums", "--event", "purchase", "--value", "2.50",
                  "--currency", "eur")
    footfall.must("goal", "add", SITE, "Prece", "--page", "/prece/*")
    footfall.must("funnel", "add", SITE, "Pirkums", "--step", "page=/prece/*", "--step",
                  "page=/grozs", "--step", "event=purchase")
    refused_definitions(checks, footfall)
    with footfall.serve(*TRUSTED) as server:
        for address, steps in SHOPPERS.items():
            for step in steps:
                body = pageview(URL + step) if step.startswith("/") else event(step)
                with server.connect() as connection:
                    checks.check(f"{body} is kept", kept(send(connection, body, address)))
        for stage in ("today", "after aggregation"):
            compare_goals(checks, footfall, stage)
            footfall.must("aggregate")
        server.stop()
    # A goal that comes later reaches what is there already.
    footfall.must("goal", "add", SITE, "Sākums", "--page", "/")
    checks.equal("a later goal", 2, reached(footfall)["Sākums"])
    footfall.must("aggregate")
    checks.equal("a later goal, folded", 2, reached(footfall)["Sākums"])
    footfall.must("goal", "remove", SITE, "Prece")
    footfall.must("funnel", "remove", SITE, "Pirkums")
    footfall.must("aggregate")
    checks.equal("what was removed is gone", {"Pasūtījums": 1, "Sākums": 2}, reached(footfall))
    checks.equal("and so is the funnel", [], footfall.json(
        "funnel", "list", SITE, "--period", "today")["funnels"])


def reached(footfall):
    answer = footfall.json("goal", "list", SITE, "--period", "today")
    return {goal["name"]: goal["conversions"] for goal in answer["goals"]}


def refused_definitions(checks, footfall):
    for wrong in (
            ("goal", "add", SITE, "A"), ("goal", "add", SITE, "A", "--event", "a", "--page", "/"),
            ("goal", "add", SITE, "Prece", "--event", "a"), ("goal", "add", SITE, " ", "--event", "a"),
            ("goal", "add", SITE, "A", "--page", "prece"), ("goal", "remove", SITE, "A"),
            ("goal", "add", SITE, "A", "--event", "a", "--value", "-1", "--currency", "EUR"),
            ("goal", "add", SITE, "A", "--event", "a", "--value", "1"),
            ("funnel", "add", SITE, "A", "--step", "page=/"), ("funnel", "remove", SITE, "A"),
            ("funnel", "add", SITE, "A", *["--step", "page=/"] * 11),
            ("funnel", "add", SITE, "A", "--step", "page=/", "--step", "purchase"),
            ("funnel", "add", SITE, "Pirkums", "--step", "page=/", "--step", "page=/a")):
        outcome = footfall.run(*wrong)
        checks.equal(f"{wrong}: exit code", 64, outcome.status)
        checks.check(f"{wrong}: says why", outcome.stderr)


def compare_goals(checks, footfall, stage):
    answer = footfall.json("goal", "list", SITE, "--period", "today")
    found = [tuple(goal[name] for name in ("name", "conversions", "sessions", "rate", "worth"))
             for goal in answer["goals"]]
    checks.equal(f"goals, {stage}", [("Pasūtījums", 1, 1, 0.25, 2.5), ("Prece", 3, 3, 0.75, None)],
                 found)
    answer = footfall.json("funnel", "list", SITE, "--period", "today")
    steps = [(step["sessions"], round(step["share"], 3)) for step in answer["funnels"][0]["steps"]]
    checks.equal(f"funnel, {stage}", [(3, 1), (2, 0.667), (1, 0.333)], steps)
    answer = footfall.query(SITE, ["sessions"], "today", "shop_step")
    checks.equal(f"steps to an order, {stage}", {
        "added to cart": 2, "checkout begun": 1, "purchased": 1, "cart left": 1,
    }, value_rows(answer, "sessions"))
    answer = footfall.query(SITE, ["sessions"], "today", None, "--filter", "shop_step=cart left")
    checks.equal(f"a filter by a step, {stage}", 1, answer["totals"]["sessions"])
    text = footfall.must("dashboard", SITE, "--period", "today")
    for part in ("Goals", "Pasūtījums", "Steps to an order", "cart left"):
        checks.contains(f"the dashboard, {stage}", text, part)
    checks.contains(f"the funnel as text, {stage}", footfall.must(
        "funnel", "list", SITE, "--period", "today"), "event=purchase")


if __name__ == "__main__":
    run_test(__file__, __doc__, [what_visitors_do, goals_and_funnels])
