#!/usr/bin/env python3
"""What the owner reads: dashboard, filters, large dimensions, CSV, text from strangers.

    reports.py BINARY
"""

import csv
import io
import json
import subprocess
import unicodedata

from generate_log import recent_plan
from support import shop
from support.beacons import TRUSTED, pageview, send
from support.footfall import COMMAND_SECONDS, Footfall, calm_zone, days_named, value_rows
from support.logfiles import day_before, log_file, request
from support.options import run_test
from support.report import compare_tables
from support.words import word

SITE, ZONE = shop.SITE, shop.TIMEZONE
METRICS = ("visitors", "sessions", "pageviews", "bounces", "session_seconds")
PAGE_METRICS = ("visitors", "pageviews")
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
MOST_PAGES = 5000


def fresh(bench, zone=ZONE):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, zone)
    return footfall


def filters(checks, bench):
    """A filter by a session's value: the totals and pages of the sessions that have it."""
    plan = recent_plan(bench.seed, 6000, 4)
    truth = plan.truth()
    footfall = fresh(bench)
    footfall.must("import", "log", SITE, *plan.write_rotated(bench.folder()))
    for stage in ("before aggregation", "after it"):
        for name, value in (("source", "Google"), ("device", "mobile"), ("channel", "Direct"),
                            ("entry_page", "/veikals"), ("source", "nav-te")):
            for day in plan.days[1:3]:
                compare_filtered(checks, footfall, truth, day, name, value, stage)
        footfall.must("aggregate")


def compare_filtered(checks, footfall, truth, day, name, value, stage):
    title, only = f"{name}={value} on {day} {stage}", ("--filter", f"{name}={value}")
    nothing = {metric: 0 for metric in METRICS}
    answer = footfall.query(SITE, METRICS, f"{day}..{day}", None, *only)
    expected = truth.by_session(name)[day].get(value, nothing)
    compare_tables(checks, title, expected, {m: answer["totals"][m] for m in METRICS})
    pages = truth.pages(lambda session: session.value(name) == value).get(day, {})
    answer = footfall.query(SITE, PAGE_METRICS, f"{day}..{day}", "page", *only)
    wanted = {page: tuple(row[m] for m in PAGE_METRICS) for page, row in pages.items()}
    compare_tables(checks, f"{title}: pages", wanted, value_rows(answer, *PAGE_METRICS))


def a_filter_reaches_as_far_as_raw_events(checks, bench):
    old = day_before(60)
    footfall = fresh(bench)
    footfall.must("import", "log", SITE, log_file(bench, [
        request(old, "10:00:00"), request(day_before(1), "10:00:00")]))
    footfall.must("aggregate")
    outcome = footfall.run("query", SITE, "--metrics", "pageviews", "--period", f"{old}..{old}",
                           "--filter", "source=Direct")
    checks.equal("exit code", 64, outcome.status)
    checks.equal("nothing on standard output", "", outcome.stdout)
    named = [day for day in days_named(outcome.stderr) if day > old]
    checks.check("says from which day it can be had", named, outcome.stderr)


def a_filter_without_a_period(checks, bench):
    """It looks as far back as raw events reach, and says how far that is."""
    footfall = fresh(bench)
    days = [day_before(count) for count in range(1, 30)]
    footfall.must("import", "log", SITE, log_file(bench, [
        request(day, "10:00:00", referrer="https://www.google.com/") for day in days]))
    footfall.must("aggregate")
    ask = ("query", SITE, "--metrics", "pageviews", "--filter", "source=Google")
    answer = footfall.json(*ask)
    checks.equal("all are kept: 30 days", (day_before(29), day_before(0), len(days)), (
        answer["from"], answer["to"], answer["totals"]["pageviews"]))
    # The oldest days' raw events go; their figures stay.
    given = {"environment": {"FOOTFALL_RETENTION_RAW": "10d"}}
    footfall.must("aggregate", **given)
    answer = footfall.json(*ask)
    first = answer["from"]
    checks.check("some are gone: fewer days", day_before(10) <= first <= day_before(1), first)
    counted = sum(first <= day for day in days)
    checks.equal("with all that they have", counted, answer["totals"]["pageviews"])
    checks.equal("up to today", day_before(0), answer["to"])
    checks.contains("the text says which", footfall.must(*ask), str(int(first[8:])))
    checks.equal("a period that was asked for is not shortened", 64, footfall.run(
        *ask, "--period", "30d").status)


