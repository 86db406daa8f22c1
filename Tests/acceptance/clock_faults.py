#!/usr/bin/env python3
"""Clocks that step, midnights and a stop under load: all that was acknowledged is there once, on
the day on which it came.

    clock_faults.py BINARY

A midnight of UTC begins a new partition; a midnight of the site begins a new day and a new salt.
"""

import time
from datetime import timedelta

from support.faults import Place, goes_on, is_ready
from support.footfall import value_rows
from support.load import PAGES_PER_SITE, Load, page_of, site_of, stored_as_answered
from support.options import run_test

SITES = 20
HOUR = timedelta(hours=1)
BEACONS = 300  # at least, before and after what happens


def clock_steps(checks, bench):
    """Forward and back by hours, within a day and over its midnight, by a time service or a hand."""
    steps = [5 * HOUR, -3 * HOUR, 20 * HOUR, 2 * HOUR, timedelta()]
    place, load = Place(bench, sites=SITES), Load(SITES)
    with place.serve() as server:
        load.press(server)
        for step in steps:
            checks.check(f"clock at noon {told(step)}: beacons are kept", load.until(BEACONS))
            place.at(place.noon + step)
        checks.check("clock back at noon: beacons are kept", load.until(BEACONS))
        checks.check("clock steps: the senders have ended", load.release())
        checks.check("clock steps: few are refused, which waited while it stepped forward",
                     len(load.refused) < BEACONS, str(len(load.refused)))
        goes_on(checks, "clock steps", server, load)
    place.at(place.noon + timedelta(days=1))
    stored_as_answered(checks, "clock steps", place.footfall, load, both_days(place))
    checks.equal("clock steps: the books balance for aggregate", 0,
                 place.footfall.run("aggregate").status)
    stored_as_answered(checks, "clock steps, aggregated", place.footfall, load, both_days(place))


def told(step):
    return f"{step.total_seconds() / 3600:+.0f} h"


def midnight_of_utc(checks, bench):
    place = Place(bench, zone="Asia/Tokyo", sites=SITES)
    over_midnight(checks, "midnight UTC", place, place.noon + 12 * HOUR)


def midnight_of_the_site(checks, bench):
    place = Place(bench, zone="Asia/Tokyo", sites=SITES)
    over_midnight(checks, "the site's midnight", place, place.noon + 3 * HOUR, days_differ=True)


def over_midnight(checks, title, place, midnight, days_differ=False):
    """Load from two seconds before a midnight to one after: nothing is refused."""
    began = time.time()
    place.at(midnight - timedelta(seconds=2))
    load = Load(SITES, clock=lambda: midnight.timestamp() - 2 + time.time() - began)
    with place.serve() as server:
        # The clock runs on while the server starts.
        began = time.time()
        place.at(midnight - timedelta(seconds=2))
        # The server's clock was put somewhere in this time, and is behind the load's by no more.
        lag = time.time() - began
        load.press(server)
        checks.check(f"{title}: answered before and after", load.until(
            BEACONS, lambda: load.clock() > midnight.timestamp() + 1))
        checks.check(f"{title}: the senders have ended", load.release())
        checks.equal(f"{title}: none was refused", set(), load.refused)
        checks.check(f"{title}: /readyz says yes", is_ready(server))
    stored_as_answered(checks, title, place.footfall, load, both_days(place))
    if days_differ:
        on_their_days(checks, title, place, load, midnight, lag)


def on_their_days(checks, title, place, load, midnight, lag):
    """What was answered before the midnight is on the day before it, what was sent after it is on
    the day after."""
    before = {n for n, (_, answered) in load.times.items() if answered < midnight.timestamp()}
    after = {n for n, (sent, _) in load.times.items() if sent > midnight.timestamp() + lag}
    checks.check(f"{title}: beacons on either side", len(before) > 20 and len(after) > 20,
                 f"{len(before)}, {len(after)}")
    day = place.noon.date()
    for numbers, date in ((before, day), (after, day + timedelta(days=1))):
        found = set()
        for first in range(0, max(numbers) + 1, PAGES_PER_SITE):
            pages = value_rows(place.footfall.query(
                site_of(first), ["pageviews"], f"{date}..{date}", "page"), "pageviews")
            found |= {n for n in range(first, first + PAGES_PER_SITE) if page_of(n) in pages}
        checks.equal(f"{title}: beacons of {date} on another day", [], sorted(numbers - found)[:5])


def both_days(place):
    first = place.noon.date()
    return f"{first}..{first + timedelta(days=1)}"


def a_stop_under_load(checks, bench):
    """SIGTERM: what has come is answered and kept; what comes later finds the port closed."""
    for number in range(5 if bench.long else 2):
        place, load = Place(bench, sites=SITES), Load(SITES)
        server = place.serve()
        load.press(server, 8)
        checks.check(f"stop {number}: answered before it", load.until(BEACONS))
        checks.equal(f"stop {number}: exit code", 0, server.stop())
        checks.check(f"stop {number}: the senders have ended", load.joined())
        checks.equal(f"stop {number}: none was refused", set(), load.refused)
        stored_as_answered(checks, f"stop {number}", place.footfall, load)
        with place.serve() as server:
            goes_on(checks, f"stop {number}, started again", server, load)
        stored_as_answered(checks, f"stop {number}, in the end", place.footfall, load)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        clock_steps,
        midnight_of_utc,
        midnight_of_the_site,
        a_stop_under_load,
    ])
