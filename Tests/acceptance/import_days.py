#!/usr/bin/env python3
"""The rules of `import log` for days: which may be filled, swapped and taken back.

    import_days.py BINARY
"""

import glob
import json
import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from support import shop
from support.beacons import TRUSTED, kept, pageview, send
from support.footfall import calm_zone
from support.imports import fill, fresh, imported, totals
from support.logfiles import ADDRESS, day_before, log_file, request
from support.options import run_test


def a_day_is_imported_once(checks, bench):
    first, second = day_before(3), day_before(2)
    both = [request(first, "10:00:00"), request(second, "10:00:00"), request(second, "11:00:00")]
    footfall = imported(bench, both)
    before = [totals(footfall, day)[2] for day in (first, second)]
    outcome = footfall.run("import", "log", shop.SITE, log_file(bench, both))
    checks.check("the days left alone are named",
                 first in outcome.said and second in outcome.said, outcome.said)
    footfall.must("aggregate")
    checks.equal("nothing is counted twice", before, [
        totals(footfall, day)[2] for day in (first, second)])
    checks.equal("one import is listed", 1, len(imports_of(footfall)))
    wider = [*both, request(day_before(4), "10:00:00")]
    fill(footfall, log_file(bench, wider))
    checks.equal("a new day is filled", 1, totals(footfall, day_before(4))[2])
    checks.equal("the others are as before", before, [
        totals(footfall, day)[2] for day in (first, second)])


def replace_swaps_a_days_import(checks, bench):
    first, second = day_before(3), day_before(2)
    footfall = imported(bench, [request(first, "10:00:00"), request(second, "10:00:00")])
    again = [request(second, f"1{hour}:00:00") for hour in range(4)]
    fill(footfall, log_file(bench, again), "--replace")
    checks.equal("the replaced day", 4, totals(footfall, second)[2])
    checks.equal("the other day", 1, totals(footfall, first)[2])
    footfall.must("aggregate", "--verify")
    kept_back, swapped = imports_of(footfall)
    checks.equal("the first import holds what is left of it", ([first], [second]),
                 (kept_back["days"], swapped["days"]))
    text = footfall.must("import", "list").splitlines()
    checks.contains("and is told with what it brought", text[0], f"holds {first}", "1 day",
                    "brought 2 pageviews")
    checks.contains("as is the other", text[1], f"holds {second}", "brought 4 pageviews")


def undo_removes_one_import(checks, bench):
    first, second = day_before(3), day_before(2)
    footfall = imported(bench, [request(first, "10:00:00")])
    fill(footfall, log_file(bench, [request(second, "10:00:00")]))
    identifiers = [str(one["id"]) for one in imports_of(footfall)]
    checks.equal("two imports are listed", 2, len(identifiers))
    newest = max(identifiers, key=lambda one: (len(one), one))
    footfall.must("import", "undo", newest)
    footfall.must("aggregate")
    checks.equal("what is left", [1, 0], [totals(footfall, day)[2] for day in (first, second)])
    checks.equal("one import is listed", 1, len(imports_of(footfall)))
    checks.check("the export has no trace", second not in footfall.export(shop.SITE))
    left = glob.glob(os.path.join(footfall.data, "events", f"*import-{newest}*"))
    checks.equal("its files are gone", [], left)
    fill(footfall, log_file(bench, [request(second, "10:00:00")]))
    checks.equal("the day can be filled again", 1, totals(footfall, second)[2])
    outcome = footfall.run("import", "undo", "987654")
    checks.check("an unknown import is refused", outcome.status in (1, 64), outcome.said)


def imports_of(footfall):
    """The imports as `import list --format json` tells them, each with its `id`."""
    facts = footfall.json("import", "list")
    rows = facts if isinstance(facts, list) else next(
        value for value in facts.values() if isinstance(value, list))
    return rows