def a_misspelt_value_is_hinted_at(checks, bench):
    day = day_before(1)
    footfall = fresh(bench)
    footfall.must("import", "log", SITE, log_file(bench, [
        request(day, "10:00:00", "/Veikals", referrer="https://www.google.com/")]))
    for given, hint in (("source=google", "source=Google"), ("page=/veikals", "page=/Veikals"),
                        ("source=Google", None), ("source=nav-te", None)):
        outcome = footfall.run("query", SITE, "--metrics", "sessions", "--format", "json",
                               "--filter", given, "--period", f"{day}..{day}")
        checks.equal(f"{given}: exit code", 0, outcome.status)
        json.loads(outcome.stdout)
        checks.equal(f"{given}: what is said besides", hint is not None,
                     bool(hint) and hint in outcome.stderr)
        if not hint:
            checks.equal(f"{given}: nothing", "", outcome.stderr)


def three_visits(bench, day):
    """Of three visitors: Google's, one that looks for a weakness, one who knows the shop."""
    footfall = fresh(bench)
    footfall.must("import", "log", SITE, log_file(bench, [
        request(day, "10:00:00", "/veikals/lampa", referrer="https://www.google.com/"),
        request(day, "11:00:00", "/wp-login.php", address="81.198.0.2"),
        request(day, "12:00:00", "/veikals/galds", address="81.198.0.3"),
        request(day, "13:00:00", "/veikals", address="66.249.66.1", agent=GOOGLEBOT)]))
    return footfall


def several_filters(checks, bench):
    day = day_before(1)
    footfall = three_visits(bench, day)
    for given, pageviews in ((["page~/veikals/*"], 2), (["page~/veikals/*", "source!=Google"], 1),
                             (["source!=Google"], 2), (["page~/*", "page!=/wp-login.php"], 2),
                             (["page~/veikals/l?mpa", "country!=LV"], 1), (["page~veikals"], 0)):
        only = [word for text in given for word in ("--filter", text)]
        answer = footfall.query(SITE, ["pageviews"], f"{day}..{day}", None, *only)
        checks.equal(f"{given}: pageviews", pageviews, answer["totals"]["pageviews"])
        checks.equal(f"{given}: named in the answer", given, answer["filters"])
        dashboard = footfall.json("dashboard", SITE, "--period", f"{day}..{day}", *only)
        figures = [panel["figures"] for panel in dashboard["panels"] if panel["panel"] == "header"]
        seen = {figure["metric"]: figure["value"] for panel in figures for figure in panel}
        checks.equal(f"{given}: on the dashboard", pageviews or None, seen.get("pageviews") or None)
        text = footfall.must("dashboard", SITE, "--period", f"{day}..{day}", *only)
        checks.contains(f"{given}: told", text, "Sessions with " + given[0])


def exclusions(checks, bench):
    """Sessions that the owner hides are in no figure, and come back when he takes that back."""
    day = day_before(1)
    footfall = three_visits(bench, day)
    footfall.must("aggregate")
    before, books = footfall.export(SITE), footfall.books(SITE, f"{day}..{day}")
    checks.equal("pageviews of all", 3, pageviews_of(footfall, day))
    footfall.must("exclude", "add", SITE, "--page", "/wp-*", "--engaged", "0")
    footfall.must("exclude", "add", SITE, "--source", "Google")
    listed = footfall.json("exclude", "list", SITE)["exclusions"]
    checks.equal("listed", [(1, ["page~/wp-*"], 0, 1), (2, ["source=Google"], None, 1)], [
        (one["number"], one["conditions"], one["engaged_seconds"], one["sessions"])
        for one in listed])
    footfall.must("aggregate")
    checks.equal("pageviews without them", 1, pageviews_of(footfall, day))
    checks.equal("the books count events", books, footfall.books(SITE, f"{day}..{day}"))
    footfall.must("aggregate", "--verify")
    footfall.must("exclude", "remove", SITE, "1")
    checks.equal("no such number any more", 64, footfall.run("exclude", "remove", SITE, "1").status)
    footfall.must("exclude", "remove", SITE, "2")
    footfall.must("aggregate")
    checks.equal("as it was", before, footfall.export(SITE))
    checks.equal("nothing to exclude", 64, footfall.run("exclude", "add", SITE).status)


def changes_at_once(checks, bench):
    """Several commands change one site's settings at the same time: each takes effect."""
    footfall = three_visits(bench, day_before(1))
    changes = [("goal", "add", SITE, f"Mērķis {number}", "--page", f"/{number}") for number in range(4)]
    changes += [("exclude", "add", SITE, "--page", f"/{number}") for number in range(4)]
    started = [footfall.start(*change, stdout=subprocess.DEVNULL) for change in changes]
    checks.equal("all are done", [0] * 8, [process.wait(COMMAND_SECONDS) for process in started])
    goals = {goal["name"] for goal in footfall.json("goal", "list", SITE)["goals"]}
    checks.equal("goals", {f"Mērķis {number}" for number in range(4)}, goals)
    listed = footfall.json("exclude", "list", SITE)["exclusions"]
    checks.equal("exclusions", [1, 2, 3, 4], sorted(one["number"] for one in listed))
    checks.equal("each once", 4, len({tuple(one["conditions"]) for one in listed}))


