#!/usr/bin/env python3
"""Clients that hold connections, send slowly or never read: others are served, memory is bounded.

    hostile_clients.py BINARY [--long]
"""

import os
import resource
import select
import threading
import time
from dataclasses import dataclass

from support.beacons import TRUSTED, kept, pageview, send
from support.clock import Clock
from support.collector import URL, Collector
from support.crowd import (
    Crowd, allow_descriptors, cpu_seconds, resident_bytes, wait_for_open)
from support.footfall import poll
from support.frames import CHUNKED, GET, ODD, POST, beacon, body, request
from support.options import run_test
from support.wire import chunked

CROWD = 10_000
MIB = 1 << 20
HEAD_LIMIT, BODY_LIMIT = 32 << 10, 64 << 10
# Half of the requests that a connection may hold.
HALF_A_HEAD = POST + b"Host: stats.test\r\nX: " + b"a" * (HEAD_LIMIT - 1500)
HALF_A_BODY = request(POST, b"Content-Length: %d" % BODY_LIMIT, data=b" " * (BODY_LIMIT - 500))
HALF_OF_CHUNKS = request(POST, CHUNKED, data=b"fff0\r\n" + b" " * (BODY_LIMIT - 500))


def limits(**values):
    """Settings as environment variables: limits(idle_time="2s")."""
    return {f"FOOTFALL_LIMIT_{name.upper()}": str(value) for name, value in values.items()}


