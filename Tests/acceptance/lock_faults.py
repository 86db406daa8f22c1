#!/usr/bin/env python3
"""Files that another process holds: footfall.sqlite for 30 s, a partition, the collector's lock.

    lock_faults.py BINARY
"""

import os
import threading
import time

from support.beacons import TRUSTED, kept, pageview, send
from support.faults import Place, goes_on, locked, metrics, ready_by_itself, tells_refusals
from support.footfall import poll
from support.load import Load, site_of, stored_as_answered
from support.options import run_test
from support.wire import Connection

LOCKED_SECONDS = 30
# Without --long: more than the 10 s that a command waits.
SHORT_SECONDS = 13
COMMAND_SECONDS = 30
AT_ONCE = 5  # a sender's patience, and well under that of Prometheus (10 s)
LEARNS_WITHIN = 15  # a site is known within 2 s; the collector may just be waiting for the lock
TRY_LATER = 75


class Asked:
    """Requests and commands that are started under the lock, each on a thread, and their ends."""

    def __init__(self):
        self.results, self.threads = {}, []

    def start(self, title, work):
        def run():
            began = time.monotonic()
            try:
                answer = work()
            except OSError as error:
                answer = error
            self.results[title] = (answer, time.monotonic() - began)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)

    def all(self):
        for thread in self.threads:
            thread.join(60)
        return self.results


def the_main_database_is_locked(checks, bench):
    """Beacons need it not; what needs it says so, and comes back by itself."""
    place, load = Place(bench), Load()
    seconds = LOCKED_SECONDS if bench.long else SHORT_SECONDS
    token = place.footfall.create_token(site_of(0))
    with place.serve() as server, Stranger(bench) as stranger:
        load.views(server, 5)
        asked = Asked()
        with locked(place.database), locked(stranger.database):
            asked.start("/metrics", lambda: request(server, "/metrics"))
            asked.start("dashboard", lambda: request(
                server, f"/{site_of(0)}.txt", [("Authorization", f"Bearer {token}")]))
            asked.start("a proxy that nobody named", stranger.view)
            for command in (["books", site_of(0)], ["aggregate"], ["doctor"], ["serve"]):
                asked.start(command[0], lambda command=command: place.footfall.run(
                    *command, timeout=COMMAND_SECONDS))
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                load.views(server, 10)
                time.sleep(0.1)
            checks.check("main database locked: the senders were answered all the time",
                         slowest(load) < AT_ONCE, f"{slowest(load):.1f} s")
            checks.check("main database locked: /healthz and /readyz say yes", all(
                request(server, path).status == 200 for path in ("/healthz", "/readyz")))
            checks.contains("main database locked: the log tells", server.said(),
                            "could not read the sites", "footfall.sqlite", "locked")
        told_of_the_lock(checks, asked.all())
        back_after_the_lock(checks, place, server, load)
    checks.equal("main database locked: none was refused", set(), load.refused)
    print(f"{len(load.kept)} beacons kept in {seconds} s")


def slowest(load):
    """Seconds that the slowest answer took."""
    return max(after - before for before, after in load.times.values())


class Stranger:
    """A served place whose sender looks like a proxy that nobody named, which is noted in the
    database."""

    def __init__(self, bench):
        self.place = Place(bench)
        self.database = self.place.database

    def view(self):
        with Connection("127.0.0.1", self.server.port, 2 * LOCKED_SECONDS) as connection:
            return send(connection, pageview(f"https://{site_of(0)}/e/gaida"), "198.51.100.1")

    def __enter__(self):
        self.server = self.place.footfall.serve()
        return self

    def __exit__(self, *_):
        self.server.stop()


def request(server, path, headers=()):
    with Connection("127.0.0.1", server.port, 2 * LOCKED_SECONDS) as connection:
        return connection.request("GET", path, headers)


def told_of_the_lock(checks, results):
    """What each that was asked had to say, and how soon."""
    for title, status in (("/metrics", 200), ("dashboard", 503)):
        answer, seconds = results[title]
        checks.equal(f"main database locked: {title}", status, getattr(answer, "status", answer))
        if title == "/metrics":
            checks.check(f"main database locked: {title} answers at once", seconds < AT_ONCE,
                         f"{seconds:.1f} s")
    answer, seconds = results["a proxy that nobody named"]
    checks.check("main database locked: its note holds no beacon up",
                 kept(answer) and seconds < AT_ONCE, f"{answer} after {seconds:.1f} s")
    for command in ("books", "aggregate", "serve"):
        outcome, _ = results[command]
        checks.equal(f"main database locked: {command}'s exit code", TRY_LATER, outcome.status)
        checks.contains(f"main database locked: {command} says why", outcome.stderr,
                        "footfall.sqlite", "locked")
    outcome, _ = results["doctor"]
    checks.equal("main database locked: doctor's exit code", 1, outcome.status)
    checks.contains("main database locked: doctor says why", outcome.said, "locked")


def back_after_the_lock(checks, place, server, load):
    goes_on(checks, "main database locked, afterwards", server, load)
    place.footfall.add_site("jauns.test", "UTC")

    def is_known():
        with server.connect() as connection:
            return kept(send(connection, pageview("https://jauns.test/"), "198.51.100.1"))

    checks.check("main database locked, afterwards: a new site is learnt of",
                 poll(is_known, LEARNS_WITHIN))
    checks.equal("main database locked, afterwards: aggregate", 0,
                 place.footfall.run("aggregate").status)
    stored_as_answered(checks, "main database locked", place.footfall, load)


def a_partition_is_locked(checks, bench):
    """By another process that writes it, a tool of the owner's: refused until it is free."""
    place, load = Place(bench), Load()
    with place.serve() as server:
        load.views(server, 5)
        with locked(place.partition()):
            checks.equal("partition locked: refused", [503], load.views(server, 1))
            tells_refusals(checks, "partition locked", server, load, "locked",
                           os.path.basename(place.partition()))
            checks.equal("partition locked: a failed commit", 1,
                         metrics(server)["footfall_failed_commits_total"])
        ready_by_itself(checks, "partition locked", server)
        goes_on(checks, "partition locked", server, load)
    stored_as_answered(checks, "partition locked", place.footfall, load)


def a_second_collector(checks, bench):
    """Refused at once while the first runs, let in as soon as it is gone, killed or not."""
    place, load = Place(bench), Load()
    server = place.serve()
    load.press(server)
    for options in ((), TRUSTED, ("--port", str(server.port))):
        outcome = place.footfall.run("serve", *options, timeout=20)
        checks.equal("second collector: exit code", TRY_LATER, outcome.status)
        checks.equal("second collector: standard output", "", outcome.stdout)
        checks.contains("second collector: says why, and the mend", outcome.stderr,
                        "Another collector runs", place.footfall.data, "--data")
    checks.check("second collector: the first goes on", load.until(20))
    checks.check("second collector: the senders have ended", load.release())
    checks.equal("second collector: none was refused", set(), load.refused)
    server.kill()
    with place.serve() as server:
        goes_on(checks, "second collector, after a kill", server, load)
    with place.serve() as server:
        goes_on(checks, "second collector, after an end", server, load)
    stored_as_answered(checks, "second collector", place.footfall, load)


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        the_main_database_is_locked,
        a_partition_is_locked,
        a_second_collector,
    ])
