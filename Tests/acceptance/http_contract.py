#!/usr/bin/env python3
"""The beacon's contract, request by request: the answer, and what it did to books and figures.

    http_contract.py BINARY
"""

import json

from support.agents import ROBOTS
from support.beacons import TRUSTED, headers, kept, pageview, send
from support.collector import OTHER, SITE, URL, Case, Collector, check_case
from support.options import run_test
from support.wire import chunked

TOO_LARGE = 4 << 20


def raw(text):
    return text.encode() if isinstance(text, str) else text


GOOD = [
    Case("short names", pageview(f"https://{SITE}/g/viens"), page="/g/viens"),
    Case("long names", {"name": "pageview", "url": f"https://{SITE}/g/divi", "domain": SITE,
                        "referrer": "https://www.google.com/", "props": {"krasa": "zila"}},
         page="/g/divi"),
    Case("no referrer but null", pageview(f"https://{SITE}/g/tris", r=None), page="/g/tris"),
    Case("domain with www.", pageview(f"https://{SITE}/g/a", d=f"www.{SITE}"), page="/g/a"),
    Case("url with www. and no domain", pageview(f"https://www.{SITE}/g/b"), page="/g/b"),
    Case("domain in capitals", pageview(f"https://{SITE}/g/c", d=SITE.upper()), page="/g/c"),
    Case("host in capitals", pageview(f"HTTPS://{SITE.upper()}/g/d"), page="/g/d"),
    Case("url with a port", pageview(f"https://{SITE}:8443/g/e"), page="/g/e"),
    Case("plain http", pageview(f"http://{SITE}/g/f"), page="/g/f"),
    Case("url without a path", pageview(f"https://{SITE}"), page="/"),
    Case("query and fragment are cut", pageview(f"https://{SITE}/g/g?a=b#c"), page="/g/g"),
    Case("escapes are decoded", pageview(f"https://{SITE}/g/kr%C5%ABze"), page="/g/krūze"),
    Case("escapes that are no UTF-8 stay", pageview(f"https://{SITE}/g/%E2%82"),
         page="/g/%E2%82"),
    Case("letters as they are", pageview(f"https://{SITE}/g/šalle"), page="/g/šalle"),
    Case("unknown keys", pageview(f"https://{SITE}/g/h", zzz=[1, {"a": None}], v=27),
         page="/g/h"),
    Case("props as JSON text", pageview(f"https://{SITE}/g/i", p='{"krasa":"zila"}'),
         page="/g/i"),
    Case("m for props", pageview(f"https://{SITE}/g/j", m={"krasa": "zila"}), page="/g/j"),
    Case("meta for props", pageview(f"https://{SITE}/g/k", meta='{"krasa":"zila"}'),
         page="/g/k"),
    Case("every key there is", pageview(
        f"https://{SITE}/g/l", d=SITE, r="https://www.bing.com/", p={"a": True, "b": 7, "c": "x"},
        i=True, h=0, v=3, t="Lapa", tz="Europe/Riga", w=1280, k="abcdef0123456789"),
        page="/g/l"),
    Case("application/json", pageview(f"https://{SITE}/g/m"), page="/g/m",
         headers=(("Content-Type", "application/json"),)),
    Case("white space around", raw(json.dumps(pageview(f"https://{SITE}/g/n"), indent=8)),
         page="/g/n"),
    Case("escaped JSON", raw(r'{"n":"page\u0076iew","u":"https:\/\/' + SITE + r'\/g\/o"}'),
         page="/g/o"),
    Case("DNT: 0", pageview(f"https://{SITE}/g/p"), headers=(("DNT", "0"),), page="/g/p"),
    Case("Sec-GPC: 0", pageview(f"https://{SITE}/g/q"), headers=(("Sec-GPC", "0"),),
         page="/g/q"),
    Case("a title of 300 characters", pageview(f"https://{SITE}/g/r", t="ķ" * 300),
         page="/g/r"),
    Case("a custom event", {"n": "Pasūtījums", "u": f"https://{SITE}/g/s"}),
    Case("revenue", {"n": "pirkums", "u": f"https://{SITE}/g/t",
                     "$": {"currency": "EUR", "amount": "12.50"}}),
    Case("engagement", {"n": "engagement", "u": f"https://{SITE}/g/l", "e": 15000, "sd": 80}),
    Case("a cookie is nothing to us", pageview(f"https://{SITE}/g/u"),
         headers=(("Cookie", "a=b"),), page="/g/u"),
    Case("another origin's page", pageview(f"https://{SITE}/g/v"),
         headers=(("Origin", f"https://{SITE}"),), page="/g/v"),
]