def pageviews_of(footfall, day):
    return footfall.query(SITE, ["pageviews"], f"{day}..{day}")["totals"]["pageviews"]


def bots(checks, bench):
    day = day_before(1)
    footfall = three_visits(bench, day)
    found = footfall.json("bots", SITE, "--period", f"{day}..{day}")
    checks.equal("the rule that caught it", [
        {"rule": "googlebot", "category": "crawler", "beacons": 1, "allowed": False}],
        found["rules"])
    checks.contains("as text", footfall.must("bots", SITE), "googlebot", "crawler")
    footfall.must("aggregate")
    before = footfall.export(SITE)
    views = pageviews_of(footfall, day)
    footfall.must("bots", "allow", SITE, "googlebot")
    footfall.must("aggregate")
    checks.equal("let in", views + 1, pageviews_of(footfall, day))
    books = footfall.json("books", SITE, "--period", f"{day}..{day}")
    checks.equal(
        "no drop any more", (views + 1, 0), (books["kept"], books["dropped"]["bot"]))
    checks.contains("marked", footfall.must("bots", SITE), "googlebot *")
    footfall.must("aggregate", "--verify")
    footfall.must("bots", "disallow", SITE, "googlebot")
    footfall.must("aggregate")
    checks.equal("as it was", before, footfall.export(SITE))
    checks.equal("no such rule", 64, footfall.run("bots", "allow", SITE, "gogglebot").status)
    checks.equal("not allowed", 64, footfall.run("bots", "disallow", SITE, "googlebot").status)


def large_dimensions(checks, bench):
    """More pages than a day keeps: the largest stand alone, the rest are (other)."""
    day, many = day_before(2), MOST_PAGES + 150
    requests = []
    for number in range(many):
        clock = f"{8 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
        views = 2 if number < 10 else 1
        requests += [request(day, clock, f"/p/{word(number)}",
                             address=f"81.198.{number % 200}.{view + 1}") for view in range(views)]
    footfall = fresh(bench)
    footfall.must("import", "log", SITE, log_file(bench, requests))
    footfall.must("aggregate")
    answer = footfall.query(SITE, ["pageviews"], f"{day}..{day}", "page")
    rows = value_rows(answer, "pageviews")
    checks.equal("at_least", True, answer["at_least"])
    checks.equal("rows", MOST_PAGES + 1, len(rows))
    checks.equal("(other)", many - MOST_PAGES, rows.get("(other)"))
    checks.equal("the sum", len(requests), sum(rows.values()))
    checks.equal("the total", len(requests), answer["totals"]["pageviews"])
    checks.check("the largest stand alone", all(
        rows.get(f"/p/{word(number)}") == 2 for number in range(10)))
    single = sorted(f"/p/{word(number)}" for number in range(10, many))
    left = [page for page in single if page in rows]
    checks.equal("ties by text", single[:MOST_PAGES - 10], left)
    limited = footfall.json("query", SITE, "--metrics", "pageviews", "--dimension", "page",
                            "--period", f"{day}..{day}", "--limit", "3")
    checks.equal("a limit", (3, len(requests)),
                 (len(limited["rows"]), limited["totals"]["pageviews"]))


def the_dashboard(checks, bench):
    """It tells today's traffic before any aggregation, and the same after it."""
    footfall = fresh(bench, calm_zone())
    footfall.must("import", "log", SITE, log_file(bench, [
        request(day_before(1, calm_zone()), "10:00:00", "/vakar", calm_zone())],
        zone=calm_zone()))
    footfall.must("aggregate")
    with footfall.serve(*TRUSTED) as server, server.connect() as connection:
        for number in range(5):
            send(connection, pageview(f"https://{SITE}/sodien", r="https://www.google.com/"),
                 f"198.51.100.{number}")
        for stage in ("before today's aggregation", "after it"):
            for columns in (80, 120, 200):
                outcome = footfall.run("dashboard", SITE, environment={"COLUMNS": str(columns)})
                checks.equal(f"exit code, {columns} columns, {stage}", 0, outcome.status)
                widest = max(map(width, outcome.stdout.splitlines()))
                checks.check(f"fits {columns} columns, {stage}", widest <= columns, str(widest))
                checks.contains(f"what it tells, {columns} columns, {stage}", outcome.stdout,
                                SITE, "/sodien", "/vakar", "Google", calm_zone(), "visitors")
                checks.check(f"no colour into a pipe, {stage}", "\x1b" not in outcome.stdout)
            today = footfall.json("dashboard", SITE, "--period", "today")
            checks.check(f"as JSON, {stage}", isinstance(today, dict) and SITE in json.dumps(today))
            footfall.must("aggregate")
        outcome = footfall.run("dashboard", SITE, "--period", "today")
        checks.check("a period of its own", "/vakar" not in outcome.stdout, outcome.stdout)
    plain = footfall.run("dashboard", SITE, environment={"LC_ALL": "C", "LANG": "C"})
    checks.check("ASCII where UTF-8 is not", plain.stdout.isascii(), plain.stdout[:600])


