#!/usr/bin/env python3
"""Beacons over three days of a moved clock, aggregated hourly, daily or at the end.

    live_truth.py BINARY [--seed 1]

The figures must be those of the truth under every schedule, whatever sessions were open when an
aggregation ran, and a rebuilt day must not change a byte of the export.
"""

import random
from datetime import timedelta

from support.agents import BROWSERS
from support.beacons import TRUSTED, kept, pageview, send
from support.clock import Clock
from support.footfall import Footfall, today_in, value_rows
from support.options import run_test
from support.report import compare_tables
from support.truth import Hit, Truth, local_seconds

SITE, ZONE = "veikals.test", "Europe/Riga"
METRICS = ("visitors", "sessions", "pageviews", "bounces")
PAGE_METRICS = ("visitors", "sessions", "pageviews")
PAGES = ("/", "/veikals", "/grozs", "/par-mums", "/kontakti")
HOUR = 3600

# Minutes between a person's pageviews. None is within a minute of the timeout: a beacon's time is
# the server's clock, which goes on between setting it and sending.
GAPS = (1, 4, 12, 25, 28, 32, 50, 140, 400)


class Days:
    """Three days of planned views: [(time, person, page)], and what is true of them."""

    def __init__(self, seed):
        rng = random.Random(seed)
        first = today_in(ZONE) + timedelta(days=1)
        self.dates = [(first + timedelta(days=n)).isoformat() for n in range(3)]
        self.start = local_seconds(ZONE, self.dates[0], "06:00:00")
        self.end = local_seconds(ZONE, self.dates[2], "12:00:00")
        self.views = sorted(
            [view for person in range(14) for view in self.life(rng, person)] + self.night_owl(14))
        self.truth = Truth([Hit(time, address(person), agent(person), page)
                            for time, person, page in self.views], ZONE)

    def life(self, rng, person):
        """One person's views, wandering over all of the days; some only at night."""
        time = self.start + rng.randrange(18 * HOUR)
        while time < self.end:
            yield time, person, rng.choice(PAGES)
            time += rng.choice(GAPS) * 60 + rng.randrange(20)


    def night_owl(self, person):
        """On the site in the first hour of two days, the second time with the first day's value.

        Whether such a visitor is new to that hour may not depend on which days were folded at once.
        """
        night, next_night = self.dates[1:]
        return [(local_seconds(ZONE, day, clock), person, page) for day, clock, page in (
            (night, "00:20:00", "/"), (night, "23:50:00", "/grozs"), (next_night, "00:10:00", "/"))]


def address(person):
    return f"198.51.100.{person + 1}"


def agent(person):
    return BROWSERS[person % len(BROWSERS)]


def play(bench, days, aggregate_when):
    """Sends the views at their times; `aggregate_when(time)` tells after which hours cron runs."""
    clock = Clock(bench.folder())
    footfall = Footfall(bench.binary, bench.folder(), clock.environment)
    clock.set(days.start - HOUR)
    footfall.add_site(SITE, ZONE)
    acknowledged, hour = 0, days.start
    with footfall.serve(*TRUSTED) as server:
        for time, person, page in days.views:
            while hour + HOUR <= time:
                hour += HOUR
                if aggregate_when(hour):
                    clock.set(hour)
                    footfall.must("aggregate", "--quiet")
            clock.set(time)
            with server.connect() as connection:
                acknowledged += kept(send(
                    connection, pageview(f"https://{SITE}{page}"), address(person),
                    agent(person).text))
        clock.set(days.end + HOUR)
        footfall.must("aggregate")
    return footfall, acknowledged


def every_schedule_tells_the_truth(checks, bench):
    for seed in range(bench.seed, bench.seed + (10 if bench.long else 2)):
        days = Days(seed)
        schedules = {
            "hourly": lambda time: True,
            "daily": lambda time: time // HOUR % 24 == 1,
            "at the end": lambda time: False,
            "now and then": lambda time: time // HOUR % 7 == 3,
        }
        for title, aggregate_when in schedules.items():
            footfall, acknowledged = play(bench, days, aggregate_when)
            title = f"seed {seed}, {title}"
            checks.equal(f"{title}: all kept", len(days.views), acknowledged)
            compare(checks, footfall, days, title)


def compare(checks, footfall, days, title):
    totals, pages, entries = (
        days.truth.totals(), days.truth.pages(), days.truth.by_session("entry_page"))
    for date in days.dates:
        period = f"{date}..{date}"
        answer = footfall.query(SITE, METRICS, period)
        compare_tables(checks, f"{title}: totals of {date}", figures(totals[date], METRICS),
                       figures(answer["totals"], METRICS))
        for name, expected, metrics in (("page", pages[date], PAGE_METRICS),
                                        ("entry_page", entries[date], METRICS)):
            rows = value_rows(footfall.query(SITE, metrics, period, name), *metrics)
            wanted = {value: tuple(row[m] for m in metrics) for value, row in expected.items()}
            compare_tables(checks, f"{title}: {name} of {date}", wanted, rows)
        lengths = [one["pageviews"] for one in footfall.sessions(SITE, date)]
        expected = [one["pageviews"] for one in days.truth.session_lines()[date]]
        checks.equal(f"{title}: sessions of {date}", sorted(expected), sorted(lengths))
    before = footfall.export(SITE)
    outcome = footfall.run("aggregate", "--verify")
    checks.check(f"{title}: --verify", outcome.status == 0, outcome.said[-500:])
    for date in days.dates:
        footfall.must("aggregate", "--rebuild", date)
    checks.same_text(
        f"{title}: the export after rebuilding each day", before, footfall.export(SITE))


def figures(row, metrics):
    return {metric: row.get(metric) for metric in metrics}


if __name__ == "__main__":
    run_test(__file__, __doc__, [every_schedule_tells_the_truth])
