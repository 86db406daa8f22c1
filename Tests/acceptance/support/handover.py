"""A socket that outlives the collectors that serve it, passed to each as systemd passes one."""

import os
import signal
import socket
import subprocess
import sys
import tempfile

from support.footfall import poll
from support.wire import Connection

BACKLOG = 4096
# LISTEN_PID has to name the very process, which only that process can know; what it becomes then
# finds the socket as descriptor 3.
SHIM = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"] = "1", str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


class ListeningParent:
    """Holds a TCP socket that listens, and starts collectors on it; a context manager."""

    def __init__(self, footfall):
        self.footfall = footfall
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(BACKLOG)
        self.port = self.listener.getsockname()[1]

    def start(self, *options):
        """Starts a collector without waiting for it: connections wait for it in the socket."""
        return Heir(self, options)

    def connect(self):
        return Connection("127.0.0.1", self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


class Heir:
    """A collector that was passed the parent's socket."""

    def __init__(self, parent, options):
        self.output = tempfile.TemporaryFile()
        descriptor = parent.listener.fileno()
        command = [
            sys.executable, "-c", SHIM, str(descriptor), parent.footfall.binary, "serve",
            "--data", parent.footfall.data, *options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
            env=parent.footfall.environment, pass_fds=(descriptor,))

    def said(self):
        return os.pread(self.output.fileno(), 1 << 20, 0).decode("utf-8", "replace")

    def wait_until_listening(self, seconds=30):
        return poll(lambda: "Footfall listens on" in self.said() or self.has_ended, seconds)

    @property
    def has_ended(self):
        return self.process.poll() is not None

    def end(self, seconds=30):
        """SIGTERM; gives its exit code once it has ended."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)
