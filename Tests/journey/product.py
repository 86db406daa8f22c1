"""The product under test: one binary, one data folder, one running collector."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path


class Footfall:
    """Runs `footfall` commands on one data folder, and its collector on a free port."""

    def __init__(self, binary, folder):
        self.binary = str(binary)
        self.data = Path(folder) / "data"
        self.log = Path(folder) / "serve.log"
        self.port = free_port()
        self.server = None

    def run(self, *arguments):
        """A command's standard output; a failing command ends the journey with what it said."""
        command = [self.binary, *arguments, "--data", str(self.data)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if result.returncode != 0:
            raise AssertionError(
                f"'{' '.join(command)}' exited with {result.returncode}:\n"
                f"{result.stdout}{result.stderr}"
            )
        return result.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))

    def sessions(self, site, day):
        text = self.run("sessions", site, "--day", day, "--format", "ndjson")
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    def books(self, site):
        """Today's books; of the reasons to drop only those that occurred."""
        books = self.json("books", site, "--period", "today")
        dropped = {reason: count for reason, count in books["dropped"].items() if count}
        return {"received": books["received"], "kept": books["kept"], "dropped": dropped}

    def rows(self, site, dimension, metrics):
        """Today's figures by one dimension: `{value: row}`."""
        answer = self.json(
            "query", site, "--period", "today", "--dimension", dimension, "--metrics", metrics
        )
        return {row["value"]: row for row in answer["rows"]}

    def totals(self, site):
        metrics = "visitors,sessions,pageviews"
        return self.json("query", site, "--period", "today", "--metrics", metrics)["totals"]

    def url(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def serve(self):
        """Starts the collector and returns when it answers."""
        with self.log.open("w", encoding="utf-8") as log:
            self.server = subprocess.Popen(
                [self.binary, "serve", "--host", "127.0.0.1", "--port", str(self.port),
                 "--data", str(self.data)],
                stdout=log, stderr=log,
            )
        wait_until("the collector answers", self.is_up, seconds=30)

    def is_up(self):
        if self.server.poll() is not None:
            raise AssertionError(f"'serve' ended with {self.server.returncode}:\n{self.said()}")
        try:
            with urllib.request.urlopen(self.url("/healthz"), timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        """Ends the collector as an operator would; it has to end well."""
        self.server.terminate()
        code = self.server.wait(timeout=30)
        assert code == 0, f"'serve' exited with {code} on SIGTERM:\n{self.said()}"

    def kill(self):
        """The end when the journey has failed: whatever state the collector is in."""
        if self.server and self.server.poll() is None:
            self.server.kill()
            self.server.wait()

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, is_so, seconds=15):
    """Asks until the answer is true; what never becomes so fails the journey."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain until {what}")
        time.sleep(0.05)
