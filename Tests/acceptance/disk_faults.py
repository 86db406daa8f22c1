#!/usr/bin/env python3
"""A disk that is full, read-only, broken or standing still: nothing acknowledged is lost, what
can't be kept is answered 503, and all goes on by itself when the disk does.

    disk_faults.py BINARY
"""

import os
from collections import Counter
from datetime import timedelta

from support.beacons import headers, pageview
from support.faults import (
    OWNER, SYNCS, FileLimit, Place, SmallDisk, can_inject, full_disks, goes_on, injected, is_ready,
    metrics, ready_by_itself, refusals, stalled, tells_refusals)
from support.footfall import free_port, poll
from support.load import Load, page_of, site_of, stored_as_answered
from support.options import run_test
from support.wire import Connection, request_bytes

QUEUE_LIMIT = 20_000  # docs/reliability.md
PIPELINE_LIMIT = 64
MIB = 1024 * 1024
FLAT = 32 * MIB  # what a full queue of small beacons may take, and a good deal more


def a_full_disk(checks, bench):
    for kind in full_disks():
        disk = kind(bench)
        try:
            fill_and_free(checks, bench, disk, kind.__name__)
        finally:
            disk.remove()


def fill_and_free(checks, bench, disk, title):
    place = Place(bench, disk.data())
    load = Load()
    server = place.serve()
    checks.equal(f"{title}: kept before", [202] * 20, load.views(server, 20))
    disk.fill(server)
    checks.equal(f"{title}: refused", [503] * 10, load.views(server, 10))
    tells_refusals(checks, title, server, load, disk.why)
    checks.check(f"{title}: /metrics counts failed commits",
                 metrics(server)["footfall_failed_commits_total"] >= 1)
    if isinstance(disk, SmallDisk):
        outcome = place.footfall.run("doctor")
        checks.equal(f"{title}: doctor's exit code", 1, outcome.status)
        checks.contains(f"{title}: doctor", outcome.said, "make room")
    stored_as_answered(checks, f"{title}, while full", place.footfall, load)
    disk.free(server)
    ready_by_itself(checks, title, server)
    goes_on(checks, title, server, load)
    checks.check(f"{title}: doctor takes 503s for no unknown sites",
                 "not registered" not in place.footfall.run("doctor").said)
    checks.equal(f"{title}: exit code", 0, server.stop())
    checks.equal(f"{title}: the books balance for aggregate", 0,
                 place.footfall.run("aggregate").status)
    stored_as_answered(checks, f"{title}, in the end", place.footfall, load)


def a_disk_that_is_full_at_the_start(checks, bench):
    for kind in full_disks():
        disk = kind(bench)
        try:
            start_on_a_full_one(checks, bench, disk, kind.__name__)
        finally:
            disk.remove()


def start_on_a_full_one(checks, bench, disk, title):
    place, load = Place(bench, disk.data()), Load()
    with place.serve() as server:
        load.views(server, 5)
    if isinstance(disk, FileLimit):
        # Set by the shell, as a service manager would: in blocks of 1 KiB.
        outcome = shell_limited(place)
    else:
        disk.fill(None)
        outcome = place.refusal()
        disk.free(None)
    checks.equal(f"{title}, at the start: exit code", 1, outcome.status)
    checks.contains(f"{title}, at the start: says which file and why", outcome.stderr,
                    os.path.basename(place.partition()), disk.why)
    with place.serve() as server:
        goes_on(checks, f"{title}, at the start", server, load)
    stored_as_answered(checks, f"{title}, at the start", place.footfall, load)


def shell_limited(place):
    footfall = place.footfall
    binary, footfall.binary = footfall.binary, "/bin/sh"
    try:
        return footfall.run_plain(
            "-c", 'ulimit -f 4; exec "$@"', "sh", binary, "serve", "--port", str(free_port()),
            "--data", footfall.data, timeout=20)
    finally:
        footfall.binary = binary


# MARK: A file or folder that can't be written

