"""Many connections of one sender, and what they cost the server."""

import os
import resource
import selectors
import socket
import time

from support.footfall import poll


class Crowd:
    """So many connections, on each of which the same bytes were sent; a context manager."""

    def __init__(self, server, count, first=b"", source=None):
        self.selector = selectors.DefaultSelector()
        for _ in range(count):
            own = (source, 0) if source else None
            member = socket.create_connection(("127.0.0.1", server.port), 20, own)
            if first:
                member.sendall(first)
            member.setblocking(False)
            self.selector.register(member, selectors.EVENT_READ)

    @property
    def members(self):
        return [key.fileobj for key in self.selector.get_map().values()]

    def still_open(self, seconds=0.0):
        """Waits until the server has closed all, at most so long; gives how many it left open."""
        deadline = time.monotonic() + seconds
        while self.selector.get_map():
            ready = self.selector.select(max(0, min(1, deadline - time.monotonic())))
            for key, _ in ready:
                self.read(key.fileobj)
            if not ready and time.monotonic() >= deadline:
                break
        return len(self.selector.get_map())

    def read(self, member):
        try:
            if member.recv(65536):
                return
        except OSError:
            pass  # reset: closed as well
        self.selector.unregister(member)
        member.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for member in self.members:
            member.close()
        self.selector.close()


def allow_descriptors(wanted):
    """Raises this process's limit of open files, and that of what it starts; whether it could."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            return False
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return True


def resident_bytes(server):
    """What the server holds in memory."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        line = next(text for text in file if text.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def cpu_seconds(server):
    """What the server has used of the processors' time."""
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def metric(server, name):
    """A figure of /metrics without labels."""
    text = server.request("GET", "/metrics").text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))


def wait_for_open(server, count, seconds=30):
    """Waits until the server counts so many connections besides the one that asks."""
    name = "footfall_open_connections"
    return poll(lambda: metric(server, name) >= count + 1 and count, seconds)