def ten_thousand_rest(checks, bench):
    if not allow_descriptors(CROWD + 500):
        checks.skip("10,000 connections", "this process may not open so many files")
        return
    rest = 20 if bench.long else 8
    settings = limits(connections=CROWD + 100, idle_time=f"{rest}s", request_time=f"{rest}s")
    kinds = [b"", beacon("/klusa"), POST + b"Host: stats.test\r\nUser-Agent: half a he"]
    with Collector(bench, *TRUSTED, environment=settings) as collector:
        server = collector.server
        before, began = resident_bytes(server), time.monotonic()
        crowds = [Crowd(server, CROWD // len(kinds) + 1, first) for first in kinds]
        try:
            checks.check("all of them are open", wait_for_open(server, CROWD))
            serves_others(checks, server, "beside them")
            grown = resident_bytes(server) - before
            print(f"{CROWD} connections in {time.monotonic() - began:.1f} s: {before / MIB:.0f} MiB "
                  f"before, {grown / CROWD / 1024:.1f} kB for each")
            checks.check("each costs at most 10 kB", grown <= CROWD * 10 * 1024, f"{grown} bytes")
            left = sum(crowd.still_open(rest + 15) for crowd in crowds)
            checks.equal("all are cut when their time is over", 0, left)
            again = [Crowd(server, CROWD // len(kinds) + 1, first) for first in kinds]
            checks.check("as many again", wait_for_open(server, CROWD))
            more = resident_bytes(server) - before - grown
            checks.check("cost nothing more", more <= CROWD * 1024, f"{more} bytes more")
            crowds += again
        finally:
            for crowd in crowds:
                crowd.__exit__()
        serves_others(checks, server, "afterwards")


def serves_others(checks, server, when):
    with server.connect() as connection:
        answers = [send(connection, pageview(URL), f"198.51.100.{n}") for n in range(20)]
        checks.check(f"{when}: beacons are kept", all(map(kept, answers)), str(answers[0]))
    checks.equal(f"{when}: other routes answer", 200, server.request("GET", "/footfall.js").status)


def a_connection_costs_no_more_than_its_limits(checks, bench):
    """What a connection holds at most, by what was sent on it; times limit.connections is the bound."""
    count = 300  # many, so that what the process takes for itself meanwhile hardly counts
    kinds = [
        ("nothing", b"", 8 << 10),
        ("a beacon", beacon("/klusa"), 12 << 10),
        ("a request of another route", request(GET), 32 << 10),
        ("an odd request", ODD, 32 << 10),
        ("half a head", HALF_A_HEAD, 2 * HEAD_LIMIT + (16 << 10)),
        ("half a body", HALF_A_BODY, 2 * BODY_LIMIT + (16 << 10)),
        ("half a body in chunks", HALF_OF_CHUNKS, 2 * BODY_LIMIT + (48 << 10)),
        ("a beacon and half a head", beacon("/klusa") + HALF_A_HEAD, 2 * HEAD_LIMIT + (16 << 10)),
    ]
    for title, first, most in kinds:
        with Collector(bench, *TRUSTED) as collector:
            # Answers once, so that what is made once is made.
            serves_others(checks, collector.server, title)
            before = resident_bytes(collector.server)
            with Crowd(collector.server, count, first) as crowd:
                wait_for_open(collector.server, count)
                # What was sent has been read when a later request on another connection is answered.
                serves_others(checks, collector.server, title)
                each = (resident_bytes(collector.server) - before) / count
                checks.equal(f"{title}: all stay", count, crowd.still_open())
            print(f"{title}: {each / 1024:.1f} kB a connection")
            checks.check(f"{title}: a connection costs at most {most} bytes", each <= most,
                         f"{each:.0f} bytes")


@dataclass
class Slow:
    """A request of which `slow` comes byte by byte, `at_once` before it, behind a whole one."""

    title: str
    slow: bytes
    at_once: bytes = b""
    behind: bytes = b""


TEXT = body("/lena")
SLOW = [
    Slow("a first line", POST + b"Host: stats.test\r\n"),
    Slow("a header", b"a" * 200, POST + b"Host: stats.test\r\nX: "),
    Slow("a body", b" " * 400, request(POST, b"Content-Length: 500")),
    Slow("a chunk", b" " * 400, request(POST, CHUNKED, data=b"1ff\r\n")),
    Slow("chunks", chunked(TEXT, 1)[:-9], request(POST, CHUNKED)),
    Slow("a chunk's extension", b"a" * 400, request(POST, CHUNKED, data=b"5;")),
    Slow("trailers", b"X: a\r\n" * 80, request(POST, CHUNKED, data=b"0\r\n")),
    Slow("empty lines", b"\r\n" * 200),
    Slow("a body of another route", b" " * 400,
         request(b"POST /nav-te HTTP/1.1\r\n", b"Content-Length: 500")),
    Slow("a head behind a beacon", b"a" * 200, POST + b"X: ", beacon("/atra")),
    Slow("a head behind another request", b"a" * 200, POST + b"X: ", request(GET)),
    Slow("a head behind an odd request", b"a" * 200, POST + b"X: ", ODD),
    Slow("a body behind an odd request", b" " * 400, request(POST, b"Content-Length: 500"), ODD),
]


class Trickle(threading.Thread):
    """Sends a slow request until the server cuts it; `seconds` tells when that was."""

    PAUSE, PATIENCE = 0.25, 20

    def __init__(self, server, case):
        super().__init__()
        self.case, self.seconds, self.answered = case, None, b""
        self.connection = server.connect()
        if case.behind:
            self.connection.send(case.behind)
            self.connection.response(case.behind.split(b" ")[0].decode())
        self.connection.send(case.at_once)
        self.start()

    def run(self):
        began = time.monotonic()
        with self.connection:
            for byte in self.case.slow + bytes(1000):
                if time.monotonic() - began > self.PATIENCE:
                    return
                if self.is_cut_after(bytes([byte])):
                    self.seconds = time.monotonic() - began
                    return

    def is_cut_after(self, byte):
        """Sends a byte and waits a moment, or until the server says or does something."""
        try:
            self.connection.send(byte)
            if select.select([self.connection.socket], [], [], self.PAUSE)[0]:
                data = self.connection.socket.recv(65536)
                self.answered += data
                return not data
        except OSError:
            return True
        return False


def slow_senders_are_cut(checks, bench):
    limit = 2
    settings = limits(request_time=f"{limit}s", idle_time="60s")
    with Collector(bench, *TRUSTED, environment=settings) as collector:
        senders = [Trickle(collector.server, case) for case in SLOW]
        meanwhile = []
        with collector.server.connect() as quick:
            for sender in senders:
                while sender.is_alive():
                    meanwhile.append(kept(send(quick, pageview(URL), "198.51.100.9")))
                    sender.join(0.2)
        checks.check("a quick sender is served meanwhile", all(meanwhile), str(meanwhile))
        for sender in senders:
            title, seconds = sender.case.title, sender.seconds
            checks.check(f"{title}: cut after its time", seconds and limit <= seconds < 10 * limit,
                         f"after {seconds} s")
            checks.check(f"{title}: no answer, or one that says no", sender.answered[:12] in (
                b"", b"HTTP/1.1 408", b"HTTP/1.1 400", b"HTTP/1.1 404")
                and sender.answered.count(b"HTTP/1.1 ") < 2, repr(sender.answered[:200]))


def idle_connections_are_cut(checks, bench):
    limit = 1
    kinds = {"nothing sent": b"", "a beacon": beacon("/klusa"), "another request": request(GET),
             "an odd request": ODD}
    settings = limits(idle_time=f"{limit}s")
    with Collector(bench, *TRUSTED, environment=settings) as collector:
        for title, first in kinds.items():
            with Crowd(collector.server, 5, first) as crowd:
                checks.equal(f"{title}: cut when its time is over", 0, crowd.still_open(20))
        with collector.server.connect() as busy:
            answers = []
            began = time.monotonic()
            while time.monotonic() - began < 3 * limit:
                answers.append(kept(send(busy, pageview(URL), "198.51.100.9")))
                select.select([busy.socket], [], [], 0.3)
            checks.check("one that is used stays", all(answers), str(len(answers)))


UNREAD = {
    "beacons": beacon("/nelasa"), "pictures": request(b"GET /pixel.gif?u=x HTTP/1.1\r\n"),
    "scripts": request(b"GET /footfall.js HTTP/1.1\r\n"),
    "beacons in chunks": request(POST, CHUNKED, data=chunked(TEXT, 500)),
    "odd requests": ODD,
}


def answers_that_nobody_reads_fill_nothing(checks, bench):
    """Requests are sent for as long as they are taken; no answer is ever read."""
    settings = limits(request_time="2s", idle_time="2s")
    chosen = UNREAD if bench.long else {
        title: UNREAD[title] for title in ("beacons", "scripts", "odd requests")}
    for title, data in chosen.items():
        with Collector(bench, *TRUSTED, environment=settings) as collector:
            serves_others(checks, collector.server, title)
            before = resident_bytes(collector.server)
            sent, is_cut = flood(collector.server, data)
            grown = resident_bytes(collector.server) - before
            print(f"{title}: {sent / MIB:.0f} MiB taken, {grown / MIB:.1f} MiB more in memory, "
                  f"{'cut' if is_cut else 'left open'}")
            checks.check(f"{title}: memory stays as it was", grown < 10 * MIB, f"{grown} bytes more")
            checks.check(f"{title}: who does not read is cut", is_cut)
            serves_others(checks, collector.server, f"after {title}")


def flood(server, data, most=48 * MIB, patience=15):
    """Sends without reading, until cut, not taken for a while, or enough: (bytes, whether cut)."""
    data *= 1 + 200_000 // len(data)
    sent, last = 0, time.monotonic()
    with server.connect() as connection:
        connection.socket.setblocking(False)
        while sent < most and time.monotonic() - last < patience:
            try:
                # Whole requests follow one another: what was cut off goes out next.
                sent += connection.socket.send(data[sent % len(data):])
                last = time.monotonic()
            except BlockingIOError:
                select.select([], [connection.socket], [], 0.2)
            except OSError:
                return sent, True
    return sent, False


def who_reads_late_gets_every_answer(checks, bench):
    """Requests are sent until no more is taken; only then the answers are read."""
    settings = limits(events_per_address=10**7, events_per_site=10**7)
    for title, status in {"beacons": 202, "scripts": 200, "odd requests": 200}.items():
        with (Collector(bench, *TRUSTED, environment=settings) as collector,
              collector.server.connect() as connection):
            data, sent = UNREAD[title], 0
            connection.socket.setblocking(False)
            while sent < 48 * MIB:
                try:
                    sent += connection.socket.send((data * 500)[sent % len(data):])
                except BlockingIOError:
                    if not select.select([], [connection.socket], [], 0.5)[1]:
                        break
            connection.socket.settimeout(20)
            rest = threading.Thread(target=connection.send, args=(data[sent % len(data):],))
            rest.start()
            count = sent // len(data) + 1
            method = data.split(b" ")[0].decode()
            statuses = {connection.response(method).status for _ in range(count)}
            rest.join()
            print(f"{title}: {count} answers, read late")
            checks.equal(f"{title}: each is answered alike", {status}, statuses)
            checks.equal(f"{title}: it serves on", 200, connection.request("GET", "/healthz").status)
            if title == "beacons":
                checks.equal("each beacon is counted", count, collector.difference()[0])


def no_descriptors_left(checks, bench):
    """With a limit of open files under limit.connections: no spinning, and room for the journal."""
    with_clock = Clock(bench.folder())
    allowed = 120
    with Collector(bench, *TRUSTED, environment=with_clock.environment,
                   preexec_fn=lambda: resource.setrlimit(
                       resource.RLIMIT_NOFILE, (allowed, allowed))) as collector:
        server = collector.server
        with server.connect() as early, Crowd(server, 3 * allowed) as crowd:
            checks.check("one that was there before is served",
                         kept(send(early, pageview(URL), "198.51.100.9")))
            check_idle(checks, server)
            checks.contains("it says at its start that there are few", server.said(),
                            "limit.connections", str(allowed))
            with_clock.write(24 * 60 * 60 * 1000)
            checks.check("a new day's file can be opened",
                         kept(send(early, pageview(URL), "198.51.100.9")))
            for member in crowd.members:
                member.close()
        served = poll(lambda: server.request("GET", "/healthz").status == 200, 20)
        checks.check("new ones are served when the others have gone", served)


def check_idle(checks, server):
    used, began = cpu_seconds(server), time.monotonic()
    poll(lambda: False, 2)
    share = (cpu_seconds(server) - used) / (time.monotonic() - began)
    checks.check("it does not spin", share < 0.3, f"{share:.2f} of a processor")


def the_system_gives_no_descriptor_more(checks, bench):
    """The limit falls while it runs, as when all processes together have opened too many files."""
    with Collector(bench, *TRUSTED) as collector:
        server, process = collector.server, collector.server.process.pid
        with server.connect() as early:
            checks.check("a beacon before", kept(send(early, pageview(URL), "198.51.100.9")))
            before = resource.prlimit(process, resource.RLIMIT_NOFILE)
            used = len(os.listdir(f"/proc/{process}/fd"))
            resource.prlimit(process, resource.RLIMIT_NOFILE, (used + 3, before[1]))
            with Crowd(server, 50):
                check_idle(checks, server)
                checks.check("one that was there before is served",
                             kept(send(early, pageview(URL), "198.51.100.9")))
                checks.contains("it is told", server.said(), "no room for another connection")
                resource.prlimit(process, resource.RLIMIT_NOFILE, before)
                checks.equal("with descriptors again, who waited is served behind the others", 200,
                             server.request("GET", "/healthz").status)
        lines = server.said().count("no room for another connection")
        checks.check("the log is not flooded", lines < 4, f"{lines} lines")


if __name__ == "__main__":
    run_test(__file__, __doc__, [
        ten_thousand_rest,
        a_connection_costs_no_more_than_its_limits,
        slow_senders_are_cut,
        idle_connections_are_cut,
        answers_that_nobody_reads_fill_nothing,
        who_reads_late_gets_every_answer,
        no_descriptors_left,
        the_system_gives_no_descriptor_more,
    ])