def a_read_only_file_at_the_start(checks, bench):
    place, load = owned_place(bench), Load()
    with place.serve() as server:
        load.views(server, 5)
    os.chmod(place.partition(), 0o400)
    outcome = place.refusal()
    checks.equal("read-only file: exit code", 1, outcome.status)
    checks.contains("read-only file: says which and why", outcome.stderr,
                    os.path.basename(place.partition()), "write", "readonly")
    told = place.footfall.run("doctor")
    checks.equal("read-only file: doctor's exit code", 1, told.status)
    checks.contains("read-only file: doctor", told.said, "cannot be written")
    os.chmod(place.partition(), 0o600)
    with place.serve() as server:
        goes_on(checks, "read-only file", server, load)
    stored_as_answered(checks, "read-only file", place.footfall, load)


def a_folder_that_becomes_read_only(checks, bench):
    """Seen when the next day's partition has to be made, at midnight UTC."""
    place, load = owned_place(bench, zone="Asia/Tokyo"), Load()
    with place.serve() as server:
        load.views(server, 5)
        os.chmod(place.events(), 0o500)
        place.at(place.noon + timedelta(hours=12, minutes=5))
        checks.equal("read-only folder: refused", [503] * 5, load.views(server, 5))
        tells_refusals(checks, "read-only folder", server, load,
                       os.path.basename(place.partition(1)))
        os.chmod(place.events(), 0o700)
        ready_by_itself(checks, "read-only folder", server)
        goes_on(checks, "read-only folder", server, load)
    days = f"{place.noon.date()}..{(place.noon + timedelta(days=1)).date()}"
    stored_as_answered(checks, "read-only folder", place.footfall, load, days)


def owned_place(bench, **options):
    """A place whose collector is no superuser, whom no file's mode would hold back."""
    place = Place(bench, **options)
    if os.geteuid() == 0:
        for folder, _, names in os.walk(place.footfall.data):
            for path in [folder, *(os.path.join(folder, name) for name in names)]:
                os.chown(path, OWNER, OWNER)
    return place


# MARK: Calls that fail

# Calls, what they answer, and what SQLite makes of it.
FAILURES = [("pwrite64", "EIO", "I/O"), ("pwrite64", "ENOSPC", "full"), ("pwrite64", "EROFS", "I/O"),
            (SYNCS, "EIO", "I/O")]


def calls_that_fail(checks, bench):
    """Of a running server, as a dying or remounted disk lets them fail."""
    if not can_inject():
        checks.skip("calls that fail", "needs strace and root; FileLimit shows failing writes")
        return
    for calls, error, word in FAILURES:
        title = f"{calls} gives {error}"
        place, load = Place(bench), Load()
        with place.serve() as server:
            load.views(server, 5)
            with injected(server, calls, f"error={error}"):
                checks.equal(f"{title}: refused", [503] * 5, load.views(server, 5))
                tells_refusals(checks, title, server, load, word)
            goes_on(checks, title, server, load)
        stored_as_answered(checks, title, place.footfall, load)


def killed_while_syncs_fail(checks, bench):
    """The next start finds a folder in order, with all that was acknowledged."""
    if not can_inject():
        checks.skip("killed while syncs fail", "needs strace and root")
        return
    place, load = Place(bench), Load()
    server = place.serve()
    load.views(server, 5)
    with injected(server, SYNCS, "error=EIO"):
        load.views(server, 5)
        server.kill()
    with place.serve() as server:
        goes_on(checks, "killed while syncs fail", server, load)
    stored_as_answered(checks, "killed while syncs fail", place.footfall, load)


# MARK: A disk that stands still

class Flood:
    """Many beacons, pipelined over many connections; `answers` to them."""

    def __init__(self, server, site, connections=120):
        self.server = server
        self.answers = []
        self.connections = [server.connect() for _ in range(connections)]
        for place, connection in enumerate(self.connections):
            address = f"198.18.{place // 200}.{place % 200}"
            body = pageview(f"https://{site}{page_of(place)}")
            one = request_bytes("POST", "/api/event", headers(address), body)
            connection.send(one * PIPELINE_LIMIT)
        self.sent = connections * PIPELINE_LIMIT

    def collect(self):
        """Reads until every beacon has its answer."""
        for connection in self.connections:
            self.answers += [connection.response() for _ in range(PIPELINE_LIMIT)]
            connection.close()
        return Counter(answer.status for answer in self.answers)


