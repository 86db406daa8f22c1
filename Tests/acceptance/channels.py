#!/usr/bin/env python3
"""Channels of a site's own: where they are told, that all is back without them, what is refused.

    channels.py BINARY
"""

from support.beacons import TRUSTED, pageview, send
from support.footfall import Footfall, calm_zone, value_rows
from support.logfiles import day_before, log_file, request
from support.options import run_test

SITE, OTHER = "veikals.test", "cits.test"
LETTERS = ("--if", "utm_source=news*", "--if", "utm_medium=MAIL")


def visited(bench):
    """Of four visitors: Google's, two that letters sent, one that nobody did; and another site's."""
    day, zone = day_before(1, calm_zone()), calm_zone()
    footfall = Footfall(bench.binary, bench.folder())
    letter = "/lampa?utm_source=News-05&utm_medium=mail"
    footfall.add_site(SITE, zone)
    footfall.must("import", "log", SITE, log_file(bench, [
        request(day, "10:00:00", "/veikals", zone, referrer="https://www.google.com/"),
        request(day, "11:00:00", letter, zone, address="81.198.0.2"),
        request(day, "12:00:00", "/galds?utm_source=newsletter", zone, address="81.198.0.3"),
        request(day, "13:00:00", "/veikals", zone, address="81.198.0.4")], zone=zone))
    footfall.add_site(OTHER, zone)
    footfall.must("import", "log", OTHER, log_file(
        bench, [request(day, "11:00:00", letter, zone)], "other.log", zone=zone))
    footfall.must("aggregate")
    return footfall, day


def by_channel(footfall, site, period):
    return value_rows(footfall.query(site, ["sessions"], period, "channel"), "sessions")


def wherever_channels_are_told(checks, bench):
    footfall, day = visited(bench)
    period = f"{day}..{day}"
    before = footfall.export(SITE), footfall.export(OTHER)
    footfall.must("channel", "add", SITE, "Vēstules", *LETTERS)
    # A standard channel is widened, whatever the case of its name.
    footfall.must("channel", "add", SITE, "direct", "--if", "source=Newsletter")
    footfall.must("aggregate")
    checks.equal("channels", {"Organic Search": 1, "Vēstules": 1, "Direct": 2},
                 by_channel(footfall, SITE, period))
    checks.equal("another site has none", before[1], footfall.export(OTHER))
    listed = footfall.json("channel", "list", SITE, "--period", period)["channels"]
    checks.equal("listed in their order", [
        ("Vēstules", ["utm_source=news*", "utm_medium=MAIL"], 1, 0.25, None),
        ("Direct", ["source=Newsletter"], 2, 0.5, None)], [
        tuple(one[name] for name in ("name", "conditions", "sessions", "share", "since"))
        for one in listed])
    checks.contains("the list as text", footfall.must("channel", "list", SITE),
                    "Vēstules", "25 %", "utm_source=news* and utm_medium=MAIL")
    pages = footfall.query(SITE, ["pageviews"], period, "page", "--filter", "channel=Vēstules")
    checks.equal("a filter", {"/lampa": 1}, value_rows(pages, "pageviews"))
    checks.contains("the dashboard", footfall.must(
        "dashboard", SITE, "--period", period), "Vēstules")
    found = sorted(session["channel"] for session in footfall.sessions(SITE, day))
    checks.equal("sessions", ["Direct", "Direct", "Organic Search", "Vēstules"], found)
    footfall.must("aggregate", "--verify")
    footfall.must("exclude", "add", SITE, "--channel", "Vēstules")
    footfall.must("aggregate")
    checks.equal("an exclusion by channel", {"Organic Search": 1, "Direct": 2},
                 by_channel(footfall, SITE, period))
    removed = footfall.run("channel", "remove", SITE, "vēstules")
    checks.contains("its exclusion is named", removed.stderr, f"footfall exclude remove {SITE} 1")
    footfall.must("exclude", "remove", SITE, "1")
    footfall.must("channel", "remove", SITE, "Direct")
    footfall.must("aggregate")
    checks.equal("as it was", before, (footfall.export(SITE), footfall.export(OTHER)))
    checks.contains("none is left", footfall.must("channel", "list", SITE), "footfall channel add")


def today_shows_them_at_once(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, calm_zone())
    with footfall.serve(*TRUSTED) as server, server.connect() as connection:
        send(connection, pageview(f"https://{SITE}/?utm_source=news&utm_medium=mail"),
             "198.51.100.1")
        standard = by_channel(footfall, SITE, "today")
        footfall.must("channel", "add", SITE, "Vēstules", *LETTERS)
        checks.equal("one session by a standard rule", [1], list(standard.values()))
        for stage in ("before aggregation", "after it"):
            checks.equal(f"its channel, {stage}", {"Vēstules": 1},
                         by_channel(footfall, SITE, "today"))
            footfall.must("aggregate")
        footfall.must("channel", "remove", SITE, "Vēstules")
        checks.equal("and without the rule", standard, by_channel(footfall, SITE, "today"))


def the_first_that_fits_counts(checks, bench):
    footfall, day = visited(bench)
    for names in (("Pirmais", "Otrais"), ("Otrais", "Pirmais")):
        for name in names:
            footfall.must("channel", "add", SITE, name, "--if", "utm_source=news*")
        footfall.must("aggregate")
        checks.equal(f"{names}", {"Organic Search": 1, "Direct": 1, names[0]: 2},
                     by_channel(footfall, SITE, f"{day}..{day}"))
        for name in names:
            footfall.must("channel", "remove", SITE, name)


def what_is_refused(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE)
    footfall.must("channel", "add", SITE, "Vēstules", *LETTERS)
    for name, conditions, named in (
            ("VĒSTULES", ["source=x"], "has a channel 'Vēstules' already"),
            ("A", [], "needs a condition"), ("A", ["krāsa=zila"], "'krāsa' is no field"),
            ("A", ["source"], "'source' is no condition"), ("A", ["source="], "has no pattern"),
            ("A", ["source=x"] * 11, "at most 10"),
            ("A", ["channel=Nekas"], "No standard channel"), (" ", ["source=x"], "1 to 60 signs"),
            ("(none)", ["source=x"], "a meaning of its own")):
        given = [word for text in conditions for word in ("--if", text)]
        outcome = footfall.run("channel", "add", SITE, name, *given)
        checks.equal(f"add {name} {conditions}: exit code", 64, outcome.status)
        checks.contains(f"add {name} {conditions}: what is said", outcome.stderr, named)
    outcome = footfall.run("channel", "remove", SITE, "Email")
    checks.equal("a standard channel can't be removed", 64, outcome.status)
    checks.contains("and it is named", outcome.stderr, "no channel 'Email' of its own")
    checks.equal("no such site", 64, footfall.run("channel", "list", "nav-te.test").status)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        wherever_channels_are_told,
        today_shows_them_at_once,
        the_first_that_fits_counts,
        what_is_refused,
    ])
