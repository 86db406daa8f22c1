#!/usr/bin/env python3
"""`kill -9` under load: every acknowledged event is there exactly once, and the books balance.

    kill_nine.py BINARY [--rounds 20] [--seed 1]

Each beacon views a page of its own, so that it can be found again. Sites take 4,000 pages each,
fewer than a day's report tells one by one.
"""

import itertools
import random
import signal
import threading
import time

from support.beacons import TRUSTED, kept, pageview, send
from support.footfall import Footfall, today_in, value_rows
from support.options import run_test
from support.words import word

ZONE = "Europe/Riga"
PAGES_PER_SITE = 4000
CONNECTIONS = 8
SITES = 60


def site_of(number):
    return f"laukums-{number // PAGES_PER_SITE}.test"


def page_of(number):
    return f"/e/{word(number % PAGES_PER_SITE)}"


class Load:
    """Sends beacons over several keep-alive connections until the server goes away.

    `sent` has the numbers of all beacons that may have reached the server, `acknowledged` those
    that it promised to keep.
    """

    def __init__(self, rng):
        self.numbers = itertools.count()
        self.sent, self.acknowledged, self.surprises = set(), set(), []
        self.addresses = [f"198.18.{rng.randrange(256)}.{rng.randrange(256)}" for _ in range(500)]

    def press(self, server):
        """Starts the senders; they end by themselves when their connection breaks."""
        threads = [threading.Thread(target=self.drive, args=(server,)) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        return threads

    def drive(self, server):
        try:
            with server.connect() as connection:
                for number in self.numbers:
                    if number >= SITES * PAGES_PER_SITE:
                        return
                    self.sent.add(number)
                    answer = send(connection, self.beacon(number), self.address(number))
                    if kept(answer):
                        self.acknowledged.add(number)
                    elif answer.status != 503:
                        self.surprises.append((answer.status, answer.dropped))
        except (OSError, ValueError, IndexError):
            return  # killed: this beacon is in `sent` and in nothing else

    def beacon(self, number):
        return pageview(f"https://{site_of(number)}{page_of(number)}")

    def address(self, number):
        return self.addresses[number % len(self.addresses)]


def nothing_acknowledged_is_lost_or_doubled(checks, bench):
    rng = random.Random(bench.seed)
    footfall = Footfall(bench.binary, bench.folder())
    for number in range(SITES):
        footfall.add_site(site_of(number * PAGES_PER_SITE), ZONE)
    first_day = today_in(ZONE)
    load = Load(rng)
    rounds = bench.options.rounds * (5 if bench.long else 1)
    for done in range(rounds):
        one_round(checks, footfall, load, rng, done)
    checks.equal("answers besides kept and busy", [], load.surprises[:5])
    with footfall.serve(*TRUSTED) as server:  # the last restart, ended in order
        answer = server.request("GET", "/healthz")
        checks.equal("it runs after all that", 200, answer.status)
    print(f"{rounds} rounds: {len(load.sent)} sent, {len(load.acknowledged)} acknowledged")
    checks.check("most beacons were acknowledged", len(load.acknowledged) > len(load.sent) * 0.9)
    period = f"{first_day}..{today_in(ZONE)}"
    compare(checks, footfall, load, period, "before aggregation")
    outcome = footfall.run("aggregate")
    checks.check("the books balance for aggregate", outcome.status == 0, outcome.said[-600:])
    compare(checks, footfall, load, period, "after aggregation")


def one_round(checks, footfall, load, rng, number):
    """Starts, loads, kills; now and then right after the start."""
    server = footfall.serve(*TRUSTED)
    before = len(load.acknowledged)
    threads = load.press(server)
    time.sleep(rng.choice((rng.uniform(0, 0.05), rng.uniform(0.05, 1.2), rng.uniform(0.2, 0.6))))
    server.kill(signal.SIGKILL)
    for thread in threads:
        thread.join(30)
    checks.check(f"round {number}: the senders have ended", not any(
        thread.is_alive() for thread in threads))
    print(f"round {number}: {len(load.acknowledged) - before} acknowledged")


def compare(checks, footfall, load, period, stage):
    """What is stored against what was sent, site by site."""
    lost, doubled, unknown, unbalanced = [], [], [], []
    for first in range(0, max(load.sent) + 1, PAGES_PER_SITE):
        numbers = range(first, first + PAGES_PER_SITE)
        pages = value_rows(
            footfall.query(site_of(first), ["pageviews"], period, "page"), "pageviews")
        names = {page_of(number): number for number in numbers}
        unknown += [page for page in pages if names.get(page) not in load.sent]
        doubled += [page for page, count in pages.items() if count != 1]
        lost += [number for number in numbers
                 if number in load.acknowledged and page_of(number) not in pages]
        books = footfall.books(site_of(first), period)
        if (books["received"] != books["kept"] + sum(books["dropped"].values())
                or books["kept"] != sum(pages.values())):
            unbalanced.append((site_of(first), books, sum(pages.values())))
    checks.equal(f"acknowledged and not there, {stage}", [], lost[:10])
    checks.equal(f"there more than once, {stage}", [], doubled[:10])
    checks.equal(f"there and never sent, {stage}", [], unknown[:10])
    checks.equal(f"sites whose books do not balance, {stage}", [], unbalanced[:3])


def a_drain_loses_nothing_either(checks, bench):
    """SIGTERM under load: what was acknowledged is there, and the exit code is 0."""
    rng = random.Random(bench.seed)
    footfall = Footfall(bench.binary, bench.folder())
    for number in range(3):
        footfall.add_site(site_of(number * PAGES_PER_SITE), ZONE)
    first_day = today_in(ZONE)
    load = Load(rng)
    server = footfall.serve(*TRUSTED)
    threads = load.press(server)
    time.sleep(0.5)
    checks.equal("exit code", 0, server.stop())
    for thread in threads:
        thread.join(30)
    period = f"{first_day}..{today_in(ZONE)}"
    compare(checks, footfall, load, period, "after SIGTERM")


def add_options(parser):
    parser.add_argument("--rounds", type=int, default=20)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        nothing_acknowledged_is_lost_or_doubled,
        a_drain_loses_nothing_either,
    ], add_options)
