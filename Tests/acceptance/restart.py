#!/usr/bin/env python3
"""Restarts under load, on a socket that the parent keeps: no request fails, none is stored twice.

    restart.py BINARY [--rounds 10]

As with footfall.socket of systemd, connections that come between two collectors wait in the socket.
"""

import itertools
import signal
import threading
import time
from contextlib import ExitStack

from support.beacons import TRUSTED, kept, pageview, send
from support.footfall import Footfall, poll, today_in, value_rows
from support.handover import ListeningParent
from support.options import run_test
from support.words import word

SITE, ZONE = "veikals.test", "Europe/Riga"
MOST = 4500  # fewer pages than a day's report tells one by one
SENDERS = 3
TRY_LATER = 75


class Visitors:
    """Threads that send beacons until they are told to end, each beacon for a page of its own."""

    def __init__(self, parent):
        self.parent = parent
        self.numbers = itertools.count()
        self.acknowledged, self.failures = set(), []
        self.longest = 0.0
        self.is_over = threading.Event()
        kinds = [self.send_on_fresh_connections, self.send_on_kept_connections]
        self.threads = [threading.Thread(target=kind) for kind in kinds for _ in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def each_number(self):
        for number in self.numbers:
            if self.is_over.is_set() or number >= MOST:
                return
            yield number
            self.is_over.wait(0.01)

    def send_on_fresh_connections(self):
        for number in self.each_number():
            try:
                began = time.monotonic()
                with self.parent.connect() as connection:
                    self.send(connection, number, began)
            except (OSError, ValueError) as error:
                self.failures.append(f"fresh connection: {error!r}")

    def send_on_kept_connections(self):
        """A new connection only when the server has said that it closes the old one."""
        connection = self.parent.connect()
        for number in self.each_number():
            try:
                answer = self.send(connection, number, time.monotonic())
                if (answer.header("Connection") or "").lower() == "close":
                    connection.close()
                    connection = self.parent.connect()
            except (OSError, ValueError) as error:
                self.failures.append(f"kept connection: {error!r}")
                connection = self.parent.connect()
        connection.close()

    def send(self, connection, number, began):
        answer = send(connection, pageview(f"https://{SITE}/e/{word(number)}"),
                      f"198.51.{100 + number % 4}.{number % 250}")
        self.longest = max(self.longest, time.monotonic() - began)
        if kept(answer):
            self.acknowledged.add(number)
        else:
            self.failures.append(f"answer {answer.status} {answer.dropped}")
        return answer

    def end(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(60)
        return not any(thread.is_alive() for thread in self.threads)


def ten_restarts_lose_no_request(checks, bench):
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    first_day = today_in(ZONE)
    with ListeningParent(footfall) as parent:
        collector = parent.start(*TRUSTED)
        visitors = Visitors(parent)
        for number in range(bench.options.rounds):
            before = len(visitors.acknowledged)
            poll(lambda: len(visitors.acknowledged) > before + 100 or visitors.failures, 30)
            checks.equal(f"restart {number}: the old one's exit code", 0, collector.end())
            collector = parent.start(*TRUSTED)
        before = len(visitors.acknowledged)
        checks.check("the last one serves", poll(
            lambda: len(visitors.acknowledged) > before + 50, 30), collector.said())
        checks.check("the senders have ended", visitors.end())
        checks.equal("the last one's exit code", 0, collector.end())
    print(f"{bench.options.rounds} restarts: {len(visitors.acknowledged)} beacons kept, the longest "
          f"wait {visitors.longest:.2f} s")
    checks.equal("requests that failed", [], visitors.failures[:5])
    stored = value_rows(footfall.query(
        SITE, ["pageviews"], f"{first_day}..{today_in(ZONE)}", "page"), "pageviews")
    checks.equal("every 202 is stored once, and nothing besides",
                 {f"/e/{word(number)}": 1 for number in visitors.acknowledged}, stored)


def a_second_one_is_told_to_try_later(checks, bench):
    """While the first holds the data folder, and while it still drains."""
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE, ZONE)
    with ExitStack() as stack:
        parent = stack.enter_context(ListeningParent(footfall))
        first = parent.start(*TRUSTED)
        checks.check("the first listens", first.wait_until_listening(), first.said())
        second = parent.start(*TRUSTED)
        checks.equal("exit code beside one that runs", TRY_LATER, second.process.wait(30))
        checks.contains("it says why", second.said(), "another collector", footfall.data)
        # A request of which half has come is waited for a moment.
        slow = stack.enter_context(parent.connect())
        slow.send(b"POST /api/event HTTP/1.1\r\nHost: stats.test\r\n")
        with parent.connect() as probe:
            checks.check("beacons are kept", kept(send(probe, pageview(f"https://{SITE}/a"))))
        first.process.send_signal(signal.SIGTERM)
        second = parent.start(*TRUSTED)
        checks.equal("exit code beside one that drains", TRY_LATER, second.process.wait(30))
        checks.equal("the slow sender is told", 408, slow.response().status)
        waiting = stack.enter_context(parent.connect())
        waiting.send(b"GET /healthz HTTP/1.1\r\nHost: stats.test\r\n\r\n")
        checks.equal("the first ends in order", 0, first.process.wait(30))
        third = parent.start(*TRUSTED)
        checks.equal("who connected meanwhile is served by the next", 200,
                     waiting.response().status)
        checks.equal("and that ends in order", 0, third.end())


def add_options(parser):
    parser.add_argument("--rounds", type=int, default=10)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        ten_restarts_lose_no_request,
        a_second_one_is_told_to_try_later,
    ], add_options)
