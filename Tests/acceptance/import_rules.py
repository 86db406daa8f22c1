#!/usr/bin/env python3
"""The rules of `import log` for lines: what is a pageview, who is a visitor, how sessions join.

    import_rules.py BINARY
"""

import gzip
import json
import os
import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from support import shop
from support.agents import BROWSERS, CHROME, ROBOTS
from support.footfall import value_rows
from support.imports import ZONE, fill, fresh, imported, totals
from support.logfiles import ADDRESS, Request, day_before, line, log_file, request, write
from support.options import run_test
from support.truth import instant, local_seconds

# One person's visits: (days before today, clock) of each pageview; then how many pageviews each
# session has, and the visitors of each day that is named.
VISITS = [
    ("a gap of exactly 30 minutes does not cut",
     [(2, "10:00:00"), (2, "10:30:00"), (2, "11:00:01")], [2, 1], {2: 1}),
    ("a session over midnight stays one",
     [(3, "23:50:00"), (2, "00:10:00")], [2], {3: 1, 2: 1}),
    ("who comes back after it has a new value",
     [(3, "23:50:00"), (2, "00:10:00"), (2, "08:00:00")], [2, 1], {3: 1, 2: 2}),
    ("who comes back the same day has the same value",
     [(2, "08:00:00"), (2, "12:00:00"), (2, "23:00:00")], [1, 1, 1], {2: 1}),
    ("30 minutes over midnight do not cut",
     [(3, "23:45:00"), (2, "00:15:00")], [2], {3: 1, 2: 1}),
    ("a second more does",
     [(3, "23:45:00"), (2, "00:15:01")], [1, 1], {3: 1, 2: 1}),
    ("the old value is kept after the old salt's end",
     [(3, "23:55:00"), (2, "00:20:00"), (2, "00:45:00"), (2, "01:10:00"), (2, "09:00:00")],
     [4, 1], {3: 1, 2: 2}),
    ("the first instant of the day is the new day",
     [(3, "23:59:59"), (2, "00:00:00")], [2], {3: 1, 2: 1}),
    ("written late, over midnight",
     [(2, "00:00:01"), (3, "23:59:59")], [2], {3: 1, 2: 1}),
    ("written late, within the day",
     [(2, "10:00:03"), (2, "10:00:01"), (2, "10:00:02")], [3], {2: 1}),
]


def visits_become_sessions(checks, bench):
    sites = [f"visits-{place}.test" for place in range(len(VISITS))]
    footfall = fresh(bench, *sites)
    for site, (_, visits, _, _) in zip(sites, VISITS):
        requests = [request(day_before(days), clock) for days, clock in visits]
        footfall.must("import", "log", site, log_file(bench, requests))
    for stage in ("before aggregation", "after it"):
        for site, (title, visits, pageviews, _) in zip(sites, VISITS):
            title = f"{title}, {stage}"
            days = sorted({day_before(days) for days, _ in visits})
            sessions = [one for day in days for one in footfall.sessions(site, day)]
            checks.equal(title, pageviews, [one["pageviews"] for one in sessions])
            times = sorted(local_seconds(ZONE, day_before(d), clock) for d, clock in visits)
            checks.equal(f"{title}: first start", instant(times[0]), sessions[0]["start"])
            checks.equal(f"{title}: last end", instant(times[-1]), sessions[-1]["end"])
        footfall.must("aggregate")
    for site, (title, _, _, visitors) in zip(sites, VISITS):
        for days, count in visitors.items():
            checks.equal(f"{title}: visitors", count, totals(footfall, day_before(days), site)[0])


