"""An installation under test for faults, ways to bring them about, and what it tells of them."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from support.beacons import TRUSTED
from support.clock import Clock
from support.footfall import Footfall, free_port, poll
from support.load import PAGES_PER_SITE, site_of
from support.wire import Connection

OWNER = 65534  # nobody: as root, `footfall` takes the ids of the data folder's owner
SYNCS = "fdatasync,fsync"
BY_ITSELF_WITHIN = 20  # a running server looks after its files at least every 15 s


class Place:
    """A data folder and a clock that can be moved. It begins at noon UTC of tomorrow, so that no
    midnight is near, at whatever hour the test runs."""

    def __init__(self, bench, data=None, zone="UTC", sites=1):
        folder = bench.folder()
        os.chmod(folder, 0o755)  # also for a server that gives up being root
        self.clock = Clock(folder)
        self.noon = (datetime.now(timezone.utc) + timedelta(days=1)).replace(
            hour=12, minute=0, second=0, microsecond=0)
        self.at(self.noon)
        self.footfall = Footfall(bench.binary, data or bench.folder(), self.clock.environment)
        for number in range(sites):
            self.footfall.add_site(site_of(number * PAGES_PER_SITE), zone)

    def at(self, instant):
        self.clock.set(instant.timestamp())

    def serve(self, *options):
        return self.footfall.serve(*(options or TRUSTED))

    def refusal(self):
        """What `serve` says when it has to refuse to start: its outcome."""
        return self.footfall.run("serve", "--port", str(free_port()), timeout=20)

    @property
    def database(self):
        return os.path.join(self.footfall.data, "footfall.sqlite")

    def events(self, name=""):
        return os.path.join(self.footfall.data, "events", name)

    def partition(self, days=0):
        """The path of the partition of the first day, or of one so many days after it."""
        return self.events(f"{(self.noon + timedelta(days=days)).date()}.sqlite")

    def move(self, source, target):
        """Moves a partition with what SQLite keeps beside it."""
        for name in os.listdir(os.path.dirname(source)):
            if name.startswith(os.path.basename(source)):
                end = name.removeprefix(os.path.basename(source))
                os.rename(source + end, target + end)


def metrics(server):
    """The figures of /metrics: {name with labels: number}.

    Patient, since a server under strace stops at each call, and may have thousands to take first.
    """
    with Connection("127.0.0.1", server.port, 60) as connection:
        lines = connection.request("GET", "/metrics").text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def is_ready(server):
    return server.request("GET", "/readyz").status == 200


def refusals(server):
    """Beacons that were answered 503, as /metrics has them."""
    return metrics(server)['footfall_refused_total{reason="unavailable"}']


def tells_refusals(checks, title, server, load, *words):
    """Claims that the sender, /readyz, /metrics and the log tell that beacons can't be kept."""
    checks.check(f"{title}: senders are told when to come back",
                 load.waits and all(wait and wait.isdigit() for wait in load.waits), str(load.waits[:3]))
    checks.check(f"{title}: /readyz says no", not is_ready(server))
    checks.equal(f"{title}: /metrics counts them", len(load.refused), refusals(server))
    checks.contains(f"{title}: the log says why", server.said(), "could not be kept", *words)


def goes_on(checks, title, server, load, count=20):
    """Claims that beacons are kept again, those that were refused among them, and that /readyz says
    so."""
    checks.equal(f"{title}: beacons are kept again", [202] * count, load.views(server, count))
    checks.check(f"{title}: /readyz says yes", is_ready(server))
    checks.check(f"{title}: what was refused is taken when it is sent again", load.retry(server))


def ready_by_itself(checks, title, server):
    """Claims that /readyz says yes without a beacon: behind a proxy that asks it, none comes."""
    checks.check(f"{title}: /readyz says yes before a beacon comes",
                 poll(lambda: is_ready(server), BY_ITSELF_WITHIN))


@contextmanager
def locked(path, kind="EXCLUSIVE"):
    """The database is locked by another process than the server, meanwhile."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"BEGIN {kind}")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


# MARK: A disk that is full

class SmallDisk:
    """A disk of 2 MiB in memory, which can be filled to the last block. Only root can mount it."""

    why = "full"

    def __init__(self, bench):
        self.folder = bench.folder()
        self.ballast = os.path.join(self.folder, "ballast")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.folder], check=True)

    def data(self):
        return os.path.join(self.folder, "data")

    def fill(self, server):
        del server
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                return

    def free(self, server):
        del server
        os.unlink(self.ballast)

    def remove(self):
        subprocess.run(["umount", self.folder], check=True)


class FileLimit:
    """No file may grow over 4 KiB (`ulimit -f`): writes fail as on a full disk, and anyone can
    bring it about. A page of the write-ahead log is larger, a log line is not."""

    why = "disk"

    def __init__(self, bench):
        self.folder = bench.folder()

    def data(self):
        return self.folder

    def fill(self, server):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, hard_limit()))

    def free(self, server):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard_limit(), hard_limit()))

    def remove(self):
        pass


def hard_limit():
    return resource.getrlimit(resource.RLIMIT_FSIZE)[1]


def full_disks():
    """The ways to fill a disk that this user has."""
    return [FileLimit, SmallDisk] if os.geteuid() == 0 else [FileLimit]


# MARK: System calls that wait or fail

def can_inject():
    """strace, and the right to use it on a process that is not dumpable."""
    return bool(shutil.which("strace")) and os.geteuid() == 0


@contextmanager
def injected(server, calls, what):
    """These system calls of the server are held up or fail, meanwhile (strace's `inject`)."""
    process = server.process.pid
    strace = subprocess.Popen([
        "strace", "-f", "-q", "-o", os.devnull, "-e", f"trace={calls}",
        "-e", f"inject={calls}:{what}", "-p", str(process)])
    try:
        if not poll(lambda: is_traced(process), 10):
            raise RuntimeError("strace did not take hold of the server")
        yield
    finally:
        strace.send_signal(signal.SIGINT)  # lets go of the server; what was held up goes on
        strace.wait(20)


def is_traced(process):
    def tracer(thread):
        with open(f"/proc/{process}/task/{thread}/status", encoding="ascii") as file:
            return next(line.split()[1] for line in file if line.startswith("TracerPid"))
    return all(tracer(thread) != "0" for thread in os.listdir(f"/proc/{process}/task"))


@contextmanager
def stalled(place, server):
    """The disk stands still: commits neither end nor fail, meanwhile.

    By holding up syncs; or, for who may not do that, by a lock on the partition, which holds a
    commit up for 5 s at most.
    """
    if can_inject():
        with injected(server, SYNCS, "delay_enter=600s"):
            yield
    else:
        with locked(place.partition(), "IMMEDIATE"):
            yield
