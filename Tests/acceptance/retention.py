#!/usr/bin/env python3
"""Raw events go at their term and with their site; no figure goes with them, and what can't be
read or folded is told.

    retention.py BINARY

Time is moved by the file that FOOTFALL_TEST_CLOCK_FILE names, a day at a time: a clock that leaps
further deletes nothing, and says so.
"""

import os
import shutil
from datetime import timedelta

from support.agents import CHROME
from support.beacons import TRUSTED, pageview, send
from support.clock import Clock
from support.footfall import Footfall, today_in
from support.options import run_test
from support.search import files_below, found_in_folder
from support.truth import local_seconds

ZONE = "Europe/Riga"
SITE, OTHER = "veikals.test", "blogs.test"
SHORTEST = "7d"
HOURS = ("06:00", "12:00", "23:30")


class Weeks:
    """An installation whose clock is moved by hand. Days are numbered from today on."""

    def __init__(self, bench, raw="30d"):
        self.clock = Clock(bench.folder())
        self.footfall = Footfall(
            bench.binary, bench.folder(),
            self.clock.environment | {"FOOTFALL_RETENTION_RAW": raw})
        self.start = today_in(ZONE)
        self.at(0, "00:30")

    def at(self, number, time):
        self.clock.set(local_seconds(ZONE, self.day(number), time + ":00"))

    def day(self, number):
        return (self.start + timedelta(days=number)).isoformat()

    def views(self, number, *sites, hours=HOURS):
        """A pageview at each of the hours of a day, on each of the sites."""
        with self.footfall.serve(*TRUSTED) as server:
            for hour in hours:
                self.at(number, hour)
                with server.connect() as connection:
                    for site in sites:
                        send(connection, pageview(f"https://{site}/{hour[:2]}"), "198.51.100.7")

    def pageviews(self, site, last):
        """The pageviews of each day from the first to the last."""
        return [
            self.footfall.query(site, ["pageviews"], f"{day}..{day}")["totals"]["pageviews"]
            for day in map(self.day, range(last + 1))]

    def partition(self, number):
        return os.path.join(self.footfall.data, "events", self.day(number) + ".sqlite")

    def partitions(self):
        folder = os.path.join(self.footfall.data, "events")
        return sorted(name for name in os.listdir(folder) if name.endswith(".sqlite"))

    def damage(self, number):
        """Overwrites the begin of a partition's file, as a failing disk may."""
        with open(self.partition(number), "r+b") as file:
            file.write(bytes(4096))


def the_shortest_term_loses_nothing(checks, bench):
    weeks, last = Weeks(bench, SHORTEST), 11
    weeks.footfall.add_site(SITE, ZONE)
    said = []
    for number in range(last + 1):
        weeks.views(number, SITE)
        outcome = weeks.footfall.run("aggregate", "--quiet")
        said.append((outcome.status, outcome.said))
    checks.equal("every run is content", [(0, "")] * (last + 1), said)
    checks.equal("pageviews by day", [3] * (last + 1), weeks.pageviews(SITE, last))
    checks.equal("the oldest partition is of the last day within the term",
                 weeks.day(last - 7) + ".sqlite", weeks.partitions()[0])
    verified = weeks.footfall.run("aggregate", "--verify")
    checks.equal("what is left verifies", 0, verified.status)


def terms_that_cannot_hold_are_refused(checks, bench):
    weeks = Weeks(bench)
    weeks.footfall.add_site(SITE, ZONE, "--salt-rotation", "1w")
    for number in range(9):
        weeks.views(number, SITE)
    before = weeks.partitions()
    for raw, wanted in (("2d", "7d"), ("10d", "14d")):
        short = {"FOOTFALL_RETENTION_RAW": raw}
        for command in (["aggregate"], ["aggregate", "--site", SITE], ["aggregate", "--verify"],
                        ["serve", "--port", "0"]):
            outcome = weeks.footfall.run(*command, environment=short)
            title = f"{' '.join(command)} under {raw}"
            checks.equal(f"{title}: exit code", 64, outcome.status)
            checks.contains(f"{title}: the mend", outcome.stderr, "retention.raw", wanted)
        doctor = weeks.footfall.run("doctor", environment=short)
        checks.equal(f"doctor under {raw}: exit code", 1, doctor.status)
        checks.contains(f"doctor under {raw}", doctor.said, "retention.raw")
    checks.equal("no partition has gone", before, weeks.partitions())
    weeks.footfall.must("aggregate")
    checks.equal("no figure either", [3] * 9, weeks.pageviews(SITE, 8))