# Faults that are let pass, by docs/decisions/006-lenient-fields.md: the event is kept.
LENIENT = [
    Case("props that are no JSON", pageview(f"https://{SITE}/l/a", p="nav"), page="/l/a"),
    Case("props that are a number", pageview(f"https://{SITE}/l/b", props=5), page="/l/b"),
    Case("a list for no props", pageview(f"https://{SITE}/l/c", p=[]), page="/l/c"),
    Case("revenue without an amount", {"n": "pirkums", "u": URL, "$": {"currency": "EUR"}}),
    Case("negative engaged time", {"n": "engagement", "u": URL, "e": -5}),
    Case("more than the whole page", {"n": "engagement", "u": URL, "sd": 250}),
    Case("a huge number", b'{"n":"engagement","u":"https://veikals.test/","e":1e999,"sd":1}'),
    Case("a long referrer", pageview(f"https://{SITE}/l/d", r="https://a.test/" + "x" * 3000),
         page="/l/d"),
    Case("an over-long title", pageview(f"https://{SITE}/l/e", t="gara, " * 900), page="/l/e"),
    Case("a zone that nobody knows", pageview(f"https://{SITE}/l/f", tz="Marss/Olimps"),
         page="/l/f"),
    Case("a window of no width", pageview(f"https://{SITE}/l/g", w=0), page="/l/g"),
    Case("a width as text", pageview(f"https://{SITE}/l/h", w="390"), page="/l/h"),
    Case("null for nothing", pageview(f"https://{SITE}/l/i", t=None, tz=None, w=None, k=None,
                                      i=None, h=None, wd=None, p=None), page="/l/i"),
    Case("half a surrogate pair",
         b'{"n":"pageview","u":"https://veikals.test/l/j","t":"\\ud800"}', page="/l/j"),
    Case("the name twice", b'{"n":"x","n":"pageview","u":"https://veikals.test/l/k"}',
         page="/l/k"),
]

DROPPED = [
    Case("GPC", pageview(URL), dropped="opted_out", headers=(("Sec-GPC", "1"),)),
    Case("DNT", pageview(URL), dropped="opted_out", headers=(("DNT", "1"),)),
    Case("prefetch", pageview(URL), dropped="prefetch", headers=(("Sec-Purpose", "prefetch"),)),
    Case("prerender", pageview(URL), dropped="prefetch",
         headers=(("Sec-Purpose", "prefetch;prerender"),)),
    *(Case(f"bot {agent[:40]}", pageview(URL), dropped="bot", agent=agent) for agent in ROBOTS),
    Case("opted out bot", pageview(URL), dropped=("bot", "opted_out"), agent=ROBOTS[0],
         headers=(("DNT", "1"),)),
]