def width(line):
    """The columns of a line on a terminal."""
    return sum(0 if unicodedata.combining(letter) else
               2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def an_empty_site(checks, bench):
    footfall = fresh(bench)
    for arguments in (["dashboard", SITE], ["query", SITE, "--metrics", "visitors,bounce_rate"],
                      ["books", SITE], ["sessions", SITE, "--day", day_before(0)],
                      ["export", SITE, "--rollups", "--sorted"], ["aggregate"]):
        outcome = footfall.run(*arguments)
        checks.equal(f"{' '.join(arguments)}: exit code", 0, outcome.status)
        checks.check(f"{' '.join(arguments)}: no odd number", not any(
            text in outcome.stdout.lower() for text in ("nan", "inf ", "-0 ")), outcome.stdout)


EVIL = [
    pageview(f"https://{SITE}/%1b%5b31msarkans%1b%5b2J"),
    pageview(f"https://{SITE}/%c2%9b31mastoni-biti"),
    pageview(f"https://{SITE}/jauna%0arinda%0d%09tabula"),
    pageview(f"https://{SITE}/%e2%80%aeotradi"),
    pageview(f"https://{SITE}/nulle%00beigas"),
    pageview(f"https://{SITE}/?utm_source=%3D1%2B1&utm_campaign=%40SUM(A1)&utm_medium=-2%2B3"),
    pageview(f"https://{SITE}/?utm_source=%2B1&utm_campaign=%1b%5dnosaukums%07"),
    pageview(f"https://{SITE}/%3Cscript%3Ealert(1)%3C/script%3E", t="<b>\u001b[1m"),
    pageview(f"https://{SITE}/\u001b[31mtiess"),
    {"n": "=cmd|' /C calc'!A0", "u": f"https://{SITE}/"},
    {"n": "\u001b[31m\u202e", "u": f"https://{SITE}/"},
]


def text_from_strangers_stays_text(checks, bench):
    footfall = fresh(bench, calm_zone())
    with footfall.serve(*TRUSTED) as server:
        for number, body in enumerate(EVIL):
            with server.connect() as connection:
                answer = send(connection, body, f"198.51.100.{number}")
            checks.one_of(f"{body}: status", (202, 400), answer.status)
        for stage in ("before aggregation", "after it"):
            read_everything(checks, footfall, stage)
            footfall.must("aggregate")
        server.stop()
        checks.check("log lines of serve", not odd_letters(server.said()), repr(server.said()))


def read_everything(checks, footfall, stage):
    texts = {"dashboard": footfall.must("dashboard", SITE),
             "dashboard of today": footfall.must("dashboard", SITE, "--period", "today")}
    for name in ("page", "utm_source", "utm_campaign", "utm_medium", "source", "event",
                 "entry_page"):
        arguments = ["query", SITE, "--metrics", "visitors", "--dimension", name, "--period",
                     "today", "--format"]
        texts[f"table of {name}"] = footfall.must(*arguments, "text")
        table = list(csv.reader(io.StringIO(footfall.must(*arguments, "csv"))))
        formulas = [row[0] for row in table if row and row[0][:1] in "=+-@\t\r" and row[0]]
        checks.equal(f"formulas in CSV of {name}, {stage}", [], formulas)
        checks.equal(f"columns in CSV of {name}, {stage}", {2}, {len(row) for row in table if row})
        json.loads(footfall.must(*arguments, "json"))
    for title, text in texts.items():
        checks.equal(f"control letters in {title}, {stage}", set(), odd_letters(text))


def odd_letters(text):
    """Letters of a text that could move a cursor or turn its direction."""
    return {repr(letter) for letter in text
            if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf")}


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        filters,
        a_filter_reaches_as_far_as_raw_events,
        a_filter_without_a_period,
        a_misspelt_value_is_hinted_at,
        several_filters,
        exclusions,
        changes_at_once,
        bots,
        large_dimensions,
        the_dashboard,
        an_empty_site,
        text_from_strangers_stays_text,
    ])