def a_disk_that_stands_still(checks, bench):
    place, load = Place(bench), Load()
    site = site_of(0)
    with place.serve() as server:
        load.views(server, 1)  # makes the day's salt, which is synced as well
        with stalled(place, server):
            waiting = Connection("127.0.0.1", server.port)
            waiting.send(request_bytes("POST", "/api/event", headers("198.51.100.1"),
                                       pageview(f"https://{site}/e/gaida")))
            before = resident(server)
            flood = Flood(server, site)
            checks.check("stalled: /readyz says no", poll(lambda: not is_ready(server), 10))
            depth = metrics(server)["footfall_queue_depth"]
            checks.check("stalled: some wait, no more than may", 0 < depth <= QUEUE_LIMIT, depth)
            with server.connect() as connection:
                answer = connection.request(
                    "POST", "/api/event", headers("198.51.100.2"), pageview(f"https://{site}/"))
            checks.equal("stalled: refused at once", 503, answer.status)
            checks.check("stalled: told when to come back", answer.header("Retry-After"))
            # Those that come now are answered though the disk stands still, and none may wait.
            late = Flood(server, site, 20)
            refused = late.collect()
            checks.equal("stalled: so is everybody who comes later", {503: late.sent},
                         dict(refused))
            grown = resident(server) - before
            checks.check("stalled: memory stays flat", grown < FLAT, f"{grown / MIB:.1f} MiB more")
        checks.equal("stalled: the first was kept", 202, waiting.response().status)
        counts = flood.collect() + refused
        flood.sent += late.sent
        flood.answers += late.answers
        drained(checks, place, server, flood, counts)
    print(f"{flood.sent} beacons: {dict(counts)}, {grown / MIB:.1f} MiB more")


def drained(checks, place, server, flood, counts):
    """What holds once the disk goes on: every beacon has its answer, and those kept are there."""
    checks.equal("stalled: answers besides kept and refused", set(), set(counts) - {202, 503})
    checks.equal("stalled: every beacon is answered", flood.sent, counts.total())
    checks.check("stalled: what waited is kept", counts[202] > 0, str(counts))
    checks.check("stalled: the rest is refused", counts[503] > 0, str(counts))
    checks.check("stalled: each refusal tells when to come back", all(
        answer.header("Retry-After") for answer in flood.answers if answer.status == 503))
    checks.check("stalled: /readyz says yes", poll(lambda: is_ready(server), 5))
    checks.equal("stalled: nothing waits any more", 0, metrics(server)["footfall_queue_depth"])
    checks.equal("stalled: /metrics counts the refused", counts[503] + 1, refusals(server))
    checks.contains("stalled: the log tells", server.said(), "could not be kept")
    books = place.footfall.books(site_of(0))
    checks.equal("stalled: kept = stored", (counts[202] + 2,) * 2,
                 (books["received"], books["kept"]))


def still_answering_at_midnight(checks, bench):
    """A new day's salt is synced too: whoever waits for that, the other requests do not."""
    if not can_inject():
        checks.skip("a still disk at midnight", "needs strace and root: a lock holds up no salt")
        return
    place, load = Place(bench), Load()
    with place.serve() as server:
        load.views(server, 1)
        with injected(server, SYNCS, "delay_enter=600s"):
            place.at(place.noon + timedelta(hours=12, minutes=1))
            waiting = Connection("127.0.0.1", server.port)
            waiting.send(request_bytes("POST", "/api/event", headers("198.51.100.1"),
                                       pageview(f"https://{site_of(0)}/e/gaida")))
            for path in ("/healthz", "/readyz", "/metrics"):
                checks.check(f"still at midnight: {path} answers", answers(server, path))
        checks.equal("still at midnight: the beacon is kept", 202, waiting.response().status)
        goes_on(checks, "still at midnight", server, load)


def answers(server, path, seconds=5):
    """Whether an answer comes in that time, whatever it says."""
    with Connection("127.0.0.1", server.port, seconds) as connection:
        try:
            return connection.request("GET", path).status
        except TimeoutError:
            return None


def resident(server):
    """Bytes of memory that the server has now."""
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        a_full_disk,
        a_disk_that_is_full_at_the_start,
        a_read_only_file_at_the_start,
        a_folder_that_becomes_read_only,
        calls_that_fail,
        killed_while_syncs_fail,
        a_disk_that_stands_still,
        still_answering_at_midnight,
    ])