MALFORMED = [
    Case("no body", b"", 400), Case("half an object", b'{"n":"pageview"', 400),
    Case("no JSON", b"n=pageview&u=https://veikals.test/", 400), Case("an array", b"[]", 400),
    Case("a text", b'"pageview"', 400), Case("a number", b"7", 400), Case("null", b"null", 400),
    Case("something after it", raw(json.dumps(pageview(URL))) + b"}", 400),
    Case("two objects", raw(json.dumps(pageview(URL))) * 2, 400),
    Case("no UTF-8", b'{"n":"pageview","u":"https://veikals.test/\xff\xfe"}', 400),
    Case("a bare control character", b'{"n":"page\x01view","u":"https://veikals.test/"}', 400),
    Case("no name", {"u": URL}, 400, names=("n", "name")),
    Case("no url", {"n": "pageview"}, 400, names=("u", "url")),
    Case("neither", {}, 400, names=("n", "name", "u", "url")),
    Case("blank name", {"n": "", "u": URL}, 400, names=("n", "name")),
    Case("name of spaces", {"n": "   ", "u": URL}, 400, names=("n", "name")),
    Case("blank url", pageview(""), 400, names=("u", "url")),
    Case("blank domain", pageview(URL, d=""), 400, names=("d", "domain")),
    Case("name is an object", {"n": {}, "u": URL}, 400, names=("n", "name")),
    Case("name is true", {"n": True, "u": URL}, 400, names=("n", "name")),
    Case("url is a number", pageview(5), 400, names=("u", "url")),
    Case("url is null", pageview(None), 400, names=("u", "url")),
    Case("url is an array", pageview([URL]), 400, names=("u", "url")),
    Case("domain is a number", pageview(URL, d=5), 400, names=("d", "domain")),
    Case("referrer is an object", pageview(URL, r={}), 400, names=("r", "referrer")),
    Case("title is a number", pageview(URL, t=7), 400, names=("t", "title")),
    Case("time zone is a number", pageview(URL, tz=2), 400, names=("tz",)),
    Case("an over-long time zone", pageview(URL, tz="x" * 65), 400, names=("tz",)),
    Case("width is a word", pageview(URL, w="plats"), 400, names=("w",)),
    Case("width is a list", pageview(URL, w=[1]), 400, names=("w",)),
    Case("interactive is a word", {"n": "x", "u": URL, "i": "nav"}, 400, names=("i",)),
    Case("hash routes is a word", pageview(URL, h="x"), 400, names=("h",)),
    Case("scripted is an object", pageview(URL, wd={}), 400, names=("wd",)),
    Case("key is a list", pageview(URL, k=[1]), 400, names=("k",)),
    Case("engaged time is a text", {"n": "engagement", "u": URL, "e": "ilgi"}, 400,
         names=("e",)),
    Case("url is a path", pageview("/lapa"), 400, names=("u", "url")),
    Case("url without a host", pageview("https:///lapa"), 400, names=("u", "url")),
    Case("url is only a word", pageview("lapa"), 400, names=("u", "url")),
    Case("mailto:", pageview("mailto:a@b.test"), 400, names=("u", "url")),
    Case("data:", pageview("data:text/html,x"), 400, names=("u", "url")),
    Case("javascript:", pageview("javascript:alert(1)"), 400, names=("u", "url")),
    Case("an over-long name", {"n": "x" * 5000, "u": URL}, 400, names=("n", "name")),
    Case("an over-long url", pageview(URL + "/" + "x" * 20000), 400, names=("u", "url")),
    Case("an over-long domain", pageview(URL, d="x" * 20000), (400, 202),
         dropped=("unknown_site",), names=("d", "domain")),
    Case("an over-long key", pageview(URL, k="x" * 65), 400, names=("k",)),
    Case("an over-long property", pageview(URL, p={"a": "x" * 2001}), 400, names=("p", "props")),
    Case("deep JSON", b'{"n":"pageview","u":"https://veikals.test/","p":' + b"[" * 20000,
         400),
    Case("deep and closed JSON", b'{"n":"pageview","u":"https://veikals.test/","x":'
         + b"[" * 20000 + b"]" * 20000 + b"}", (400, 202)),
    Case("an engaged time past all numbers",
         b'{"n":"engagement","u":"https://veikals.test/","e":1e999}', 400, names=("e",)),
    Case("a body that is too large", raw(json.dumps(pageview(URL, t="x" * TOO_LARGE))), 413),
]