def one_sites_run_spares_the_others(checks, bench):
    """No server runs meanwhile: it would catch up, since nobody has folded all sites for a day."""
    weeks = Weeks(bench, SHORTEST)
    for site in (SITE, OTHER):
        weeks.footfall.add_site(site, ZONE)
    for number in range(2):
        weeks.views(number, SITE, OTHER)
    for number in range(2, 12):
        weeks.at(number, "12:00")
        outcome = weeks.footfall.run("aggregate", "--site", SITE, "--quiet")
    checks.equal("raw events past their term are told", 1, outcome.status)
    checks.contains("who needs them", outcome.stderr, OTHER, "footfall aggregate")
    checks.check("they are still there", os.path.exists(weeks.partition(0)), weeks.partitions())
    whole = weeks.footfall.run("aggregate", "--quiet")
    checks.equal("a run over all sites is content", (0, ""), (whole.status, whole.said))
    checks.equal("and lets them go", [], weeks.partitions())
    for site in (SITE, OTHER):
        checks.equal(f"pageviews of {site}", [3, 3], weeks.pageviews(site, 1))


def imports_go_with_their_site(checks, bench):
    weeks = Weeks(bench)
    for site in (SITE, OTHER):
        weeks.footfall.add_site(site, ZONE)
    stamp = (weeks.start - timedelta(days=2)).strftime("%d/%b/%Y:10:00:00 +0000")
    line = f'198.51.100.7 - - [{stamp}] "GET /kanarija HTTP/1.1" 200 1 "-" "{CHROME.text}"\n'
    weeks.footfall.must("import", "log", SITE, "-", stdin=line.encode())
    weeks.footfall.must("aggregate")
    checks.check("the page is in the folder", found_in_folder(weeks.footfall.data, {
        "page": {b"/kanarija"}}))
    weeks.footfall.must("site", "remove", SITE, "--yes")
    weeks.footfall.must("aggregate")
    checks.equal("no import's partition is left", [], [
        path for path in files_below(weeks.footfall.data) if "import-" in path])
    checks.equal("nor its page", [], found_in_folder(weeks.footfall.data, {
        "page": {b"/kanarija"}}))


def a_damaged_partition_is_named(checks, bench):
    weeks = Weeks(bench)
    weeks.footfall.add_site(SITE, ZONE)
    for number in range(3):
        weeks.views(number, SITE)
        weeks.at(number, "23:50")
        if number < 2:
            weeks.footfall.must("aggregate")
    name = os.path.basename(weeks.partition(2))
    whole = weeks.footfall.query(SITE, ["pageviews"], weeks.day(2) + ".." + weeks.day(2))
    checks.equal("pageviews before the damage", 3, whole["totals"]["pageviews"])
    copy = os.path.join(bench.folder(), name)
    shutil.copy(weeks.partition(2), copy)
    weeks.damage(2)
    today = ("--period", weeks.day(2))
    for command in (["sessions", SITE, "--day", weeks.day(2)], ["query", SITE, *today],
                    ["query", SITE, *today, "--filter", "page=/06"], ["books", SITE, *today],
                    ["aggregate"], ["doctor"]):
        outcome = weeks.footfall.run(*command)
        checks.equal(f"{command[0]}: exit code", 1, outcome.status)
        checks.contains(f"{command[0]}: file and mend", outcome.said, name, "restore")
    dashboard = weeks.footfall.run("dashboard", SITE, "--period", "7d")
    checks.equal("dashboard: exit code", 0, dashboard.status)
    checks.contains("dashboard: what rollups know, and what is missing", dashboard.stdout,
                    "Pageviews", name)
    shutil.copy(copy, weeks.partition(2))
    checks.equal("restored, all is well", 0, weeks.footfall.run("aggregate").status)
    checks.equal("pageviews then", [3, 3, 3], weeks.pageviews(SITE, 2))
    os.remove(weeks.partition(2))
    checks.equal("moved away, too", 0, weeks.footfall.run("aggregate").status)
    checks.equal("figures that were folded stay", [3, 3, 3], weeks.pageviews(SITE, 2))