def a_session_is_at_most_48_hours(checks, bench):
    """A page every 25 minutes for 60 hours; over two midnights it is one until the bound."""
    start = local_seconds(ZONE, day_before(5), "20:00:00")
    times = [start + step * 1500 for step in range(60 * 60 // 25)]
    footfall = imported(bench, [
        Request(time, time, ADDRESS, CHROME.text, "GET", "/", 200) for time in times])
    sessions = [one for n in range(5, 0, -1) for one in footfall.sessions(
        shop.SITE, day_before(n))]
    first = [time for time in times if time - start <= 48 * 3600]
    rest = times[len(first):]
    checks.equal("two sessions", [len(first), len(rest)], [one["pageviews"] for one in sessions])
    checks.equal("where they meet", [instant(first[-1]), instant(rest[0])],
                 [sessions[0]["end"], sessions[-1]["start"]])
    for days, visitors in ((5, 1), (4, 1), (3, 2), (2, 1)):
        checks.equal(f"visitors {days} days ago", visitors, totals(footfall, day_before(days))[0])


# What is a pageview and what is not: (title, fields of the request, whether it counts).
LINES = [
    ("a page", {}, True),
    ("not modified", {"status": 304}, True),
    ("part of a page", {"status": 206}, True),
    ("a page with a query", {"target": "/?q=1"}, True),
    ("redirect", {"status": 301}, False),
    ("found", {"status": 302}, False),
    ("not found", {"status": 404}, False),
    ("server error", {"status": 500}, False),
    ("post", {"method": "POST"}, False),
    ("head", {"method": "HEAD"}, False),
    ("options", {"method": "OPTIONS"}, False),
    ("put", {"method": "PUT"}, False),
    ("style", {"target": "/a.css"}, False),
    ("style with a query", {"target": "/a.css?v=3"}, False),
    ("script", {"target": "/js/a.js"}, False),
    ("picture", {"target": "/a.PNG"}, False),
    ("icon", {"target": "/favicon.ico"}, False),
    ("font", {"target": "/f.woff2"}, False),
    ("bot", {"agent": ROBOTS[0]}, False),
    ("another bot", {"agent": ROBOTS[2]}, False),
    ("library", {"agent": ROBOTS[7]}, False),
]


def only_pageviews_count(checks, bench):
    day = day_before(2)
    sites = [f"line-{place}.test" for place in range(len(LINES))]
    footfall = fresh(bench, *sites)
    for site, (title, fields, counts) in zip(sites, LINES):
        outcome = footfall.run(
            "import", "log", site, log_file(bench, [request(day, "10:00:00", **fields)]))
        checks.one_of(f"{title}: exit code", (0,) if counts else (0, 1), outcome.status)
    footfall.must("aggregate")
    for site, (title, _, counts) in zip(sites, LINES):
        checks.equal(title, int(counts), totals(footfall, day, site)[2])
        books = footfall.books(site, f"{day}..{day}")
        checks.equal(f"{title}: kept", int(counts), books["kept"])
        checks.equal(f"{title}: books balance", books["received"],
                     books["kept"] + sum(books["dropped"].values()))


def addresses_are_cleaned_like_those_of_beacons(checks, bench):
    day = day_before(2)
    targets = [
        ("/", "/"), ("/kr%C5%ABze", "/krūze"), ("/a?b=c&utm_source=x", "/a"),
        ("/veca/%E2%82", "/veca/%E2%82"), ("http://veikals.test/proxy", "/proxy"),
    ]
    footfall = imported(bench, [
        request(day, f"10:00:{place:02}", target) for place, (target, _) in enumerate(targets)])
    pages = value_rows(footfall.query(shop.SITE, ["pageviews"], f"{day}..{day}", "page"),
                       "pageviews")
    for target, page in targets:
        checks.check(f"{target} is {page}", page in pages, str(pages))


def visitors_are_told_apart(checks, bench):
    """The network and the user agent make a visitor; an IPv6 household is its /64."""
    day, firefox = day_before(2), BROWSERS[20].text
    pairs = [
        ("another address", ADDRESS, "81.198.10.21", CHROME.text, 2),
        ("another browser", ADDRESS, ADDRESS, firefox, 2),
        ("the same", ADDRESS, ADDRESS, CHROME.text, 1),
        ("one /64", "2a03:ec00:1:2::3", "2a03:ec00:1:2:aaaa:bbbb:cccc:dddd", CHROME.text, 1),
        ("two /64", "2a03:ec00:1:2::3", "2a03:ec00:1:3::3", CHROME.text, 2),
        ("IPv4 in IPv6", ADDRESS, f"::ffff:{ADDRESS}", CHROME.text, 1),
    ]
    sites = [f"pair-{place}.test" for place in range(len(pairs))]
    footfall = fresh(bench, *sites)
    for site, (title, first, second, agent, visitors) in zip(sites, pairs):
        footfall.must("import", "log", site, log_file(bench, [
            request(day, "10:00:00", address=first),
            request(day, "10:01:00", address=second, agent=agent)]))
    footfall.must("aggregate")
    for site, (title, _, _, _, visitors) in zip(sites, pairs):
        checks.equal(title, visitors, totals(footfall, day, site)[0])


def formats_are_recognised(checks, bench):
    day = day_before(2)
    people = [f"81.198.10.{place}" for place in range(1, 6)]
    requests = [request(day, f"1{place}:00:00", address=address)
                for place, address in enumerate(people)]
    plain = [line(one, ZoneInfo(ZONE)) for one in requests]
    common = [line(one, ZoneInfo("America/New_York"), "common") for one in requests]
    folder = bench.folder()
    named_plain = write(folder, "plain.log", plain)
    disguised = os.path.join(folder, "no-ending")
    with open(disguised, "wb") as file:
        half = len(plain) // 2
        for part in (plain[:half], plain[half:]):
            file.write(gzip.compress(b"".join(entry + b"\n" for entry in part)))
    unpacked = os.path.join(folder, "plain.gz")
    os.rename(write(folder, "again.log", plain), unpacked)
    windows_ends = write(folder, "crlf.log", [entry + b"\r" for entry in plain])
    for title, path in (("combined", named_plain), ("common", write(folder, "common.log", common)),
                        ("gzip of two members by content", disguised),
                        ("plain text called .gz", unpacked), ("CR LF", windows_ends)):
        footfall = fresh(bench)
        fill(footfall, path)
        checks.equal(title, (5, 5, 5), totals(footfall, day))


def unreadable_lines_are_told_and_passed_over(checks, bench):
    day = day_before(2)
    good = [line(request(day, f"10:{minute:02}:00"), ZoneInfo(ZONE)) for minute in range(3)]
    secret = b'81.198.77.91 - - [32/Foo/2026:99 "GET /kanarija" Mozilla/5.0 KanarijaAgent'
    lines = [good[0], secret, good[1], b"\xff\xfe\x00", b"", good[2], good[0][:40]]
    path = write(bench.folder(), "broken.log", lines)
    footfall = fresh(bench)
    outcome = footfall.run("import", "log", shop.SITE, path)
    checks.equal("exit code", 0, outcome.status)
    footfall.must("aggregate")
    checks.equal("the rest is counted", 3, totals(footfall, day)[2])
    for number in (2, 4, 7):
        checks.check(f"line {number} is told", re.search(rf"\b{number}\b", outcome.said),
                     outcome.said)
    for text in ("81.198.77.91", "KanarijaAgent"):
        checks.check(f"{text} is not repeated", text not in outcome.said, outcome.said)
    outcome = fresh(bench).run("import", "log", shop.SITE, path, "--format", "json")
    facts = json.loads(outcome.stdout)
    checks.check("facts as JSON", isinstance(facts, dict), outcome.stdout)


def days_have_23_24_or_25_hours(checks, bench):
    """A line each half hour of the last days on which Riga's clocks were changed."""
    changes = clock_changes(date.fromisoformat(day_before(1)), 2)
    requests = [request(day_before(1), "10:00:00")]  # so that the clock is credible
    for day in changes:
        begin, end = bounds(day)
        requests += [Request(time, time, ADDRESS, CHROME.text, "GET", "/", 200)
                     for time in range(begin - 1800, end + 1800, 1800)]
    footfall = imported(bench, requests)
    for day in changes:
        begin, end = bounds(day)
        checks.one_of(f"hours of {day}", (23, 25), (end - begin) // 3600)
        checks.equal(f"pageviews of {day}", (end - begin) // 1800,
                     totals(footfall, day.isoformat())[2])


def bounds(day):
    """The first instant of a local date, and that of the next."""
    return (local_seconds(ZONE, day.isoformat()),
            local_seconds(ZONE, (day + timedelta(days=1)).isoformat()))


def clock_changes(until, count):
    """The latest dates of less or more than 24 hours."""
    found, day = [], until
    while len(found) < count:
        day -= timedelta(days=1)
        begin, end = bounds(day)
        if end - begin != 86400:
            found.append(day)
    return found


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        visits_become_sessions,
        a_session_is_at_most_48_hours,
        only_pageviews_count,
        addresses_are_cleaned_like_those_of_beacons,
        visitors_are_told_apart,
        formats_are_recognised,
        unreadable_lines_are_told_and_passed_over,
        days_have_23_24_or_25_hours,
    ])
