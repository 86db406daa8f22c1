"""Runs the `footfall` binary the way a person, cron or a service manager does."""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from support.wire import Connection

START_SECONDS = 30
COMMAND_SECONDS = 300


@dataclass
class Outcome:
    """What a finished command left: exit code, standard output and standard error as text."""

    arguments: list
    status: int
    stdout: str
    stderr: str

    @property
    def said(self):
        return self.stdout + self.stderr


class CommandFailed(Exception):
    """A command that a test relies on ended with an exit code other than 0."""

    def __init__(self, outcome):
        super().__init__(
            f"footfall {' '.join(outcome.arguments)}: exit {outcome.status}: "
            f"{outcome.stderr.strip()[-800:]}")
        self.outcome = outcome


class Footfall:
    """One binary with one data folder."""

    def __init__(self, binary, data, environment=None):
        self.binary = os.path.abspath(binary)
        self.data = data
        self.environment = clean_environment() | (environment or {})

    def start(self, *arguments, **options):
        """Starts a command and gives its process; `options` are those of Popen."""
        options.setdefault("env", self.environment)
        return subprocess.Popen([self.binary, *arguments, "--data", self.data], **options)

    def run(self, *arguments, stdin=b"", environment=None, timeout=COMMAND_SECONDS):
        """Runs a command to its end, whatever its exit code."""
        return self.run_plain(
            *arguments, "--data", self.data, stdin=stdin, environment=environment, timeout=timeout)

    def run_plain(
            self, *arguments, stdin=b"", environment=None, timeout=COMMAND_SECONDS, folder=None):
        """Runs the binary with these arguments and nothing besides, in a folder if one is given."""
        finished = subprocess.run(
            [self.binary, *arguments], input=stdin, capture_output=True, timeout=timeout,
            env=self.environment | (environment or {}), check=False, cwd=folder)
        return Outcome(
            list(arguments), finished.returncode,
            finished.stdout.decode("utf-8", "replace"), finished.stderr.decode("utf-8", "replace"))

    def must(self, *arguments, **options):
        """Runs a command that has to succeed; gives its standard output."""
        outcome = self.run(*arguments, **options)
        if outcome.status != 0:
            raise CommandFailed(outcome)
        return outcome.stdout

    def json(self, *arguments):
        return json.loads(self.must(*arguments, "--format", "json"))

    def add_site(self, domain, timezone="Europe/Riga", *more):
        self.must("site", "add", domain, "--timezone", timezone, *more)

    def query(self, site, metrics, period, dimension=None, *more):
        """The parsed answer of `query --format json`, with every row of the dimension."""
        shape = ["--dimension", dimension] if dimension else []
        return self.json(
            "query", site, "--metrics", ",".join(metrics), *shape, "--period", period,
            "--limit", "1000000", *more)

    def sessions(self, site, day):
        """The parsed lines of `sessions --day`."""
        text = self.must("sessions", site, "--day", day, "--format", "ndjson")
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    def books(self, site, period="today"):
        return self.json("books", site, "--period", period)

    def create_token(self, site):
        """A new token of a site: 256 random bits are at least 43 characters of text."""
        return re.findall(r"[A-Za-z0-9_=+/-]{43,}", self.must("token", "create", site))[0]

    def export(self, site):
        """The canonical rollups, for comparing byte by byte."""
        return self.must("export", site, "--rollups", "--sorted")

    def serve(self, *arguments, **options):
        return Server(self, arguments, **options)


class Server:
    """A running `footfall serve` on a free port of 127.0.0.1; a context manager that ends it."""

    def __init__(self, footfall, arguments=(), prefix=(), environment=None, port=None, **options):
        self.port = port or free_port()
        self.output = tempfile.TemporaryFile()
        command = [
            *prefix, footfall.binary, "serve", "--host", "127.0.0.1", "--port", str(self.port),
            "--data", footfall.data, *arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
            env=footfall.environment | (environment or {}), start_new_session=True, **options)
        try:
            self.wait_until_ready()
        except Exception:
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(self.process.pid, signal.SIGKILL)  # what a prefix started goes as well
            self.process.wait(30)
            raise

    def wait_until_ready(self):
        """Returns when /healthz answers 200; raises with the server's own words if it ends."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"serve ended with {self.process.returncode}: {self.said()[-800:]}")
            try:
                with self.connect() as connection:
                    if connection.request("GET", "/healthz").status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError(f"serve was not ready after {START_SECONDS} s: {self.said()[-800:]}")

    def connect(self):
        return Connection("127.0.0.1", self.port)

    def request(self, method, path, headers=(), body=None):
        """One request on a connection of its own."""
        with self.connect() as connection:
            return connection.request(method, path, headers, body)

    def said(self):
        """All that the server wrote to standard output and standard error so far."""
        return os.pread(self.output.fileno(), 1 << 26, 0).decode("utf-8", "replace")

    def kill(self, number=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(30)

    def stop(self):
        """Asks it to end, as a service manager does; gives its exit code."""
        return self.kill(signal.SIGTERM)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.output.close()


def clean_environment():
    """The environment without anything that configures Footfall or colours its output."""
    return {
        key: value for key, value in os.environ.items()
        if not key.startswith("FOOTFALL_") and key not in ("NO_COLOR", "COLUMNS")
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def calm_zone():
    """A time zone in which no midnight is near, so that `today` holds still while a test runs."""
    zones = ("Europe/Riga", "UTC", "America/New_York", "Asia/Tokyo", "America/Los_Angeles")
    return next(zone for zone in zones if 2 <= datetime.now(ZoneInfo(zone)).hour < 20)


def today_in(zone):
    return datetime.now(ZoneInfo(zone)).date()


def value_rows(answer, *metrics):
    """The rows of a query as {value: metric} or, for several metrics, {value: (metric, …)}."""
    if len(metrics) == 1:
        return {row["value"]: row[metrics[0]] for row in answer["rows"]}
    return {row["value"]: tuple(row[metric] for metric in metrics) for row in answer["rows"]}


def poll(condition, seconds):
    """Asks until the condition gives something true, or the time is over; gives the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.05)


def days_named(text):
    """The ISO dates in a text."""
    return re.findall(r"\b\d{4}-\d{2}-\d{2}\b", text)
