#!/usr/bin/env python3
"""Sites: which names they may have, their settings, and changes that wait for midnight.

    sites.py BINARY
"""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from support.commands import SITE, ZONE, prepared, refused
from support.footfall import Footfall, calm_zone
from support.logfiles import day_before, log_file, request
from support.options import run_test


def listed(footfall, site=SITE):
    """A site as `site list` tells it in JSON."""
    return next(one for one in footfall.json("site", "list") if one["domain"] == site)


def settings_of_a_site(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    for title, arguments in (
            ("no domain", ["nav domēns"]),
            ("a zone that is none", ["a.test", "--timezone", "Marss/Olimps"]),
            ("a rotation that is none", ["a.test", "--salt-rotation", "2d"]),
            ("a timeout that is none", ["a.test", "--session-timeout", "ilgi"]),
            ("a timeout of nothing", ["a.test", "--session-timeout", "0m"]),
            ("a month's salt with 30 days of raw events", ["a.test", "--salt-rotation", "1mo"])):
        refused(checks, title, footfall.run("site", "add", *arguments), (1, 64))
    footfall.must("site", "add", SITE, "--timezone", "America/New_York", "--salt-rotation", "1w",
                  "--session-timeout", "20m")
    refused(checks, "the same again", footfall.run("site", "add", SITE), (1, 64), SITE)
    listed = json.dumps(footfall.json("site", "list"))
    checks.contains("the list tells it", listed, SITE, "America/New_York", "1w")
    footfall.must("site", "edit", SITE, "--timezone", "UTC")
    footfall.must("site", "remove", SITE, "--yes")
    checks.check("removed", SITE not in footfall.must("site", "list", "--format", "json"))
    footfall.must("site", "add", "laiks.test", "--timezone", ZONE, "--session-timeout", "10m")
    day = day_before(2)
    footfall.must("import", "log", "laiks.test", log_file(bench, [
        request(day, clock) for clock in ("10:00:00", "10:10:00", "10:20:01")]))
    checks.equal("a timeout of 10 minutes", [2, 1], [
        one["pageviews"] for one in footfall.sessions("laiks.test", day)])


def names_of_sites(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    for text, domain in (("žagars.lv", "xn--agars-tib.lv"), ("https://www.Krūze.lv/",
                                                            "xn--krze-w7a.lv"),
                         ("127.0.0.1", "127.0.0.1"), ("www.A.test.", "a.test")):
        footfall.must("site", "add", text)
        checks.equal(f"{text} is added", domain, listed(footfall, domain)["domain"])
        footfall.must("site", "edit", text, "--hash-routes", "yes")
        refused(checks, f"{text} again", footfall.run("site", "add", domain), (64,), domain)
    for text, words in (("-", ["domain"]), ("veikals.test/lapa", ["site add veikals.test"]),
                        ("https://veikals.test/lapa", ["site add veikals.test"]),
                        ("veikals.test?a", ["site add veikals.test"]), ("a b", ["domain"]),
                        ("veikals.test:8080", ["domain"]), ("", ["domain"])):
        refused(checks, f"{text!r}", footfall.run("site", "add", text), (64,), *words)
    checks.equal("nothing of them was added", 4, len(footfall.json("site", "list")))


def a_zone_that_nobody_chose_is_told(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    outcome = footfall.run("site", "add", SITE, environment={"TZ": "Etc/UTC"})
    checks.contains("with the mend", outcome.stderr, "UTC", f"site edit {SITE} --timezone")
    outcome = footfall.run("site", "add", "cits.test", "--timezone", "Etc/UTC")
    checks.check("not one that was chosen", "--timezone" not in outcome.said, outcome.said)
    checks.contains("and in the help", footfall.run_plain("site", "add", "--help").stdout,
                    "Etc/UTC")


def a_second_change_keeps_the_first(checks, bench):
    """What waits for midnight is what the next change starts from."""
    zone = calm_zone()
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, zone)
    footfall.must("site", "edit", SITE, "--timezone", "Asia/Tokyo", "--session-timeout", "10m")
    outcome = footfall.run("site", "edit", SITE, "--salt-rotation", "1w")
    checks.contains("it says all that changes", outcome.stderr, "Asia/Tokyo", "1w", "10 min")
    site = listed(footfall)
    checks.equal("in force is what was", (zone, "1d", 1800), (
        site["timezone"], site["salt_rotation"], site["session_timeout_seconds"]))
    pending = site["pending"] or {}
    checks.equal("pending is all of it", ("Asia/Tokyo", "1w", 600), (
        pending.get("timezone"), pending.get("salt_rotation"),
        pending.get("session_timeout_seconds")))
    begins = datetime.fromisoformat(pending["from"].replace("Z", "+00:00"))
    tomorrow = day_before(-1, zone)
    checks.equal("from the next midnight", f"{tomorrow} 00:00", begins.astimezone(
        ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"))
    text = footfall.must("site", "list")
    checks.contains("the text tells both", text, zone, "30 min", "Asia/Tokyo", "1w", "10 min",
                    tomorrow)
    footfall.must("site", "edit", SITE, "--timezone", zone, "--salt-rotation", "1d",
                  "--session-timeout", "30m")
    checks.equal("a change back takes it back", None, listed(footfall)["pending"])


def settings_are_listed_and_emptied(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    given = {"exclude-address": ["198.51.100.0/24", "2001:db8::/32"], "host": ["m.veikals.test"],
             "keep-query": ["id", "lapa"], "ignore-referrer": ["maksa.test"]}
    keys = {"exclude-address": "excluded_addresses", "host": "hosts",
            "keep-query": "keep_query", "ignore-referrer": "ignored_referrers"}
    for name, values in given.items():
        footfall.must("site", "edit", SITE, *(
            part for value in values for part in (f"--{name}", value)))
        checks.contains(f"{name} in the text", footfall.must("site", "list"), name, *values)
        checks.equal(f"{name} as data", values, listed(footfall)[keys[name]])
    refused(checks, "a click id", footfall.run("site", "edit", SITE, "--keep-query", "GCLID"), (64,),
            "'GCLID' is a click id")
    refused(checks, "to be searched for", footfall.run("site", "edit", SITE, "--search-parameter", "fbclid"),
            (64,), "'fbclid' is a click id")
    footfall.must("site", "edit", SITE, "--keep-query", "cits")
    checks.equal("a list is replaced", ["cits"], listed(footfall)["keep_query"])
    help_text = " ".join(footfall.run_plain("site", "edit", "--help").stdout.split())
    checks.contains("the help says so", help_text, "replaces the whole list", "'' for none")
    for name in given:
        footfall.must("site", "edit", SITE, f"--{name}", "")
        checks.equal(f"{name} is emptied", [], listed(footfall)[keys[name]])
        checks.check(f"{name} is not in the text", name not in footfall.must("site", "list"))
    footfall.must("site", "edit", SITE, "--privacy-signals", "ignore", "--hash-routes", "yes")
    checks.contains("single ones", footfall.must("site", "list"), "privacy-signals: ignore",
                    "hash-routes: yes")


def an_edit_of_nothing_is_refused(checks, bench):
    footfall = prepared(bench)
    refused(checks, "no option", footfall.run("site", "edit", SITE), (64,), "--timezone",
            "site edit --help")


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        settings_of_a_site,
        names_of_sites,
        a_zone_that_nobody_chose_is_told,
        a_second_change_keeps_the_first,
        settings_are_listed_and_emptied,
        an_edit_of_nothing_is_refused,
    ])