def good_beacons(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        for case in GOOD:
            check_case(checks, collector, case)
            if case.page:
                checks.equal(f"{case.title}: its page", 1, collector.pages().get(case.page))
        views = sum(1 for case in GOOD if case.page)
        checks.equal("all together: one visitor, one session", (1, 1, views, 2), collector.totals(
            "visitors", "sessions", "pageviews", "events"))
        checks.equal("engaged time", (15.0,), collector.totals("engaged_seconds"))
        checks.equal("events by name", 1, collector.rows("event", "events").get("Pasūtījums"))
        collector.footfall.must("aggregate")
        checks.equal("the same after aggregation", (1, 1, views, 2), collector.totals(
            "visitors", "sessions", "pageviews", "events"))


def lenient_beacons(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        for case in LENIENT:
            check_case(checks, collector, case)
            if case.page:
                checks.equal(f"{case.title}: its page", 1, collector.pages().get(case.page))
        titles = [title for title in collector.rows("title", "pageviews") if "gara" in title]
        checks.check("a title is cut", len(titles) == 1 and 290 < len(titles[0]) <= 300,
                     str(titles))


def dropped_beacons(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        for case in DROPPED:
            check_case(checks, collector, case)
        checks.equal("nothing of them is in the figures", (0, 0, 0), collector.totals(
            "visitors", "sessions", "pageviews"))
        answer = collector.server.request(
            "POST", "/api/event", headers("198.51.100.1"), pageview("https://nav-te.test/"))
        checks.equal("unknown site", (202, "unknown_site"), (answer.status, answer.dropped))
        checks.equal("is in no site's books", (0, 0, {}), collector.difference())


def malformed_beacons(checks, bench):
    with Collector(bench, *TRUSTED) as collector:
        for case in MALFORMED:
            check_case(checks, collector, case)
        with collector.server.connect() as connection:
            bad = send(connection, b"{", "198.51.100.1")
            good = send(connection, pageview(URL), "198.51.100.1")
            checks.equal("a good one after a bad one, on one connection", (400, True),
                         (bad.status, kept(good)))
        large = raw(json.dumps(pageview(URL, t="x" * TOO_LARGE)))
        given = [*headers("198.51.100.1"), ("Transfer-Encoding", "chunked")]
        case = Case("too large in chunks", chunked(large, 60000), 413, headers=tuple(given))
        checks.equal("too large in chunks", 413, collector.send(case).status)
        checks.equal("it still answers", 200, collector.server.request("GET", "/healthz").status)


def several_sites_in_one_beacon(checks, bench):
    with Collector(bench, *TRUSTED, sites=(SITE, OTHER)) as collector:
        both = Case("", pageview(f"https://{SITE}/abi", d=f"{SITE},{OTHER}"))
        checks.check("two sites: kept", kept(collector.send(both)))
        for site in (SITE, OTHER):
            checks.equal(f"two sites: {site}", (1, 1, {}), collector.difference(site))
        spaced = Case("", pageview(f"https://{SITE}/abi", d=f" www.{OTHER} , {SITE} "))
        checks.equal("with spaces and www.", 202, collector.send(spaced).status)
        for site in (SITE, OTHER):
            checks.equal(f"with spaces: {site}", (1, 1, {}), collector.difference(site))
        half = Case("", pageview(f"https://{SITE}/puse", d=f"{SITE},nav-te.test"))
        checks.equal("one of them unknown", 202, collector.send(half).status)
        checks.equal("the known one has it", (1, 1, {}), collector.difference())
        alone = Case("", pageview(f"https://{OTHER}/cits"))
        checks.check("absent domain is the url's host", kept(collector.send(alone)))
        checks.equal("there", (1, 1, {}), collector.difference(OTHER))
        checks.equal("and only there", (0, 0, {}), collector.difference(SITE))


def duplicates(checks, bench):
    with Collector(bench, *TRUSTED, sites=(SITE, OTHER)) as collector:
        first = Case("", pageview(f"https://{SITE}/k", k="8f3a6c1d"))
        checks.check("the first is kept", kept(collector.send(first)))
        again = collector.send(first)
        checks.equal("the second is not", (202, "duplicate"), (again.status, again.dropped))
        checks.equal("books", (2, 1, {"duplicate": 1}), collector.difference())
        for title, case in (
                ("another visitor", Case("", first.body, address="198.51.100.9")),
                ("another key", Case("", pageview(f"https://{SITE}/k", k="00000001"))),
                ("another site", Case("", pageview(f"https://{OTHER}/k", k="8f3a6c1d"))),
                ("no key", Case("", pageview(f"https://{SITE}/k"))),
                ("no key again", Case("", pageview(f"https://{SITE}/k")))):
            checks.check(f"{title} is kept", kept(collector.send(case)))


def engagement(checks, bench):
    """An update joins an open session; it starts none, is no event and makes nobody seen."""
    with Collector(bench, *TRUSTED) as collector:
        update = {"n": "engagement", "u": URL, "e": 20000, "sd": 50}
        answer = collector.send(Case("", update, address="198.51.100.50"))
        checks.equal("one without a session is taken", 202, answer.status)
        checks.equal("and makes nobody seen", (0, 0, 0, 0), collector.totals(
            "visitors", "sessions", "pageviews", "events"))
        collector.send(Case("", pageview(URL)))
        for _ in range(2):
            collector.send(Case("", update))
        checks.equal("they add up", (1, 1, 1, 0, 1, 40.0), collector.totals(
            "visitors", "sessions", "pageviews", "events", "bounces", "engaged_seconds"))
        quiet = {"n": "ritinats", "u": URL, "i": False}
        collector.send(Case("", quiet))
        checks.equal("an event that is not interactive ends no bounce", (1, 1), collector.totals(
            "events", "bounces"))
        collector.send(Case("", {"n": "klikskis", "u": URL}))
        checks.equal("one that is does", (2, 0), collector.totals("events", "bounces"))
        only_event = Case("", {"n": "klikskis", "u": URL}, address="198.51.100.51")
        collector.send(only_event)
        checks.equal("events alone are a session and no bounce", (2, 2, 1, 0), collector.totals(
            "visitors", "sessions", "pageviews", "bounces"))


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        good_beacons,
        lenient_beacons,
        dropped_beacons,
        malformed_beacons,
        several_sites_in_one_beacon,
        duplicates,
        engagement,
    ])