def the_unfinished_day_only_when_asked(checks, bench):
    zone = calm_zone()
    now = datetime.now(ZoneInfo(zone))
    today, yesterday = now.date().isoformat(), day_before(1, zone)
    clock = (now - timedelta(minutes=20)).strftime("%H:%M:%S")
    requests = [request(yesterday, "10:00:00", zone=zone), request(today, clock, zone=zone)]
    for options, wanted in (((), 0), (("--include-today",), 1)):
        footfall = fresh(bench, zone=zone)
        fill(footfall, log_file(bench, requests, zone=zone), *options)
        checks.equal(f"yesterday {options}", 1, totals(footfall, yesterday)[2])
        checks.equal(f"today {options}", wanted, totals(footfall, today)[2])


def a_day_with_beacons_is_left_alone(checks, bench):
    zone = calm_zone()
    now = datetime.now(ZoneInfo(zone))
    today = now.date().isoformat()
    clock = (now - timedelta(minutes=20)).strftime("%H:%M:%S")
    footfall = fresh(bench, zone=zone)
    with footfall.serve(*TRUSTED) as server, server.connect() as connection:
        answer = send(connection, pageview(f"https://{shop.SITE}/dzivs"), ADDRESS)
        checks.check("a beacon is kept", kept(answer))
    outcome = footfall.run("import", "log", shop.SITE, log_file(
        bench, [request(today, clock, zone=zone)], zone=zone), "--include-today")
    checks.check("the day is named", today in outcome.said, outcome.said)
    checks.equal("only the beacon counts", 1, totals(footfall, today)[2])


def old_days_are_folded_and_older_ones_refused(checks, bench):
    """Raw events live 30 days, rollups 25 months; yesterday's line keeps the clock credible."""
    recent, old, ancient = day_before(1), day_before(60), day_before(1200)
    footfall = imported(bench, [
        request(day, "10:00:00") for day in (ancient, old, recent)])
    checks.equal("a day past the raw term has its rollup", 1, totals(footfall, old)[2])
    partitions = os.listdir(os.path.join(footfall.data, "events"))
    checks.check("and no raw events", not any(name.startswith(old) for name in partitions),
                 str(partitions))
    outcome = footfall.run("aggregate", "--rebuild", old)
    checks.check("it can't be rebuilt", outcome.status != 0, outcome.said)
    checks.equal("and is as it was", 1, totals(footfall, old)[2])
    outcome = footfall.run("sessions", shop.SITE, "--day", old, "--format", "ndjson")
    checks.check("its sessions can't be told any more", outcome.status != 0, outcome.said)
    outcome = footfall.run("query", shop.SITE, "--metrics", "pageviews", "--period",
                           f"{ancient}..{ancient}", "--format", "json")
    counted = outcome.status == 0 and json.loads(outcome.stdout)["totals"]["pageviews"]
    checks.check("a day past all terms is not counted", not counted, outcome.said)


def faults_are_told(checks, bench):
    footfall = fresh(bench)
    for title, arguments in (
            ("a file that is not there", [shop.SITE, "not-there.log"]),
            ("a site that is not known", ["fremd.test", log_file(bench, [])]),
            ("no file", [shop.SITE])):
        outcome = footfall.run("import", "log", *arguments)
        checks.one_of(f"{title}: exit code", (1, 64, 66), outcome.status)
        checks.check(f"{title}: said on stderr alone", outcome.stderr and not outcome.stdout,
                     repr(outcome))
    outcome = footfall.run("import", "log", shop.SITE, log_file(bench, []), "--format", "json")
    facts = json.loads(outcome.stdout)
    checks.equal("an empty log is no import", ("id", None), (
        next(iter(facts)), facts["id"]))


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        a_day_is_imported_once,
        replace_swaps_a_days_import,
        undo_removes_one_import,
        the_unfinished_day_only_when_asked,
        a_day_with_beacons_is_left_alone,
        old_days_are_folded_and_older_ones_refused,
        faults_are_told,
    ])