def what_is_lost_is_told(checks, bench):
    weeks = Weeks(bench, SHORTEST)
    weeks.footfall.add_site(SITE, ZONE)
    weeks.views(0, SITE, hours=("06:00", "12:00"))
    weeks.footfall.must("aggregate")
    weeks.damage(0)
    for number in range(1, 12):
        weeks.at(number, "12:00")
        outcome = weeks.footfall.run("aggregate", "--quiet")
        checks.equal(f"day {number}: exit code", 1, outcome.status)
    checks.equal("the partition has gone", [], weeks.partitions())
    checks.contains("the run tells the lost day", outcome.stderr, SITE, weeks.day(0))
    doctor = weeks.footfall.run("doctor")
    checks.equal("doctor: exit code", 1, doctor.status)
    checks.contains("doctor tells it", doctor.said, SITE + " " + weeks.day(0))
    books = weeks.footfall.books(SITE, weeks.day(0) + ".." + weeks.day(0))
    checks.equal("the books still have what was folded, and say lost", (2, 2, True),
                 (books["received"], books["kept"], books.get("lost") not in (None, False)))
    for number in range(12, 43):
        weeks.at(number, "12:00")
        outcome = weeks.footfall.run("aggregate", "--quiet")
    checks.equal("after 30 days a run is content", (0, ""), (outcome.status, outcome.said))
    checks.contains("doctor still tells it", weeks.footfall.run("doctor").said, weeks.day(0))


def a_beacon_after_the_seal_balances(checks, bench):
    """The server may not know of the seal yet: then it keeps the event, on a day that is over."""
    weeks = Weeks(bench)
    weeks.footfall.add_site(SITE, ZONE)
    period = weeks.day(0) + ".." + weeks.day(0)
    with weeks.footfall.serve(*TRUSTED) as server:
        def view(path):
            with server.connect() as connection:
                return send(connection, pageview(f"https://{SITE}{path}"), "198.51.100.7")

        weeks.at(0, "12:00")
        view("/laikus")
        weeks.at(1, "02:00")
        weeks.footfall.must("aggregate")
        weeks.at(0, "13:00")  # the clock is put back
        answer = view("/par-velu")
        weeks.at(1, "02:10")
        checks.equal("books at once", (2, 1, 1), counts(weeks.footfall.books(SITE, period)))
        outcome = weeks.footfall.run("aggregate")
        if answer.dropped is None:
            checks.equal("a run says that it was kept too late", 1, outcome.status)
            checks.contains("and of which day", outcome.stderr, SITE, weeks.day(0))
        checks.equal("and only one run", 0, weeks.footfall.run("aggregate").status)
        checks.equal("books for good", (2, 1, 1), counts(weeks.footfall.books(SITE, period)))
        checks.equal("verified", 0, weeks.footfall.run("aggregate", "--verify").status)
        checks.equal("pageviews", [1], weeks.pageviews(SITE, 0))


def counts(books):
    return books["received"], books["kept"], books["dropped"]["late"]


def an_unknown_day_is_told(checks, bench):
    weeks = Weeks(bench)
    weeks.footfall.add_site(SITE, ZONE)
    weeks.views(0, SITE)
    weeks.at(1, "02:00")
    weeks.footfall.must("aggregate")
    checks.equal("a known one is rebuilt", 0, weeks.footfall.run(
        "aggregate", "--rebuild", weeks.day(0)).status)
    outcome = weeks.footfall.run("aggregate", "--rebuild", weeks.day(-3))
    checks.equal("exit code", 1, outcome.status)
    checks.contains("the day", outcome.stderr, weeks.day(-3))


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        the_shortest_term_loses_nothing,
        terms_that_cannot_hold_are_refused,
        one_sites_run_spares_the_others,
        imports_go_with_their_site,
        a_damaged_partition_is_named,
        what_is_lost_is_told,
        a_beacon_after_the_seal_balances,
        an_unknown_day_is_told,
    ])
