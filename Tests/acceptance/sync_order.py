#!/usr/bin/env python3
"""No 202 leaves before an fdatasync that began after its event was written (I1), seen by strace.

    sync_order.py BINARY [--long] [--beacons 60]
"""

import os
import shutil
import signal
import subprocess
import threading

from support import trace
from support.beacons import TRUSTED, kept, pageview, send
from support.footfall import Footfall, Server, poll
from support.options import run_test
from support.words import word

SITE = "veikals.test"
CALLS = ",".join((*trace.SYNCS, *trace.WRITES))


def traced(bench, use):
    """Runs `serve` under strace while `use(server)` talks to it; gives the calls that were made."""
    footfall = Footfall(bench.binary, bench.folder())
    footfall.add_site(SITE)
    path = os.path.join(bench.folder(), "trace")
    # -s: a whole database page is printed, so that a beacon's own word can be found in it.
    prefix = ("strace", "-f", "-yy", "-s", "20000", "-e", f"trace={CALLS}", "-o", path)
    server = Server(footfall, TRUSTED, prefix)
    try:
        use(server)
    finally:
        end_traced(server.process)
        server.output.close()
    with open(path, encoding="utf-8", errors="replace") as file:
        return trace.parse(file.read().splitlines())


def end_traced(strace):
    """Ends what strace runs, not strace itself: it hands no signal on."""
    child = child_of(strace.pid)
    os.kill(child, signal.SIGTERM)
    try:
        strace.wait(20)
    except subprocess.TimeoutExpired:
        os.kill(child, signal.SIGKILL)
        strace.wait(20)


def child_of(parent):
    def found():
        with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as file:
            return file.read().split()
    return int(poll(found, 10)[0])


def one_after_the_other(checks, bench):
    marks = [word(number * 37 + 11) for number in range(bench.options.beacons)]
    acknowledged = []

    def use(server):
        with server.connect() as connection:
            for mark in marks:
                body = pageview(f"https://{SITE}/e/{mark}")
                acknowledged.append(kept(send(connection, body, "198.18.0.1")))

    calls = traced(bench, use)
    checks.equal("all were kept", [True] * len(marks), acknowledged)
    checks.check("the journal was synced", len(trace.journal_syncs(calls)) >= len(marks),
                 f"{len(trace.journal_syncs(calls))} syncs for {len(marks)} beacons")
    faults = trace.unsynced_answers(calls, marks)
    checks.equal("answers before their sync", [], faults[:5])


def many_at_once(checks, bench):
    """Beacons that wait together share a commit; each is still answered after its own sync."""
    rounds, width = (20 if bench.long else 6), 16
    marks, lock = {}, threading.Lock()

    def one(server, number):
        with server.connect() as connection:
            port = connection.socket.getsockname()[1]
            mark = word(number * 41 + 5000)
            answer = send(connection, pageview(f"https://{SITE}/e/{mark}"), "198.18.0.2")
            if kept(answer):
                with lock:
                    marks[mark] = port

    def use(server):
        for start in range(0, rounds * width, width):
            threads = [threading.Thread(target=one, args=(server, start + place))
                       for place in range(width)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    calls = traced(bench, use)
    checks.equal("all were kept", rounds * width, len(marks))
    checks.equal("answers before their sync", [], trace.unsynced_among_many(calls, marks)[:5])
    syncs = len(trace.journal_syncs(calls))
    print(f"{len(marks)} beacons, {syncs} syncs")


def the_checker_can_fail(checks, bench):
    """A trace of a journal that is never synced must not pass, or the checks above say nothing."""
    del bench
    wal = "12</events/2026-11-22.sqlite-wal>"
    tcp = "9<TCP:[127.0.0.1:8080->127.0.0.1:5000]>"
    lines = [f'7 pwrite64({wal}, "bab/e/bakodi", 4096, 32) = 4096',
             f'7 sendto({tcp}, "HTTP/1.1 202 Accepted", 80, 0, NULL, 0) = 80']
    checks.check("no sync is a fault", trace.unsynced_answers(trace.parse(lines), ["bakodi"]))


def add_options(parser):
    parser.add_argument("--beacons", type=int, default=60)


def strace_can_be_used(checks, bench):
    """Tells why the order could not be looked at, if it could not."""
    del bench
    if not shutil.which("strace"):
        checks.skip("order of writes, syncs and answers", "strace is not installed")
    elif os.geteuid() != 0:
        checks.skip("order of writes, syncs and answers",
                    "only root may read the files of a process that is not dumpable")


if __name__ == "__main__":
    tests = [the_checker_can_fail, strace_can_be_used]
    if shutil.which("strace") and os.geteuid() == 0:
        tests = [the_checker_can_fail, one_after_the_other, many_at_once]
    run_test(__file__, __doc__, tests, add_options)
